"""A small store for the desk's tests: made-up posts with scores as a model would give them, and their cases."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import pytest

from monitor import store
from monitor.casework import edited, replies
from monitor.casework.grouping import group_posts
from monitor.models.posts import Classification, Correction, Decision, Match, MatchedMention, Mention, Scores
from monitor.settings import loading as reading
from monitor.settings.loading import Settings, Store
from monitor.store import Connection
from monitor.store.cases import candidates
from monitor.store.posts import classifications, edits, mentions
from tests import store_copies

CONFIG = """
language = "es"
[store]
url = "{store}"
[[brands]]
name = "Norvia"
queries = ["norvia"]
own_accounts = ["norvia_ayuda"]
"""
BRAND, OTHER_BRAND = "Norvia", "Aguas del Faro"
HOSTILE = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    "<b>no soy negrita</b> [enlace](javascript:alert(1)) **ni esto** :red[rojo] $x^2$ # Titular\n"
    "- lista\n\u202eoculto\u202c fin \x1b[31m\x00 </article></div> &lt;ya&gt;"
)


def configured(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings as the dashboard reads them, on a database in `folder` that does not exist yet."""
    file = folder / "escucha.toml"
    file.write_text(CONFIG.format(store=(folder / "store.duckdb").as_posix()), encoding="utf-8")
    monkeypatch.setenv("ESCUCHA_CONFIG", str(file))
    return reading.load()


Filled = TypeVar("Filled")
Given = ParamSpec("Given")


def filled_once(fill: Callable[Concatenate[Settings, Given], Filled]) -> Callable[Concatenate[Settings, Given], Filled]:
    """What a function stores in a new database, and returns, is worked out once; later databases are copies of that.

    Anew where the settings, or what it is given, are not those of the last time. Filling takes longer than most tests.
    """
    made: dict[str, tuple[Callable[[Store], None], Filled]] = {}

    @wraps(fill)
    def copied(settings: Settings, *given: Given.args, **named: Given.kwargs) -> Filled:
        if store.exists(settings.store):
            return fill(settings, *given, **named)
        key = repr((settings.model_copy(update={"store": None}), given, named))
        if key in made:
            made[key][0](settings.store)
        else:
            result = fill(settings, *given, **named)
            made.clear()  # some megabytes each
            made[key] = store_copies.keep(settings.store), result
        return made[key][1]

    return copied


def post(settings: Settings, post_id: str, text: str, at: datetime, **facts: object) -> int:
    """Stores one classified post and returns its id. Facts: p_complaint, p_negative, brands, and fields of Mention."""
    p_complaint = float(str(facts.pop("p_complaint", 0.9)))
    p_negative = float(str(facts.pop("p_negative", 0.8)))
    brands = facts.pop("brands", (BRAND,))
    values: dict[str, object] = {"network": "x", "thread_id": post_id, "author": "ana", "raw": {}}
    values |= {"permalink": f"https://social.example/{post_id}"} | facts
    mention = Mention(post_id=post_id, text=text, posted_at=at, **values)  # type: ignore[arg-type]
    with store.connect(settings.store) as connection:
        matches = tuple(Match(brand, query) for brand in brands for query in ("uno", "dos"))  # type: ignore[attr-defined]
        mentions.save(connection, 1, [MatchedMention(mention, matches)], at)
        mention_id = int(connection.execute("SELECT max(mention_id) FROM mentions").fetchall()[0][0])
        _classify(connection, mention_id, p_complaint, p_negative, at)
    return mention_id


def edit(
    settings: Settings, post_id: str, text: str, at: datetime, *, p_complaint: float = 0.9, p_negative: float = 0.8
) -> bool:
    """The author edits a stored post of x at that moment; noticed at once, and classified. Says if it changed."""
    with store.connect(settings.store) as connection:
        is_changed = edits.update(connection, 1, [mention(post_id, text, at)], at) > 0
        _classify(connection, mentions.id_of(connection, "x", post_id), p_complaint, p_negative, at)
    return is_changed


def mention_id(settings: Settings, post_id: str) -> int:
    """The id of a stored post of x."""
    with store.connect(settings.store, read_only=True) as connection:
        return mentions.id_of(connection, "x", post_id)


def place(settings: Settings, mention_ids: list[int], at: datetime) -> None:
    """Posts open and join cases, their edits and our replies are told: a whole step of the pipeline at that moment."""
    with store.connect(settings.store) as connection:
        group_posts(connection, candidates.candidate_posts(connection, mention_ids), settings, "escucha", at)
        edited.record_edits(connection, settings, mention_ids, at)
        replies.record_replies(connection, settings, mention_ids, at)


def mention(post_id: str, text: str, at: datetime) -> Mention:
    """A post of x as it is read again after it was edited at that moment."""
    return Mention(network="x", post_id=post_id, text=text, posted_at=at, thread_id=post_id, raw={}, edited_at=at)


def thank(settings: Settings, mention_id: int, at: datetime) -> None:
    """A person says that the post is content, as the model would of thanks."""
    correct(settings, Correction(mention_id, "Ana", at, sentiment="positive", complaint=False))


def _classify(connection: Connection, mention_id: int, p_complaint: float, p_negative: float, at: datetime) -> None:
    rest = 1 - p_negative
    scores = Scores(p_negative, rest * 0.7, rest * 0.3, p_complaint)
    decision: Decision = "complaint" if p_complaint >= 0.7 else "unsure" if p_complaint >= 0.35 else "other"
    classifications.save(
        connection,
        [Classification(mention_id, scores, scores.sentiment, decision, "es", "modelo-1", at + timedelta(minutes=1))],
    )


def open_cases(settings: Settings, mention_ids: list[int], at: datetime) -> None:
    """Opens cases for these complaints, as the pipeline does."""
    with store.connect(settings.store) as connection:
        group_posts(connection, candidates.candidate_posts(connection, mention_ids), settings, "escucha", at)


def fill(settings: Settings, now: datetime) -> dict[str, int]:
    """Five posts: a complaint with a case, an unsure one, praise, a hostile complaint without a case, ours."""

    def ago(hours: float) -> datetime:
        return now - timedelta(hours=hours)

    ids = {
        "complaint": post(settings, "p1", "Llevo tres semanas esperando el reembolso", ago(5), sample=True),
        "unsure": post(settings, "p2", "¿Esto va a ser siempre así?", ago(4), author="luis", p_complaint=0.5),
        "praise": post(
            settings, "p3", "¡Gracias!", ago(3), author="eva", p_complaint=0.01, p_negative=0.05, network="reddit"
        ),
        "hostile": post(
            settings,
            "p4",
            HOSTILE,
            ago(2),
            author='<i onclick="x">eva</i>',
            author_name="**Eva** <u>x</u>",
            permalink="javascript:document.title='owned'",
            brands=(BRAND, OTHER_BRAND),
            p_complaint=0.8,
        ),
        "ours": post(
            settings, "p5", "Lo miramos ahora mismo", ago(1), author="norvia_ayuda", thread_id="p1", p_complaint=0.0
        ),
    }
    open_cases(settings, [ids["complaint"]], ago(0.5))
    return ids


def correct(settings: Settings, correction: Correction) -> None:
    """Stores a person's label."""
    with store.connect(settings.store) as connection:
        classifications.correct(connection, correction)
