"""A made-up store of posts of every kind, and the same posts in plain Python to count them by hand."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor import store
from monitor.models.posts import Classification, Decision, Match, MatchedMention, Mention, Scores
from monitor.settings.loading import Settings
from monitor.store.posts import classifications, edits, mentions

BRANDS = ("Norvia", "Aguas del Faro")
OURS = {"norvia_ayuda", "faro_oficial", "empleada"}
LONG = "Llevo tres semanas esperando el reembolso y nadie responde, caso {n}"
SHORT = ("Gracias", "Qué mal", "¿Hola?")
COPY_SPAN = timedelta(hours=720)


@dataclass(frozen=True)
class MadePost:
    """A post as it was stored: its scores decide what the classifier would have said."""

    number: int
    network: str
    author: str | None
    text: str
    at: datetime
    brands: tuple[str, ...]
    is_repost: bool
    deleted: bool
    sample: bool
    negative: float
    complaint: float

    @property
    def sentiment(self) -> str:
        """The most probable sentiment; what is not negative is rather neutral."""
        rest = 1 - self.negative
        return max((self.negative, "negative"), (rest * 0.7, "neutral"), (rest * 0.3, "positive"))[1]


def fill(settings: Settings, now: datetime, *, seed: int, posts: int = 220) -> list[MadePost]:
    """Stores posts of the last 100 days: ours, of people, passed on, copied, deleted, of no brand, samples."""
    chance = random.Random(seed)
    made = [_post(chance, number, now) for number in range(posts)]
    with store.connect(settings.store) as connection:
        mentions.save(connection, 1, [_matched(post) for post in made], now)
        ids = dict(connection.execute("SELECT post_id, mention_id FROM mentions").fetchall())
        classifications.save(connection, [_classified(post, ids[str(post.number)], now) for post in made])
        for network in ("x", "reddit"):
            gone = [str(post.number) for post in made if post.deleted and post.network == network]
            edits.mark_deleted(connection, network, gone, now)
    return made


def _matched(post: MadePost) -> MatchedMention:
    mention = Mention(
        post.network, str(post.number), post.text, post.at, str(post.number), {}, author=post.author,
        is_repost=post.is_repost, sample=post.sample,
    )  # fmt: skip
    return MatchedMention(mention, tuple(Match(brand, query) for brand in post.brands for query in ("uno", "dos")))


def _classified(post: MadePost, mention_id: int, now: datetime) -> Classification:
    rest = 1 - post.negative
    scores = Scores(post.negative, rest * 0.7, rest * 0.3, post.complaint)
    decision: Decision = "complaint" if post.complaint >= 0.7 else "unsure" if post.complaint >= 0.35 else "other"
    return Classification(mention_id, scores, scores.sentiment, decision, "es", "modelo-1", now)


def _post(chance: random.Random, number: int, now: datetime) -> MadePost:
    pick = chance.choice
    authors = ("ana", "Ana", "luis", "eva", "marta", "Norvia_Ayuda", "faro_oficial", "Empleada", None)
    text = pick((LONG.format(n=pick(range(40))), LONG.format(n=f"único {number}"), pick(SHORT)))
    brands = pick((BRANDS[:1], BRANDS[:1], BRANDS[1:], BRANDS, ("",)))
    flags = [chance.random() < share for share in (0.15, 0.1, 0.1)]
    at = now - timedelta(minutes=1 + chance.randrange(100 * 24 * 60), microseconds=number)
    network = pick(("x", "x", "reddit"))
    scores = pick((0.9, 0.5, 0.05)), pick((0.95, 0.5, 0.01))
    return MadePost(number, network, pick(authors), text, at, brands, *flags, *scores)


def kind_of(post: MadePost, made: list[MadePost], brand: str | None) -> str:
    """What a post counts as, worked out one by one."""
    if post.deleted:
        return "deleted"
    if post.author and post.author.lower() in OURS:
        return "owned"
    if post.brands == ("",) and brand != "":
        return "unmatched"
    if post.is_repost:
        return "reposts"
    sources = (other for other in made if _is_asked_about(other, brand) and not other.deleted)
    if len(post.text) >= 40 and any(
        other.text == post.text and post.at - COPY_SPAN <= other.at < post.at for other in sources
    ):
        return "copies"
    return "said"


def _is_asked_about(post: MadePost, brand: str | None) -> bool:
    is_ours = post.author is not None and post.author.lower() in OURS
    return is_ours or (post.brands != ("",) if brand is None else brand in post.brands)


def of_kind(
    made: list[MadePost], kind: str, first: date, last: date, zone: ZoneInfo, brand: str | None = None
) -> list[MadePost]:
    """The posts of some local days and of a brand, or any, that count as `kind`."""
    heard: Callable[[MadePost], bool] = lambda post: brand is None or brand in post.brands  # noqa: E731
    return [
        post
        for post in made
        if first <= post.at.astimezone(zone).date() <= last and heard(post) and kind_of(post, made, brand) == kind
    ]
