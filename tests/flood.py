"""A flood for tests: many posts at once with scores as a model would give them, as the pipeline finds them waiting."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor import store
from monitor.models.posts import Classification, Decision, Match, MatchedMention, Mention, Scores
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.posts import classifications, mentions
from tests.desk_store import BRAND

CAMPAIGN = "@norvia_ayuda Norvia cobra dos veces y nunca responde a sus clientes. Devolved el dinero YA #BoicotNorvia"
_CHANGES = (
    "{text}", "{text} 🔥", "😡😡 {text}", "{text} https://corto.example/{n}", "{text} {n}", "@cuenta{n} {text}",
    "{text} vergüenza", "{louder}", "{other}",
)  # fmt: skip


def copy(n: int) -> str:
    """The campaign's text with a small change, the n-th of a row."""
    louder, other = CAMPAIGN.upper().replace("YA", "YAAAA!!!"), CAMPAIGN.replace("responde", "contesta")
    return _CHANGES[n % len(_CHANGES)].format(text=CAMPAIGN, n=n, louder=louder, other=other)


def mention(post_id: str, author: str | None, text: str, at: datetime, **facts: object) -> Mention:
    """A post on X that begins a thread; `facts` are fields of Mention."""
    values: dict[str, object] = {"network": "x", "thread_id": post_id, "raw": {}} | facts
    return Mention(post_id=post_id, author=author, text=text, posted_at=at, **values)  # type: ignore[arg-type]


def arrive(settings: Settings, posts: Sequence[Mention], now: datetime, decision: Decision = "complaint") -> None:
    """Stores the posts, classified; they wait for their place in a case."""
    with store.connect(settings.store) as connection:
        mentions.save(connection, 1, [MatchedMention(post, (Match(BRAND, "norvia"),)) for post in posts], now)
        classify_pending(connection, decision, now)


def classify_pending(connection: Connection, decision: Decision, now: datetime) -> None:
    """Classifies all that waits for the classifier as that."""
    scores = Scores(0.8, 0.15, 0.05, {"complaint": 0.9, "unsure": 0.5, "other": 0.1}[decision])
    at = now + timedelta(minutes=1)
    rows = connection.execute("SELECT mention_id FROM pending WHERE step = 'classify'").fetchall()
    classifications.save(
        connection, [Classification(row[0], scores, "negative", decision, "es", "modelo-1", at) for row in rows]
    )
