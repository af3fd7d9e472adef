"""What people do at the desk, each a transaction of its own: a post becomes a case, a case is handled to its end."""

from monitor.desk.absences import give_cases, share_cases
from monitor.desk.answers import mark_sent, mark_sent_many
from monitor.desk.bulk import BulkDone, assign_many, edit_many, move_many, note_many, tag_many, take_many
from monitor.desk.campaigns import CampaignOutcome, decide_campaign
from monitor.desk.corrective_actions import finish_action, plan_action, reopen_action
from monitor.desk.customers import confirm_link, link_case, refuse_link, unlink_case
from monitor.desk.handling import add_note, edit, log_contact, move_case, resume, take, wait
from monitor.desk.incidents import join_incident, leave_incident, move_incident, open_incident
from monitor.desk.manual_entry import Entry, enter_case
from monitor.desk.merge import merge, undo_merge
from monitor.desk.notices import see_notices
from monitor.desk.readings import is_answer, needs_answer
from monitor.desk.saved_filters import SavedFilter, delete_filter, rename_filter, save_filter, saved_filters
from monitor.desk.split import split, undo_split
from monitor.desk.triage import TriageOutcome, correct, dismiss_mention, dismiss_mentions, open_case
from monitor.desk.undo import undo

__all__ = [
    "BulkDone",
    "CampaignOutcome",
    "Entry",
    "SavedFilter",
    "TriageOutcome",
    "add_note",
    "assign_many",
    "confirm_link",
    "correct",
    "decide_campaign",
    "delete_filter",
    "dismiss_mention",
    "dismiss_mentions",
    "edit",
    "edit_many",
    "enter_case",
    "finish_action",
    "give_cases",
    "is_answer",
    "join_incident",
    "leave_incident",
    "link_case",
    "log_contact",
    "mark_sent",
    "mark_sent_many",
    "merge",
    "move_case",
    "move_incident",
    "move_many",
    "needs_answer",
    "note_many",
    "open_case",
    "open_incident",
    "plan_action",
    "refuse_link",
    "rename_filter",
    "reopen_action",
    "resume",
    "save_filter",
    "saved_filters",
    "see_notices",
    "share_cases",
    "split",
    "tag_many",
    "take",
    "take_many",
    "undo",
    "undo_merge",
    "undo_split",
    "unlink_case",
    "wait",
]
