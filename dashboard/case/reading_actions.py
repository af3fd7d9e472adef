"""Saying that a post was read wrongly: thanks that need an answer, an automatic reply that is one of a person's."""

from dashboard import session
from dashboard.ui import escaping
from dashboard.ui.outcomes import action_feedback
from monitor import desk
from monitor.models.cases import Case


def needs_answer(case: Case, mention_id: int) -> None:
    """Makes thanks of the customer a question: the clock runs from when they were written."""
    with action_feedback("action.needs_answer", code=escaping.escape_markdown(case.code)) as record:
        record(
            *desk.needs_answer(
                session.load_settings(),
                case.case_id,
                mention_id,
                version=case.version,
                actor=session.actor(),
                now=session.now(),
            )
        )


def is_answer(case: Case, mention_id: int) -> None:
    """Makes an automatic reply of ours an answer, and all that are the same."""
    with action_feedback("action.is_answer") as record:
        done = desk.is_answer(
            session.load_settings(),
            case.case_id,
            mention_id,
            version=case.version,
            actor=session.actor(),
            now=session.now(),
        )
        record.words(n=len(done))
        record(*done)
