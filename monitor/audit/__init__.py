"""Who did what: recorded at once, or, of what is looked at, soon after and without anybody waiting for it."""

from monitor.audit.recording import flush, note, record

__all__ = ["flush", "note", "record"]
