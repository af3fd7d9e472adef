"""The values of the audit log: who did what, to what, from where, and what came of it. All times are UTC."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Literal, TypeAlias, get_args

AuditKind: TypeAlias = Literal[
    "login",
    "login_failed",  # `became` why: password, code, link, unknown, locked, inactive, expired
    "locked",  # an account or an address is let in no more for a while
    "logout",  # `became` "forced" where somebody else ended the session
    "credential",  # `field` password, second_factor or link; `became` set, reset, removed or made
    "account",  # `became` added, deactivated, reactivated, renamed or restricted
    "role",  # of the account `about_id`, from `was` to `became`
    "refused",  # what the actor's role does not allow: `field` is the permission
    "read",  # data of a customer was shown
    "search",  # customers were looked for; `count` were found
    "download",  # a file was given to a browser; `field` its format, `count` its rows
    "export",  # a file, a database or a delivery was written; likewise
    "report",
    "import",  # `count` rows came in
    "settings",  # `field` is a key, or "file"; `was` and `became` never hold secrets
    "model",  # another version of the classifier decides: from `was` to `became`
    "backup",
    "restore",  # `count` entries of this log are lost by it; `became` "unknown" where nobody can say how many
    "privacy",  # what is held about a person was given out: `field` its format
    "blocked",  # a person's data is locked away until it is destroyed; `became` "lifted" where it is not any more
    "erasure",  # a person, or posts, were erased: `count` rows, `field` of what
    "retention",  # what had been kept long enough was destroyed: `count` rows, `field` of what
    "cut",  # this log's own oldest entries, `count`, were; `was` is the hash of the last of them
]
AUDIT_KINDS: tuple[AuditKind, ...] = get_args(AuditKind)
AuditSubject: TypeAlias = Literal[
    "account", "address", "session", "case", "cases", "customer", "customers", "person", "posts", "exports", "report",
    "setting", "settings", "model", "store", "file", "audit", "page", "",
]  # fmt: skip
"""What an entry is about; '' where that is its kind."""
_SUBJECTS: frozenset[AuditSubject] = frozenset(get_args(AuditSubject))
AuditOutcome: TypeAlias = Literal["done", "refused", "failed"]
DIGESTED: frozenset[AuditSubject] = frozenset({"customer", "customers", "person"})
"""Subjects whose id, or the words they were looked for by, are kept as a keyed digest alone.

Whoever is erased stands nowhere in the log.
"""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What is to be recorded: ids, codes and counts; never a text, a handle, a file's name or a secret.

    `actor` is an account's name, or `cli:NAME`; '' where nobody is known, as for a login with a name that no account
    has. `origin` is a network address, "cli" or "flow". `about_id` is the id as it is; that of `DIGESTED` subjects is
    kept as a keyed digest. `until`: when the last of `count` happened, where several of one kind were drawn together.
    """

    kind: AuditKind
    actor: str
    origin: str = ""
    about: AuditSubject = ""
    about_id: str = ""
    field: str = ""
    was: str = ""
    became: str = ""
    count: int = 1
    outcome: AuditOutcome = "done"
    until: datetime | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for what could not be kept: whoever says it is told so, not whoever writes it later."""
        texts = (self.actor, self.origin, self.about_id, self.field, self.was, self.became)
        known = self.kind in AUDIT_KINDS and self.about in _SUBJECTS and self.outcome in get_args(AuditOutcome)
        if not known or not all(isinstance(text, str) for text in texts):
            raise ValueError(f"no entry of the audit log: {self.kind}, {self.about}, {self.outcome}")


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A line of the log as it is kept, in the order of `entry_id`. `hash` is of itself and of the hash before it."""

    entry_id: int
    happened_at: datetime
    until: datetime | None
    kind: AuditKind
    actor: str
    origin: str
    about: AuditSubject
    about_id: str
    field: str
    was: str
    became: str
    count: int
    outcome: AuditOutcome
    hash: str


ENTRY_COLUMNS: tuple[str, ...] = tuple(column.name for column in fields(AuditEntry))
LONGEST_VALUE = 200
"""Characters of a value; what is longer is cut."""


def storable(entry: AuditEntry) -> AuditEntry:
    """The entry as it can be kept: no text longer than `LONGEST_VALUE`, and none with a null character."""
    names = ("actor", "origin", "about_id", "field", "was", "became")
    texts = {name: getattr(entry, name).replace("\x00", "\ufffd")[:LONGEST_VALUE] for name in names}
    return replace(entry, **texts)
