"""Taking back whose a handle or a case is."""

from datetime import timedelta

import pytest

from monitor import desk, store
from monitor.desk.customers import LinkOutcome
from monitor.errors import EscuchaError, StoreConflict
from monitor.models.cases import Case, Event
from monitor.settings.loading import Settings
from monitor.store.cases import cases, events
from monitor.store.customers import customers
from monitor.store.customers.customers import NewCustomer
from tests import desk_store
from tests.conftest import NOW

SOON, LATER = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
_ASIDE = ("version", "changed_at")
State = tuple[list[dict[str, object]], list[tuple[object, ...]]]


@pytest.fixture
def known(settings: Settings) -> Settings:
    """Customers 1 (top; ana on X) and 2; cases of ana (1) and of desconocida (2, 3), one that says who called (4)."""
    four_cases(settings)
    return settings


@desk_store.filled_once
def four_cases(settings: Settings) -> None:
    with store.connect(settings.store) as connection:
        ana = NewCustomer("1", "Ana Ruiz", handles=(("x", "ana"),))
        customers.save(connection, [ana, NewCustomer("2", "Eva Sol")], NOW)
        connection.execute("UPDATE customers SET value = 'top' WHERE customer_id = '1'").fetchall()
    for n, author in enumerate(("ana", "desconocida", "desconocida")):
        at = NOW - timedelta(days=9 - n)
        post = desk_store.post(settings, f"p{n}", "No llega el pedido", at, author=author)
        desk_store.open_cases(settings, [post], at)
    entry = desk.Entry(desk_store.BRAND, "phone", "Me cobraron dos veces", name="Eva Sol")
    brand = settings.brands[0].model_copy(update={"name": desk_store.BRAND})
    desk.enter_case(settings.model_copy(update={"brands": (brand,)}), entry, actor="eva", now=NOW)


def state(settings: Settings) -> State:
    with store.connect(settings.store, read_only=True) as connection:
        assert events.verify(connection).is_sound
        rows = connection.execute("SELECT * FROM handles ORDER BY network, handle, customer_id").fetchall()
        found = cases.get_many(connection, range(1, 9))
    return [{name: getattr(one, name) for name in Case.__slots__ if name not in _ASIDE} for one in found], rows


def history(settings: Settings, case_id: int) -> tuple[Event, ...]:
    with store.connect(settings.store, read_only=True) as connection:
        return events.of_cases(connection, [case_id])[case_id]


def take_back(settings: Settings, said: LinkOutcome) -> None:
    ids = {one.case.case_id: [event.event_id for event in one.events] for one in said.done}
    desk.undo(settings, ids, actor="eva", now=LATER, decided=said.decided)


def act(settings: Settings, name: str) -> LinkOutcome:
    who = {"actor": "eva", "now": SOON}
    if name == "confirm":
        return desk.confirm_link(settings, "x", "Desconocida", "1", **who)  # type: ignore[arg-type]
    if name == "confirm for another":
        return desk.confirm_link(settings, "x", "ana", "2", **who)  # type: ignore[arg-type]
    if name == "confirm what is so":
        return desk.confirm_link(settings, "x", "ana", "1", **who)  # type: ignore[arg-type]
    if name == "refuse":
        return desk.refuse_link(settings, "x", "ana", "1", **who)  # type: ignore[arg-type]
    if name == "link":
        return desk.link_case(settings, 3, "1", **who)  # type: ignore[arg-type]
    if name == "link a call":
        return desk.link_case(settings, 4, "1", **who)  # type: ignore[arg-type]
    return desk.unlink_case(settings, 1, **who)  # type: ignore[arg-type]


ACTS = ("confirm", "confirm for another", "confirm what is so", "refuse", "link", "link a call", "unlink")


@pytest.mark.parametrize("name", ACTS)
def test_cases_and_handles_are_as_they_were(known: Settings, name: str) -> None:
    before = state(known)
    said = act(known, name)
    assert state(known) != before
    take_back(known, said)
    assert state(known) == before
    with pytest.raises(EscuchaError, match="meanwhile"):
        take_back(known, said)


def test_the_history_keeps_both_and_tells_why_contacts_rose(known: Settings) -> None:
    said = act(known, "confirm")
    take_back(known, said)
    told = [(event.kind, event.field, event.became) for event in history(known, 2)]
    assert told[-4:] == [
        ("customer", None, "1"), ("field", "contacts", "2"), ("undone", None, None), ("undone", None, None),
    ]  # fmt: skip


def test_a_link_is_not_taken_back_over_somebody_elses_change_of_its_case(known: Settings) -> None:
    said = act(known, "confirm")
    desk.add_note(known, 2, "llamada", actor="ion", now=SOON)
    before = state(known)
    with pytest.raises(StoreConflict) as caught:
        take_back(known, said)
    assert caught.value.meanwhile[0].actor == "ion"
    assert state(known) == before


def test_a_link_that_was_decided_again_since_stays(known: Settings) -> None:
    said = act(known, "confirm what is so")
    desk.refuse_link(known, "x", "ana", "1", actor="ion", now=SOON)
    with pytest.raises(StoreConflict, match="the handle ana is was decided again"):
        take_back(known, said)


def test_a_case_that_became_the_customers_by_the_link_since_holds_it(known: Settings) -> None:
    said = act(known, "confirm")
    post = desk_store.post(known, "p9", "Sigue sin llegar", SOON, author="desconocida")
    desk_store.open_cases(known, [post], LATER)
    with pytest.raises(EscuchaError, match="ESC-000005-9 came from Desconocida meanwhile"):
        take_back(known, said)


def test_a_case_opened_after_a_refusal_gets_its_customer_when_that_is_taken_back(known: Settings) -> None:
    said = act(known, "refuse")
    post = desk_store.post(known, "p9", "Sigue sin llegar", SOON, author="ana")
    desk_store.open_cases(known, [post], LATER)
    assert state(known)[0][4]["customer_id"] is None
    take_back(known, said)
    assert (state(known)[0][4]["customer_id"], state(known)[0][4]["value"]) == ("1", "top")
