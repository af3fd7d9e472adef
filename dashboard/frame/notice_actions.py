"""Saying that notices were seen."""

from dashboard import session
from dashboard.ui.outcomes import problems_told
from monitor import desk


def see_of(case_id: int) -> None:
    """The person looks at the case: its notices are seen."""
    with problems_told():
        desk.see_notices(session.load_settings(), session.actor(), case_id=case_id, now=session.now())


def see_all() -> None:
    """The person has seen all of her notices."""
    with problems_told():
        desk.see_notices(session.load_settings(), session.actor(), now=session.now())
