"""Everything a person changes: thin calls of `monitor.desk`, used as callbacks. An error becomes a message."""

from collections.abc import Iterator
from contextlib import contextmanager

from dashboard import plain, session
from dashboard.i18n import t
from monitor.errors import EscuchaError, StoreBusy, StoreConflict


@contextmanager
def telling(done: str, **values: str) -> Iterator[None]:
    """Says `done` when the body went well, and what went wrong when not; nothing that was typed is lost."""
    try:
        yield
    except StoreConflict as error:
        if error.last is None:
            session.say("action.conflict", "problem")
        else:
            what = t(f"event.{error.last.kind}", stage=t(f"stage.{error.last.stage}") if error.last.stage else "")
            session.say("action.conflict_by", "problem", actor=plain.label(error.last.actor), what=what)
    except StoreBusy:
        session.say("action.busy", "problem")
    except EscuchaError as error:
        session.say("action.failed", "problem", reason=plain.label(str(error)))
    else:
        session.say(done, **values)
