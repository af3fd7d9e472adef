"""What each role may do, as a table."""

from collections.abc import Mapping
from enum import StrEnum

from monitor.models.accounts import Role


class Permission(StrEnum):
    """One kind of action."""

    READ_POSTS = "read_posts"  # posts, cases with their history, figures, the system's health
    READ_CUSTOMERS = "read_customers"  # what is known of customers beyond their posts
    KEEP_FILTERS = "keep_filters"  # own saved filters, own notices
    HANDLE_CASES = "handle_cases"  # stage, fields, notes, contacts, incidents; to take a case
    ENTER_CASES = "enter_cases"  # a complaint that came by another way
    ANSWER = "answer"  # to mark answers as sent, to ask for satisfaction, to give the record of a case
    FOLLOW_UPS = "follow_ups"
    LABEL = "label"  # to say what a post is, to open and dismiss
    MERGE_SPLIT = "merge_split"
    LINK_CUSTOMERS = "link_customers"  # whose handle it is
    ASSIGN_OTHERS = "assign_others"  # to give a case to somebody else
    BULK = "bulk"  # one action on many cases
    CAMPAIGNS = "campaigns"
    CORRECTIVE_ACTIONS = "corrective_actions"
    IMPORT_CUSTOMERS = "import_customers"
    EXPORT = "export"  # downloads, exports, reports
    RUN = "run"  # to collect, import, classify, hand over
    LEARN = "learn"  # to learn from labels, to choose thresholds
    ACTIVATE_MODELS = "activate_models"
    SETTINGS = "settings"
    ACCOUNTS = "accounts"
    READ_AUDIT = "read_audit"
    PRIVACY = "privacy"  # to give a person what is held of them, to erase it
    STORE = "store"  # backup, restore, moves, migrations


_VIEWER = frozenset({Permission.READ_POSTS, Permission.KEEP_FILTERS})
_AGENT = _VIEWER | {
    Permission.READ_CUSTOMERS,
    Permission.HANDLE_CASES,
    Permission.ENTER_CASES,
    Permission.ANSWER,
    Permission.FOLLOW_UPS,
    Permission.LABEL,
    Permission.MERGE_SPLIT,
    Permission.LINK_CUSTOMERS,
}
_LEAD = _AGENT | {
    Permission.ASSIGN_OTHERS,
    Permission.BULK,
    Permission.CAMPAIGNS,
    Permission.CORRECTIVE_ACTIONS,
    Permission.IMPORT_CUSTOMERS,
    Permission.EXPORT,
    Permission.RUN,
    Permission.LEARN,
}
PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.VIEWER: _VIEWER,
    Role.AGENT: _AGENT,
    Role.LEAD: _LEAD,
    Role.ADMIN: frozenset(Permission),
    Role.AUDITOR: frozenset(
        {Permission.READ_POSTS, Permission.READ_CUSTOMERS, Permission.READ_AUDIT, Permission.EXPORT}
    ),
}
"""An auditor reads and takes copies, and changes nothing, not even filters of their own."""
