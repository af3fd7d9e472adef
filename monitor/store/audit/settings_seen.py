"""That the settings file is another than when somebody last looked: recorded once, by whoever sees it first."""

from datetime import datetime
from typing import Final

from monitor.models.audit import NewEntry
from monitor.store import key_values
from monitor.store.audit import entries
from monitor.store.engines.protocol import Connection

MARK: Final = "settings_seen"
"""Under which name in desk_marks stands the digest that the file had."""
_SHOWN = 16  # digits of a digest in an entry


def note(connection: Connection, digest: str, now: datetime) -> bool:
    """Records it where the file, of which this is the digest ('' for none), is another one. Returns whether it is.

    Who changed it nobody knows: an entry of whoever did it in Escucha stands beside it.
    """
    before = key_values.get(connection, MARK) or ""
    if digest == before:
        return False
    key_values.put(connection, MARK, digest)
    told = NewEntry("settings", "", about="settings", field="file", was=before[:_SHOWN], became=digest[:_SHOWN])
    entries.record(connection, told, now=now)
    return True
