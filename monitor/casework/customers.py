"""Whose a case is: customer, value and earlier contacts of new cases, and of open ones whenever links change."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from monitor import store
from monitor.cases import segments
from monitor.casework import apply
from monitor.casework.apply import AppliedChange
from monitor.models.cases import Case, Event, NewEvent
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import cases
from monitor.store.customers import customer_links, customers

logger = logging.getLogger(__name__)

_AT_ONCE = 1_000
"""Cases that are changed in one transaction."""


def identify(
    connection: Connection, new_cases: Sequence[Case], settings: Settings
) -> list[tuple[Case, tuple[NewEvent, ...]]]:
    """New cases, not stored yet, with their customer, value and contacts; and the event that tells the customer."""
    within = timedelta(days=settings.desk.priority.repeat_days)
    identified: list[tuple[Case, tuple[NewEvent, ...]]] = []
    for case, profile in zip(new_cases, customer_links.author_profiles(connection, new_cases, within), strict=True):
        link_events = (NewEvent(case.case_id, "customer", became=profile.customer_id),) if profile.customer_id else ()
        linked = replace(
            case, customer_id=profile.customer_id, value=profile.value, contacts=case.contacts + profile.earlier_cases
        )
        identified.append((linked, link_events))
    return identified


def sync_links(
    connection: Connection,
    settings: Settings,
    *,
    actor: str,
    now: datetime,
    handle: tuple[str, str] | None = None,
    limit: int = _AT_ONCE,
) -> list[AppliedChange]:
    """Gives open cases, of one (network, handle) or all, the customer and value that the links say; `limit` at most."""
    return relink(
        connection,
        settings,
        customer_links.outdated_links(connection, handle=handle, limit=limit),
        actor=actor,
        now=now,
    )


def relink(
    connection: Connection,
    settings: Settings,
    links: Sequence[customer_links.OutdatedLink],
    *,
    actor: str,
    now: datetime,
) -> list[AppliedChange]:
    """Gives these cases their customers. A link never takes contacts away; taking a link away counts them anew."""
    cases_by_id = {case.case_id: case for case in cases.get_many(connection, [link.case_id for link in links])}
    relinked = [replace(cases_by_id[link.case_id], customer_id=link.customer_id, value=link.value) for link in links]
    within = timedelta(days=settings.desk.priority.repeat_days)
    posts = customer_links.post_counts(connection, [case.case_id for case in relinked])
    contacts = [
        posts[case.case_id] + profile.earlier_cases
        for case, profile in zip(relinked, customer_links.author_profiles(connection, relinked, within), strict=True)
    ]
    changes = {
        case.case_id: partial(_change_link, customer_id=case.customer_id, value=case.value, contacts=count)
        for case, count in zip(relinked, contacts, strict=True)
    }
    return apply.apply(connection, settings, changes, actor=actor, now=now)


def _change_link(
    case: Case, history: tuple[Event, ...], *, customer_id: str | None, value: str, contacts: int
) -> tuple[Case, Sequence[NewEvent]]:
    del history
    same = customer_id == case.customer_id
    event = NewEvent(
        case.case_id, "customer", field="value" if same else None, was=case.customer_id, became=customer_id
    )
    most = max(case.contacts, contacts) if customer_id else contacts
    contacts_event = NewEvent(case.case_id, "field", field="contacts", was=str(case.contacts), became=str(most))
    linked = replace(case, customer_id=customer_id, value=value, contacts=most)
    return linked, [event, contacts_event] if most != case.contacts else [event]


def set_values(connection: Connection, settings: Settings) -> None:
    """Puts every customer into the segment by value that the settings' cut-offs give."""
    bounds = segments.bounds(customers.lifetime_values(connection), settings.desk.segments)
    customers.set_values(connection, bounds.top, bounds.large, bounds.medium)


def sync_all_links(settings: Settings, *, actor: str, now: datetime) -> int:
    """The same for every open case, in short transactions: a crash leaves the rest to the next time. Says how many."""
    count = 0
    while True:
        with store.connect(settings.store) as connection:
            done = sync_links(connection, settings, actor=actor, now=now)
        count += len(done)
        if len(done) < _AT_ONCE:
            logger.info("customers of open cases synced", extra={"count": count})
            return count
