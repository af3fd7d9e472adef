"""Notes that name people: `@Ana` leaves Ana a notice."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from monitor import store
from monitor.access.permitted import permitted
from monitor.access.roles import Permission
from monitor.casework.apply import AppliedChange
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import cases, notices
from monitor.text.folding import fold

# Not "sent" and "contact": what was said to a customer names customers.
_OURS = ("note", "stage", "waiting", "resumed")


def tell_named(connection: Connection, settings: Settings, done: Iterable[AppliedChange]) -> None:
    """Leaves a notice for everybody whom the notes of these changes name, in the transaction of the changes."""
    note_events = [event for change in done for event in change.events if event.kind in _OURS and "@" in event.note]
    if not note_events:
        return
    people = [*(person.name for person in settings.desk.people), *cases.owners(connection)]
    for event in note_events:
        recipients = [person for person in people_named(event.note, people) if person != event.actor]
        notices.add(connection, recipients, event.case_id, event.event_id)


@permitted(Permission.KEEP_FILTERS)
def see_notices(settings: Settings, person: str, *, now: datetime, case_id: int | None = None) -> None:
    """Says that the person has seen her notices, of one case or all; where there are none, nothing is written."""
    with store.connect(settings.store, read_only=True) as connection:
        waits = notices.has_unseen(connection, person, case_id)
    if waits:
        with store.connect(settings.store) as connection:
            notices.mark_seen(connection, person, case_id, now)


def people_named(note: str, people: Sequence[str]) -> list[str]:
    """Who of the people is named with @: by the whole name, or by its first word where that is one person's alone.

    Case and accents do not matter; "@ana.lopez" is not Ana, "ana@correo" nobody.
    """
    full_names = {_fold(person): person for person in reversed(people)}
    by_first_name: dict[str, list[str]] = {}
    for name, person in full_names.items():
        by_first_name.setdefault(name.partition(" ")[0], []).append(person)
    names = {name: namesakes[0] for name, namesakes in by_first_name.items() if len(namesakes) == 1} | full_names
    longest_first = sorted(filter(None, names), key=len, reverse=True)
    if not longest_first:
        return []
    matches = re.findall(rf"(?<!\w)@({'|'.join(map(re.escape, longest_first))})(?![\w-]|\.\w)", _fold(note))
    return list(dict.fromkeys(names[name] for name in matches))


def _fold(text: str) -> str:
    return " ".join(fold(text).split())
