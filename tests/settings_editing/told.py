"""What the audit log says of the settings."""

from monitor import store
from monitor.settings import loading
from monitor.store.audit import listing
from monitor.store.audit.listing import AuditFilter


def told() -> list[tuple[str, str, str]]:
    """Who changed what, and what came of it, in order."""
    with store.connect(loading.load().store, read_only=True) as connection:
        found, _ = listing.newest(connection, AuditFilter(kinds=("settings",)), offset=0, limit=99)
    return [(entry.actor, entry.field, entry.outcome) for entry in reversed(found) if entry.actor]
