"""Who speaks is told by the network's id where it gives one, else by the handle without regard to case."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor import store
from monitor.models.cases import Case, Event
from monitor.pipeline import main_line
from monitor.settings.loading import Settings
from monitor.store.cases import cases, events
from monitor.store.customers import customers
from monitor.store.customers.customers import NewCustomer
from monitor.store.posts import edits
from tests import desk_store

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return desk_store.configured(tmp_path, monkeypatch)


def says(config: Settings, number: int, author: str, author_id: str | None = None, **facts: object) -> int:
    """A post in one thread comes in."""
    at = NOW + timedelta(minutes=number)
    values: dict[str, object] = {"author": author, "author_id": author_id, "thread_id": "t1"}
    mention_id = desk_store.post(config, f"p{number}", "El pedido no llega y nadie contesta", at, **(values | facts))
    main_line.open_cases(config)
    return mention_id


def all_cases(config: Settings) -> list[Case]:
    with store.connect(config.store, read_only=True) as connection:
        ids = [row[0] for row in connection.execute("SELECT case_id FROM cases ORDER BY case_id").fetchall()]
        return cases.get_many(connection, ids)


def history(config: Settings, case_id: int = 1) -> tuple[Event, ...]:
    with store.connect(config.store, read_only=True) as connection:
        return events.of_cases(connection, [case_id])[case_id]


def test_a_handle_in_other_case_is_the_same_customer(config: Settings) -> None:
    for number, author in enumerate(("Ana_Ruiz", "ana_ruiz", "@ANA_RUIZ")):
        says(config, number, author)

    assert [case.contacts for case in all_cases(config)] == [3]


def test_a_renamed_handle_stays_in_its_case_which_goes_by_the_new_one(config: Settings) -> None:
    says(config, 1, "ana", "17")
    says(config, 2, "ana_nueva", "17")
    says(config, 3, "ana_nueva")  # from a file, without an id
    (case,) = all_cases(config)

    assert (case.contacts, case.author, case.author_id) == (3, "ana_nueva", "17")
    assert [(event.field, event.was, event.became) for event in history(config) if event.kind == "field"] == [
        ("author", None, None)
    ]


def test_a_handle_that_somebody_else_has_now_is_somebody_else(config: Settings) -> None:
    says(config, 1, "ana", "17")
    says(config, 2, "ana", "99")

    assert [(case.author_id, case.contacts) for case in all_cases(config)] == [("17", 1), ("99", 1)]


def test_ids_decide_in_one_pass_too(config: Settings) -> None:
    for number, (author, author_id) in enumerate((("ana", "17"), ("Ana", "99"), ("luis", "17"), ("ANA", "99"))):
        at = NOW + timedelta(minutes=number)
        facts = {"author": author, "author_id": author_id, "thread_id": "t1"}
        desk_store.post(config, f"p{number}", "El pedido no llega", at, **facts)
    main_line.open_cases(config)

    assert sorted((case.author_id or "", case.contacts) for case in all_cases(config)) == [("17", 2), ("99", 2)]


def test_what_is_said_without_a_brand_goes_to_the_renamed_customers_case(config: Settings) -> None:
    says(config, 1, "ana", "17")
    says(config, 2, "ana_nueva", "17", brands=("",), p_complaint=0.1)

    assert [case.contacts for case in all_cases(config)] == [2]


def test_a_case_from_before_ids_were_kept_learns_its_customers(config: Settings) -> None:
    says(config, 1, "ana", "17")
    with store.connect(config.store) as connection:
        connection.execute("UPDATE cases SET author_id = NULL")
    says(config, 2, "Ana", "17")
    says(config, 3, "ana_nueva", "17")

    assert [(case.contacts, case.author) for case in all_cases(config)] == [(3, "ana_nueva")]


def test_our_answer_to_the_post_of_a_renamed_customer_stops_the_clock(config: Settings) -> None:
    says(config, 1, "ana", "17")
    says(config, 2, "ana_nueva", "17")
    says(config, 5, "otra", "55")
    says(config, 60, "norvia_ayuda", in_reply_to="p1", p_complaint=0.0, p_negative=0.0)

    assert [case.first_answered_at is not None for case in all_cases(config)] == [True, False]


def test_a_deleted_post_takes_its_handle_along_and_the_last_one_the_id_too(config: Settings) -> None:
    says(config, 1, "ana", "17")
    says(config, 2, "ana_nueva", "17")
    with store.connect(config.store) as connection:
        edits.mark_deleted(connection, "x", ["p2"], NOW + timedelta(hours=1))
    assert [(case.author, case.author_id) for case in all_cases(config)] == [("ana", "17")]
    with store.connect(config.store) as connection:
        edits.mark_deleted(connection, "x", ["p1"], NOW + timedelta(hours=2))
    assert [(case.author, case.author_id) for case in all_cases(config)] == [(None, None)]


def test_a_renamed_customer_is_the_customer_that_she_was(config: Settings) -> None:
    ana = NewCustomer("C-1", "Ana Ruiz", handles=(("x", "ana"),))
    with store.connect(config.store) as connection:
        customers.save(connection, [ana], NOW)
    says(config, 1, "ana", "17")
    says(config, 3_000, "ana_nueva", "17", thread_id="t2")

    assert [(case.customer_id, case.contacts) for case in all_cases(config)] == [("C-1", 1), ("C-1", 2)]
