"""Everything a person changes: thin calls of `monitor.desk`, used as callbacks. An error becomes a message."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal, TypeAlias

import streamlit as st

from dashboard import plain, session
from dashboard.queries import cases
from dashboard.queries.cases import CaseFilters
from monitor import desk, handing_over
from monitor.errors import EscuchaError, StoreBusy, StoreConflict
from monitor.models import Sentiment, Stage

Format: TypeAlias = Literal["csv", "xlsx", "jsonl", "parquet"]
Separator: TypeAlias = Literal[",", ";"]


@contextmanager
def _telling(done: str, **values: str) -> Iterator[None]:
    try:
        yield
    except StoreConflict:
        session.say("action.conflict", "problem")
    except StoreBusy:
        session.say("action.busy", "problem")
    except EscuchaError as error:
        session.say("action.failed", "problem", reason=plain.label(str(error)))
    else:
        session.say(done, **values)


def open_case(mention_id: int, brand: str) -> None:
    """Opens a case for the post, or joins the open case of its conversation."""
    with _telling("action.case_opened"):
        desk.open_case(session.load_settings(), mention_id, brand, actor=session.actor(), now=session.now())


def dismiss(mention_id: int) -> None:
    """Says that the post is no complaint."""
    with _telling("action.dismissed"):
        desk.dismiss_mention(session.load_settings(), mention_id, actor=session.actor(), now=session.now())


def correct_sentiment(mention_id: int, sentiment: Sentiment) -> None:
    """Stores a person's word on the sentiment."""
    with _telling("action.corrected"):
        desk.correct(session.load_settings(), mention_id, actor=session.actor(), now=session.now(), sentiment=sentiment)


def sentiment_chosen(mention_id: int, key: str) -> None:
    """The callback of a card's sentiment control, whose value is in the session under `key`."""
    chosen = st.session_state.get(key)
    if chosen is not None:
        correct_sentiment(mention_id, chosen)


def move(case_id: int, code: str, stage: Stage, version: int, note_key: str | None = None) -> None:
    """Takes a case, seen at `version`, to a stage, with the note typed in the widget of that key."""
    note = str(st.session_state.get(note_key) or "").strip() if note_key else ""
    with _telling("action.moved", code=plain.label(code)):
        desk.move_case(
            session.load_settings(),
            case_id,
            stage,
            version=version,
            actor=session.actor(),
            now=session.now(),
            note=note,
        )
        if note_key:
            st.session_state[note_key] = ""


def exporter(format: Format, separator: Separator, chosen: CaseFilters | None) -> Callable[[], bytes]:
    """A download's content (None: every case), made only when somebody asks for it."""

    def made() -> bytes:
        if chosen is None:
            return export_cases(format, separator, None)
        with session.reading() as connection:
            wanted = cases.ids(connection, chosen)
        return export_cases(format, separator, wanted)

    return made


def export_cases(format: Format, separator: Separator, case_ids: Sequence[int] | None) -> bytes:
    """The cases (None: all) as the bytes of a file, like `escucha export cases` writes them."""
    from monitor.exporters import files

    settings = session.load_settings()
    return files.as_bytes(handing_over.case_rows(settings, case_ids), format, zone=settings.zone, separator=separator)
