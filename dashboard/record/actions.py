"""The link to a case's record: made by a click, taken back by undo."""

from dashboard import session
from dashboard.ui import escaping
from dashboard.ui.outcomes import action_feedback
from monitor.surveys import records


def make(case_id: int, code: str) -> None:
    """Makes a link to the record of a case."""
    with action_feedback("record.made", code=escaping.escape_markdown(code)) as record:
        record(records.make(session.load_settings(), case_id, actor=session.actor(), now=session.now()))
