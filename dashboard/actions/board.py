"""Moving a card of the board on."""

from dashboard import plain, session
from dashboard.actions import telling
from monitor import desk
from monitor.casework import Case
from monitor.models import Stage


def move(case: Case, stage: Stage) -> None:
    """Takes the case, as the person saw it, to a stage that asks nothing more."""
    with telling("action.moved", code=plain.label(case.code)) as undoable:
        undoable(
            desk.move_case(
                session.load_settings(),
                case.case_id,
                stage,
                version=case.version,
                actor=session.actor(),
                now=session.now(),
            )
        )
