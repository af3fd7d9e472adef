"""What commands record in the audit log of what they do."""

from typing import TYPE_CHECKING, Final

from monitor.cli.acting import actor

if TYPE_CHECKING:
    from monitor.models.audit import AuditKind, AuditSubject
    from monitor.settings.loading import Settings

ORIGIN: Final = "cli"
"""What the audit log says of where a command came from."""


def record(
    settings: "Settings", kind: "AuditKind", about: "AuditSubject", count: int = 1, form: str = "", about_id: str = ""
) -> None:
    """Records what a command is about to do, with how many of what, in which format.

    Raises StoreError where it cannot be recorded: it is not done then.
    """
    from monitor import audit, runs
    from monitor.models.audit import NewEntry

    entry = NewEntry(kind, actor.name(), ORIGIN, about, about_id, form, count=count)
    audit.record(settings, entry, now=runs.now())
