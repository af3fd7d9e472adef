"""Saying that notices were seen."""

from dashboard import session
from dashboard.ui.outcomes import report_problems
from monitor import desk


def mark_case_seen(case_id: int) -> None:
    """The person looks at the case: its notices are seen."""
    with report_problems():
        desk.see_notices(session.load_settings(), session.person(), case_id=case_id, now=session.now())


def mark_all_seen() -> None:
    """The person has seen all of her notices."""
    with report_problems():
        desk.see_notices(session.load_settings(), session.person(), now=session.now())
