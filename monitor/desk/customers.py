"""Whose a handle is, by a person's word. Confirming takes back a refusal and the other way round."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor import store
from monitor.access.permitted import permitted
from monitor.access.roles import Permission
from monitor.casework import customers as casework_customers
from monitor.casework.apply import AppliedChange
from monitor.errors import Refusal, StoreConflict
from monitor.models.cases import Case
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import cases
from monitor.store.customers import customer_links, customers, handles
from monitor.store.customers.handles import HandleDecision


@dataclass(frozen=True, slots=True)
class LinkOutcome:
    """What a person's word on a link did: the cases that changed and what was decided; `undo` takes both."""

    done: tuple[AppliedChange, ...] = ()
    decided: tuple[HandleDecision, ...] = ()


@permitted(Permission.LINK_CUSTOMERS)
def confirm_link(
    settings: Settings, network: str, handle: str, customer_id: str, *, actor: str, now: datetime
) -> LinkOutcome:
    """Says that a handle is a customer's: suggested, refused before, or found by hand. Returns what it changed.

    A handle is one customer's: a link to another one is taken away, and suggestions of others are refused with it.
    Raises EscuchaError when there is no such customer.
    """
    with store.connect(settings.store) as connection:
        return _confirm(connection, settings, (network, handle), customer_id, actor, now)


def _confirm(
    connection: Connection, settings: Settings, profile: tuple[str, str], customer_id: str, actor: str, now: datetime
) -> LinkOutcome:
    _customer_value(connection, customer_id)
    rivals = [
        rival
        for rival, status in handles.statuses(connection, *profile).items()
        if rival != customer_id and status != "refused"
    ]
    decided = [handles.decide(connection, *profile, rival, "refused", actor, now) for rival in rivals]
    decided.append(handles.decide(connection, *profile, customer_id, "confirmed", actor, now))
    return LinkOutcome(_update_cases(connection, settings, profile, actor, now), tuple(decided))


@permitted(Permission.LINK_CUSTOMERS)
def refuse_link(
    settings: Settings, network: str, handle: str, customer_id: str, *, actor: str, now: datetime
) -> LinkOutcome:
    """Says that a handle is not this customer's; it is not suggested again. Returns what it changed.

    Raises EscuchaError when nobody has said so far that it might be.
    """
    with store.connect(settings.store) as connection:
        if customer_id not in handles.statuses(connection, network, handle):
            raise Refusal(
                "not_theirs",
                "the handle {handle} has nothing to do with the customer {customer}",
                handle=handle,
                customer=customer_id,
            )
        return _refuse(connection, settings, (network, handle), customer_id, actor, now)


def _refuse(
    connection: Connection, settings: Settings, profile: tuple[str, str], customer_id: str, actor: str, now: datetime
) -> LinkOutcome:
    decided = handles.decide(connection, *profile, customer_id, "refused", actor, now)
    return LinkOutcome(_update_cases(connection, settings, profile, actor, now), (decided,))


@permitted(Permission.LINK_CUSTOMERS, cases="case_id")
def link_case(settings: Settings, case_id: int, customer_id: str, *, actor: str, now: datetime) -> LinkOutcome:
    """Says whose a case is: of its author's handle where it has one, else (a mere name as well) of this case alone.

    Raises EscuchaError when there is no such case or customer. Returns what it changed.
    """
    with store.connect(settings.store) as connection:
        return link(connection, settings, case_id, customer_id, actor=actor, now=now)


def link(
    connection: Connection, settings: Settings, case_id: int, customer_id: str, *, actor: str, now: datetime
) -> LinkOutcome:
    """Links a case as `link_case` does, in a transaction that is open already."""
    case = cases.get(connection, case_id)
    if case.author and not _is_mere_name(case):
        return _confirm(connection, settings, (case.network, case.author), customer_id, actor, now)
    step = customer_links.OutdatedLink(case_id, customer_id, _customer_value(connection, customer_id))
    return LinkOutcome(tuple(casework_customers.relink(connection, settings, [step], actor=actor, now=now)))


@permitted(Permission.LINK_CUSTOMERS, cases="case_id")
def unlink_case(settings: Settings, case_id: int, *, actor: str, now: datetime) -> LinkOutcome:
    """Takes a case from its customer, and with it the author's handle and other open cases. Returns what it changed."""
    with store.connect(settings.store) as connection:
        case = cases.get(connection, case_id)
        if case.customer_id is None:
            return LinkOutcome()
        if case.author and case.customer_id in handles.statuses(connection, case.network, case.author):
            return _refuse(connection, settings, (case.network, case.author), case.customer_id, actor, now)
        step = customer_links.OutdatedLink(case_id, None, "")
        return LinkOutcome(tuple(casework_customers.relink(connection, settings, [step], actor=actor, now=now)))


def undo_decisions(connection: Connection, decided: Sequence[HandleDecision]) -> None:
    """Lets handles stand as they stood before these decisions, for `undo`.

    Raises StoreConflict where somebody decided again since, EscuchaError where a case came in by a link since.
    """
    for decision in reversed(decided):
        if not handles.undo_decision(connection, decision):
            raise StoreConflict(f"whose the handle {decision.handle} is was decided again meanwhile; look at it again")
        if decision.now.status == "confirmed" and (since := customer_links.case_opened_since(connection, decision)):
            raise Refusal(
                "came_since",
                "{code} came from {handle} meanwhile and is the customer's; take the link away there",
                code=since,
                handle=decision.handle,
            )


def _is_mere_name(case: Case) -> bool:
    """Whether the author is only a name, as of who called or came by: others have the same one."""
    return case.channel != "network" and not re.search(r"[\d@]", case.author or "")


def _update_cases(
    connection: Connection, settings: Settings, profile: tuple[str, str], actor: str, now: datetime
) -> tuple[AppliedChange, ...]:
    return tuple(
        casework_customers.sync_links(connection, settings, actor=actor, now=now, handle=profile, limit=100_000)
    )


def _customer_value(connection: Connection, customer_id: str) -> str:
    value = customers.value_of(connection, customer_id)
    if value is None:
        raise Refusal("no_customer", "there is no customer {customer}; import customers first", customer=customer_id)
    return value
