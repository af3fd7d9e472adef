from datetime import UTC, datetime, timedelta

import pytest

from dashboard.customers import link_queries
from dashboard.customers import queries as customers
from dashboard.inbox import queries as inbox
from dashboard.queries import cases
from monitor import desk, store
from monitor.models.case_filters import CaseFilters, View
from monitor.settings.desk import Priority, Segments
from monitor.settings.loading import Settings
from tests import desk_store
from tests.dashboard.viewer import look

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def desk_of_three(config: Settings) -> Settings:
    """Cases 1 to 3, a post without a case, and the customer C-7, Núria Ferré, whose case is 2."""
    texts = {
        "a": ("cora", "Cora 💬", "Sigo esperando la devolución de mi lavadora 😡"),
        "b": ("luis", "Luis", "cuando me haran la devolucion del dinero, 1234.50; +34600123456"),
        "c": ("íñigo.peña", "Íñigo Peña", "Me cobró el 100% dos veces; mañana vuelvo"),
    }
    ids = [
        desk_store.post(config, key, text, NOW - timedelta(hours=2), author=author, author_name=name)
        for key, (author, name, text) in texts.items()
    ]
    desk_store.open_cases(config, ids, NOW - timedelta(hours=2))
    desk_store.post(config, "d", "¿Lavadora o avería?", NOW, author="ana", p_complaint=0.5)
    with store.connect(config.store) as connection:
        connection.execute("INSERT INTO customers VALUES ('C-7', 'Núria Ferré', NULL, NULL, NULL, '', now())")
        connection.execute("INSERT INTO handles VALUES ('x', 'nuria_f', 'C-7', 'imported', 'file', NULL, NULL)")
        connection.execute("UPDATE cases SET customer_id = 'C-7' WHERE case_id = 2")
    desk.add_note(config, 1, "Hablé con almacén", actor="Eva", now=NOW)
    return config


def found(config: Settings, words: str, view: View = "every", **narrowing: str) -> list[int]:
    filters = CaseFilters(view=view, words=words, **narrowing)  # type: ignore[arg-type]
    with store.connect(config.store, read_only=True) as connection:
        page = cases.list_page(connection, filters, look(NOW), offset=0, limit=9)
        matching = cases.matching_cases(connection, filters, look(NOW))
    assert sorted(matching) == sorted(entry.case.case_id for entry in page.entries)
    assert page.total == len(matching)
    return sorted(matching)


@pytest.mark.parametrize(
    ("words", "case_ids"),
    [
        ("DEVOLUCIÓN", [1, 2]),
        ("devolucion lavad", [1]),
        ("lavadora devolución", [1]),
        ('"devolución de mi"', [1]),
        ('"de devolución"', []),
        ("cora 😡", [1]),
        ("pena cobro", [3]),
        ("Inigo peña", [3]),
        ("@cora", [1]),
        ("@iñigo", [3]),
        ("@ana", []),
        ("100%", [3]),
        ("nuria devolucion", [2]),
        ("c-7", [2]),
        ("ALMACEN", [1]),
        ("esc 2 1", [2]),
        ("esc0000021", [2]),
        ("600 123 456", [2]),
        ("1.234,50 €", [2]),
        ("ESC-000002-1", [2]),
        ("2 1", [2]),
        ("ESC-00000", [1, 2, 3]),
        ("esperando cobro", []),
    ],
)
def test_cases_are_found_by_all_words_wherever_they_stand(
    desk_of_three: Settings, words: str, case_ids: list[int]
) -> None:
    assert found(desk_of_three, words) == case_ids


def test_a_whole_code_finds_its_case_whatever_the_view_and_the_narrowing(desk_of_three: Settings) -> None:
    desk.move_case(desk_of_three, 3, "dismissed", version=1, actor="Eva", now=NOW, reason="spam")
    desk.merge(desk_of_three, 1, [2], versions={1: 2, 2: 1}, actor="Eva", now=NOW)
    assert found(desk_of_three, "ESC-000003-7", view="mine", category="policy") == [3]
    assert found(desk_of_three, "esc 2 1", view="open") == [2]
    assert found(desk_of_three, "2 1", view="unassigned") == [1, 2]
    assert found(desk_of_three, "devolucion", view="open") == [1]


@pytest.mark.parametrize(
    ("words", "case_ids", "posts"),
    [("LAVADORA", [1], 1), ("averia lavadora", [], 1), ("inigo", [3], 0), ("esc 3 7", [3], 0), ("almacén", [1], 0)],
)
def test_the_inbox_finds_cases_and_posts_alike(
    desk_of_three: Settings, words: str, case_ids: list[int], posts: int
) -> None:
    filters = inbox.InboxFilters(words=words)
    with store.connect(desk_of_three.store, read_only=True) as connection:
        page = inbox.page(connection, filters, Priority(), now=NOW, offset=0, limit=9)
    assert [place.case_id for place in page.places] == case_ids
    assert page.unsure == posts


@pytest.mark.parametrize("words", ["nuria", "FERRE núria", "@nuria_f", "c-7", "C7", "ESC-000002-1", "esc0000021"])
def test_customers_are_found_by_name_id_and_handle(desk_of_three: Settings, words: str) -> None:
    with store.connect(desk_of_three.store, read_only=True) as connection:
        entries, total = customers.entries(
            connection, customers.CustomerFilters(words=words), NOW.date(), Segments(), offset=0, limit=9
        )
        assert link_queries.search_customers(connection, words, 5) == [("C-7", "Núria Ferré")]
    assert ([entry.customer_id for entry in entries], total) == (["C-7"], 1)
