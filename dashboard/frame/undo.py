"""Taking back the last action of this browser session."""

import logging

from dashboard import session
from dashboard.i18n import t
from dashboard.ui.outcomes import report_problems
from monitor import desk
from monitor.errors import EscuchaError, StoreCorrupt, StoreTransient, StoreUnwritable

logger = logging.getLogger(__name__)


def undo() -> None:
    """Takes back the last action, if nothing happened to its cases since; the one before it is then the last."""
    last = session.last_action()
    if last is None:  # pressed twice
        session.add_message("undo.nothing", "problem")
        return
    with report_problems("undo"):
        settings, actor, now = session.load_settings(), session.actor(), session.now()
        try:
            desk.undo(
                settings,
                dict(last.events),
                actor=actor,
                now=now,
                corrections=last.corrections,
                decided=last.decided,
                ruled=last.ruled,
            )
        except (StoreTransient, StoreUnwritable, StoreCorrupt):
            raise  # it can be tried again
        except EscuchaError as error:
            logger.warning("action was not undone", extra={"reason": type(error).__name__})
            session.forget_last_action()
            raise
        session.forget_last_action()
        if last.refill is not None:
            last.refill()
        session.add_message("undo.done", what=describe(last))


def describe(action: session.UndoableAction) -> str:
    """What the action was, as it was told then."""
    return t(action.message.key, **dict(action.message.values))
