"""Handing on all open cases of somebody who is not there."""

from dashboard import session
from dashboard.ui import escaping
from dashboard.ui.case_actions import widget_text
from dashboard.ui.outcomes import action_feedback
from monitor import desk


def give(owner: str, to_key: str) -> None:
    """Gives them to the person in the widget of that key."""
    to = widget_text(to_key)
    with action_feedback("action.many_assigned", n=0, owner=escaping.escape_markdown(to)) as record:
        outcome = desk.give_cases(session.load_settings(), owner, to, actor=session.actor(), now=session.now())
        record(*outcome.done)
        record.words(n=len(outcome.done))


def share(owner: str) -> None:
    """Lets the rule give them."""
    with action_feedback("action.many_shared", n=0) as record:
        outcome = desk.share_cases(session.load_settings(), owner, actor=session.actor(), now=session.now())
        record(*outcome.done)
        record.words(n=len(outcome.done))
