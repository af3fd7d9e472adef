"""A handle that went to somebody else does not take its former holder's customer with it: the network's ids decide."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard.customers import person_queries
from dashboard.customers.person_queries import Whose
from dashboard.inbox import queries as inbox
from monitor import store
from monitor.casework import customers as casework_customers
from monitor.settings.loading import Settings
from monitor.store.cases import cases
from tests import desk_store

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Two customers, of whom only the handles are known."""
    settings = desk_store.configured(tmp_path, monkeypatch)
    with store.connect(settings.store) as connection:
        connection.execute(
            """
            INSERT INTO customers (customer_id, name, value, imported_at)
            VALUES ('C1', 'Ana Gil', 'top', now()), ('C2', 'Bea Paz', 'low', now())
            """
        )
        connection.execute(
            """
            INSERT INTO handles (network, handle, customer_id, status, reason)
            VALUES ('x', 'ana', 'C1', 'imported', 'file'), ('x', 'bea', 'C2', 'imported', 'file')
            """
        )
    return settings


def complain(settings: Settings, post_id: str, hours: float, author: str, author_id: str | None) -> None:
    facts = {"author": author, "author_id": author_id, "thread_id": post_id}
    mention_id = desk_store.post(settings, post_id, "El pedido no llega", NOW - timedelta(hours=hours), **facts)
    desk_store.open_cases(settings, [mention_id], NOW - timedelta(hours=hours))


def owners(settings: Settings, count: int) -> list[str | None]:
    with store.connect(settings.store, read_only=True) as connection:
        return [case.customer_id for case in cases.get_many(connection, range(1, count + 1))]


def test_whoever_takes_over_a_handle_is_another_person(config: Settings) -> None:
    complain(config, "a", 50, "ana", "77")
    complain(config, "b", 40, "ana_nueva", "77")
    complain(config, "c", 30, "Ana", "78")
    complain(config, "d", 20, "ana", None)
    assert owners(config, 4) == ["C1", "C1", None, "C1"]
    with store.connect(config.store) as connection:
        casework_customers.sync_links(connection, config, actor="escucha", now=NOW)
    assert owners(config, 4) == ["C1", "C1", None, "C1"], "nor with the next import of customers"
    with store.connect(config.store, read_only=True) as connection:
        hers = person_queries.case_ids_of(connection, Whose("C1"), offset=0, limit=9)
        page = inbox.page(connection, inbox.InboxFilters(), config.desk.priority, now=NOW, offset=0, limit=9)
    assert sorted(hers[0]) == [1, 2, 4]
    assert sorted(len(place.others) for place in page.places) == [0, 2]


def test_who_takes_a_handle_of_another_customer_stays_who_they_were(config: Settings) -> None:
    complain(config, "a", 50, "ana", "77")
    complain(config, "b", 40, "bea", "77")
    assert owners(config, 2) == ["C1", "C1"]
    complain(config, "c", 30, "bea_2", "80")
    assert owners(config, 3) == ["C1", "C1", None]


def test_strangers_who_had_one_handle_are_two_lines_of_the_inbox(config: Settings) -> None:
    complain(config, "a", 50, "uno", "1")
    complain(config, "b", 40, "uno", "2")
    complain(config, "c", 30, "dos", "1")
    with store.connect(config.store, read_only=True) as connection:
        page = inbox.page(connection, inbox.InboxFilters(), config.desk.priority, now=NOW, offset=0, limit=9)
    assert sorted(len(place.others) for place in page.places) == [0, 1]
