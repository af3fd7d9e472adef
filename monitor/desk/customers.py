"""Whose a handle is, by a person's word. Confirming takes back a refusal and the other way round."""

import re
from datetime import datetime

from monitor import recognising, store
from monitor.casework import Case
from monitor.changing import Done
from monitor.errors import EscuchaError
from monitor.settings import Settings
from monitor.store import Connection, cases, customer_links, customers


def confirm_link(
    settings: Settings, network: str, handle: str, customer_id: str, *, actor: str, now: datetime
) -> list[Done]:
    """Says that a handle is a customer's: suggested, refused before, or found by hand. Returns the cases it changed.

    A handle is one customer's: a link to another one is taken away, and suggestions of others are refused with it.
    Raises EscuchaError when there is no such customer.
    """
    with store.connect(settings.store) as connection:
        return _confirm(connection, settings, (network, handle), customer_id, actor, now)


def _confirm(
    connection: Connection, settings: Settings, whose: tuple[str, str], customer_id: str, actor: str, now: datetime
) -> list[Done]:
    _value(connection, customer_id)
    for other, status in customers.statuses(connection, *whose).items():
        if other != customer_id and status != "refused":
            customers.decide(connection, *whose, other, "refused", actor, now)
    customers.decide(connection, *whose, customer_id, "confirmed", actor, now)
    return _follow(connection, settings, whose, actor, now)


def refuse_link(
    settings: Settings, network: str, handle: str, customer_id: str, *, actor: str, now: datetime
) -> list[Done]:
    """Says that a handle is not this customer's; it is not suggested again. Returns the cases it changed.

    Raises EscuchaError when nobody has said so far that it might be.
    """
    with store.connect(settings.store) as connection:
        if customer_id not in customers.statuses(connection, network, handle):
            raise EscuchaError(f"the handle {handle} has nothing to do with the customer {customer_id}")
        customers.decide(connection, network, handle, customer_id, "refused", actor, now)
        return _follow(connection, settings, (network, handle), actor, now)


def link_case(settings: Settings, case_id: int, customer_id: str, *, actor: str, now: datetime) -> list[Done]:
    """Says whose a case is: of its author's handle where it has one, else (a mere name as well) of this case alone.

    Raises EscuchaError when there is no such case or customer. Returns the cases it changed.
    """
    with store.connect(settings.store) as connection:
        case = cases.get(connection, case_id)
        if case.author and not _is_mere_name(case):
            return _confirm(connection, settings, (case.network, case.author), customer_id, actor, now)
        step = customer_links.Step(case_id, customer_id, _value(connection, customer_id))
        return recognising.relink(connection, settings, [step], actor=actor, now=now)


def unlink_case(settings: Settings, case_id: int, *, actor: str, now: datetime) -> list[Done]:
    """Takes a case from its customer, and with it the author's handle and other open cases. Returns what it changed."""
    with store.connect(settings.store) as connection:
        case = cases.get(connection, case_id)
        if case.customer_id is None:
            return []
        if case.author and case.customer_id in customers.statuses(connection, case.network, case.author):
            whose = (case.network, case.author)
            customers.decide(connection, *whose, case.customer_id, "refused", actor, now)
            return _follow(connection, settings, whose, actor, now)
        return recognising.relink(connection, settings, [customer_links.Step(case_id, None, "")], actor=actor, now=now)


def _is_mere_name(case: Case) -> bool:
    """Whether the author is only a name, as of who called or came by: others have the same one."""
    return case.channel != "network" and not re.search(r"[\d@]", case.author or "")


def _follow(
    connection: Connection, settings: Settings, whose: tuple[str, str], actor: str, now: datetime
) -> list[Done]:
    return recognising.bring_into_step(connection, settings, actor=actor, now=now, handle=whose, limit=100_000)


def _value(connection: Connection, customer_id: str) -> str:
    value = customers.value_of(connection, customer_id)
    if value is None:
        raise EscuchaError(f"there is no customer {customer_id}; import customers first")
    return value
