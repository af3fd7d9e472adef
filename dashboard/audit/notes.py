"""What pages record of who looks at what, and of what is downloaded."""

from collections.abc import Callable

import streamlit as st

from dashboard import session
from monitor import audit
from monitor.models.audit import AuditKind, AuditSubject, NewEntry

_THIS_MACHINE = "local"


def looked_at(about: AuditSubject, about_id: str = "", *, where: str = "", count: int = 1) -> None:
    """Records that whoever looks is about to be shown this; nobody waits for it.

    `where`: on which page, if not on its own. Raises StoreBusy where nothing could be recorded for minutes.
    """
    entry = NewEntry("read", session.person(), _origin(), about, about_id, where, count=count)
    audit.note(session.load_settings(), entry, session.now())


def searched(about: AuditSubject, words: str, count: int) -> None:
    """Records that somebody looked for these words, kept as a digest alone, and how many fitted. As `looked_at`."""
    entry = NewEntry("search", session.person(), _origin(), about, words.strip().casefold(), count=count)
    audit.note(session.load_settings(), entry, session.now())


def record_of(kind: AuditKind, about: AuditSubject, form: str, about_id: str = "") -> Callable[[int], None]:
    """What records, once it is asked for, that so many rows are given out or taken in, in this format.

    It raises StoreError where that cannot be recorded: a file is not given out then.
    """
    settings, person, origin = session.load_settings(), session.person(), _origin()

    def record(count: int) -> None:
        entry = NewEntry(kind, person, origin, about, about_id, form, count=count)
        audit.record(settings, entry, now=session.now())

    return record


def _origin() -> str:
    address = st.context.ip_address
    return address if isinstance(address, str) else _THIS_MACHINE
