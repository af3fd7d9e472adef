"""The link to a case's record, for a person to send: signed, it expires, and tells nothing but the record.

The history of the case keeps which links were made and until when each works; one that is undone works no longer.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from monitor import store
from monitor.access.permitted import permitted
from monitor.access.roles import Permission
from monitor.casework import apply
from monitor.casework.apply import AppliedChange
from monitor.desk import changes
from monitor.law import record
from monitor.law.record import CaseRecord
from monitor.models.cases import Event, NewEvent, effective
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import cases, events
from monitor.surveys import links

logger = logging.getLogger(__name__)

_SALT = "escucha.record"
_KEY = 16  # characters of the event's hash: no event of another database answers to its number
_LONGEST = 200
_ERASED: str = "erased"
"""The event that tells that a person asked for their words to be erased: links that were made before end."""


@permitted(Permission.ANSWER, cases="case_id")
def make(settings: Settings, case_id: int, *, actor: str, now: datetime) -> AppliedChange:
    """Makes a link that works for `desk.record_days`; the case's history tells it.

    Raises EscuchaError for a case that is not there.
    """
    until = now + timedelta(days=settings.desk.record_days)
    event = NewEvent(case_id, "record", became=until.isoformat(timespec="seconds"))
    change = partial(changes.add_event, event=event)
    with store.connect(settings.store) as connection:
        done = apply.apply(connection, settings, {case_id: change}, actor=actor, now=now, merged=True)
    logger.info("record link made", extra={"case": done[0].case.code})
    return done[0]


def current(history: Sequence[Event], now: datetime) -> Event | None:
    """The link of a case that works the longest, as its history tells it; None where none works now."""
    made = (event for event in effective(tuple(history)) if event.kind == "record" and until(event) > now)
    return max(made, key=until, default=None)


def until(event: Event) -> datetime:
    """When the link ends that the event tells of; its making where nothing is told."""
    try:
        return datetime.fromisoformat(event.became or "")
    except ValueError:
        return event.happened_at


def link(settings: Settings, event: Event) -> str:
    """The address of the record, for the event that tells of its link."""
    token = links.serializer(settings, _SALT).dumps([event.event_id, event.hash[:_KEY]])
    return f"{links.address(settings)}/r/{token}"


def find(settings: Settings, token: str, now: datetime) -> CaseRecord | None:
    """The record that a token is for; None for one that is forged, expired, undone or erased since."""
    named = _read_token(settings, token)
    if named is None or not store.exists(settings.store):
        return None
    with store.connect(settings.store, read_only=True) as connection:
        event = _event(connection, *named, now)
        found = cases.get_many(connection, [event.case_id]) if event else []
        return record.read(connection, settings, found[0]) if found else None


@permitted(Permission.ANSWER, cases="case_id")
def read(settings: Settings, case_id: int, *, actor: str) -> CaseRecord:
    """The record as the customer sees it, for whoever works on the case. Raises EscuchaError as `make` does."""
    del actor
    with store.connect(settings.store, read_only=True) as connection:
        return record.read(connection, settings, cases.get(connection, case_id))


def _event(connection: Connection, event_id: int, key: str, now: datetime) -> Event | None:
    event = events.get(connection, event_id)
    if event is None or event.kind != "record" or event.hash[:_KEY] != key or until(event) <= now:
        return None
    history = events.of_cases(connection, [event.case_id])[event.case_id]
    is_erased = any(later.kind == _ERASED and later.event_id > event_id for later in history)
    return event if event in effective(history) and not is_erased else None


def _read_token(settings: Settings, text: str) -> tuple[int, str] | None:
    from itsdangerous import BadData

    if len(text) > _LONGEST or not text.isascii():
        return None
    try:
        match links.serializer(settings, _SALT).loads(text):
            case [int(event_id), str(key)] if 0 < event_id < 2**63 and len(key) == _KEY:
                return event_id, key
    except BadData:
        return None
    return None
