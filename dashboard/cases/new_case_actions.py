"""Opening a case by hand."""

import logging

from dashboard import session
from dashboard.i18n import t
from dashboard.ui import escaping, refusals
from monitor import desk
from monitor.desk import Entry
from monitor.errors import EscuchaError, StoreBusy

logger = logging.getLogger(__name__)


def enter(entry: Entry) -> tuple[int | None, str]:
    """Opens the case. Returns its id, or None and what is wrong: the form stays open and says so itself."""
    try:
        entered = desk.enter_case(session.load_settings(), entry, actor=session.actor(), now=session.now())
    except StoreBusy:
        logger.warning("case was not opened by hand: the store is busy")
        return None, t("action.busy")
    except EscuchaError as error:
        logger.warning("case was not opened by hand", extra={"reason": type(error).__name__})
        return None, t("entering.failed", reason=escaping.escape_markdown(refusals.describe(error)))
    case = entered.done[0].case
    message = session.Message("entering.done", "done", (("code", escaping.escape_markdown(case.code)),))
    session.add_message(message.key, code=escaping.escape_markdown(case.code))
    session.record_action(message, entered.done, decided=entered.decided)
    return case.case_id, ""
