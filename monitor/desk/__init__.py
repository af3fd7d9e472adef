"""What people do at the desk, each a transaction of its own: a post becomes a case, a case is handled to its end."""

from monitor.desk.handling import add_note, edit, log_contact, move_case, resume, take, wait
from monitor.desk.triage import correct, dismiss_mention, open_case
from monitor.desk.undoing import undo

__all__ = [
    "add_note",
    "correct",
    "dismiss_mention",
    "edit",
    "log_contact",
    "move_case",
    "open_case",
    "resume",
    "take",
    "undo",
    "wait",
]
