"""Taking back the last action of this browser session."""

from dashboard import session
from dashboard.actions import telling
from monitor import desk


def undo() -> None:
    """Takes back the last action, if nothing happened to its cases since; it is not offered again either way."""
    last = session.last_action()
    if last is None:
        return
    kept = st_steps()
    with telling("undo.done"):
        desk.undo(
            session.load_settings(),
            dict(last.events),
            actor=session.actor(),
            now=session.now(),
            corrections=last.corrections,
        )
