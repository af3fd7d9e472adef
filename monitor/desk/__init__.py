"""What people do at the desk, each a transaction of its own: a post becomes a case, a case is handled to its end."""

from monitor.desk.handling import add_note, edit, log_contact, move_case, resume, take, wait
from monitor.desk.incidents import join_incident, leave_incident, move_incident, open_incident
from monitor.desk.linking import merge, split, undo_merge, undo_split
from monitor.desk.triage import Triaged, correct, dismiss_mention, dismiss_mentions, open_case
from monitor.desk.undoing import undo

__all__ = [
    "Triaged",
    "add_note",
    "correct",
    "dismiss_mention",
    "dismiss_mentions",
    "edit",
    "join_incident",
    "leave_incident",
    "log_contact",
    "merge",
    "move_case",
    "move_incident",
    "open_case",
    "open_incident",
    "resume",
    "split",
    "take",
    "undo",
    "undo_merge",
    "undo_split",
    "wait",
]
