"""The page Customers and the customer's part of the case page, as somebody uses them."""

import io
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.customers import link_queries, person_queries, queries
from monitor import desk, store
from monitor.cases import segments
from monitor.customers import importing
from monitor.settings.desk import Segments
from monitor.settings.loading import Settings
from monitor.store.cases import cases
from monitor.store.customers import customers as stored
from monitor.store.customers import handles
from monitor.store.posts import mentions
from tests import desk_store
from tests.conftest import NOW, about, mention
from tests.dashboard.pages import open_page, page_text

HOSTILE = "<script>alert(1)</script> **Eva** :red[x]"
TODAY = date(2026, 3, 2)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def imported(config: Settings, filled: dict[str, int], tmp_path: Path) -> Settings:
    """Three customers: ana of the case, who is suggested on Reddit; a hostile name; one of whom nothing is known."""
    last = datetime.now(UTC) - timedelta(days=5)
    rows = (f"C1;Ana Ruiz Gil;900;12;{last:%Y-%m-%d};@otra_ana", f"C2;{HOSTILE};5;0;;", "C3;Leo;;;;")
    file = tmp_path / "clientes.csv"
    file.write_text("\n".join(("id;nombre;valor;compras;ultima_compra;x", *rows)), encoding="utf-8")
    importing.import_file(config, file, now=datetime.now(UTC))
    with store.connect(config.store) as connection:
        connection.execute(
            "INSERT INTO handles (network, handle, customer_id, status, reason) "
            "VALUES ('x', 'ana', 'C1', 'suggested', 'same_name')"
        )
    return config


def press(app: AppTest, start: str) -> AppTest:
    """Presses the first button whose key begins so."""
    return next(button for button in app.button if (button.key or "").startswith(start)).click().run()


def case(config: Settings) -> object:
    with store.connect(config.store, read_only=True) as connection:
        return cases.get(connection, 1)


def test_without_customers_the_page_says_how_to_begin(filled: dict[str, int]) -> None:
    app = open_page("customers", lang="es")
    assert not app.exception
    assert "Aún no hay clientes" in page_text(app)


@pytest.mark.parametrize(
    ("language", "expected"),
    [("es", ("3 clientes", "Valor medio", "Potencial")), ("en", ("3 customers", "Medium value", "Potential"))],
)
def test_the_list_shows_segments_and_counts(imported: Settings, language: str, expected: tuple[str, ...]) -> None:
    app = open_page("customers", lang=language)
    assert not app.exception
    assert [words for words in expected if words not in page_text(app)] == []


def test_words_of_others_do_nothing(imported: Settings) -> None:
    for page in (open_page("customers", lang="es"), open_page("customers", lang="es", customer="C2")):
        assert not page.exception
        assert "<script>" not in page_text(page)


def test_the_search_finds_by_name_id_and_handle(imported: Settings) -> None:
    app = open_page("customers", lang="es")
    for typed in ("ruiz", "c1", "@otra_ana"):
        app.text_input(key="customers-words").set_value(typed).run()
        assert "1 cliente\n" in page_text(app)
    app.text_input(key="customers-words").set_value("nadie").run()
    assert "0 clientes" in page_text(app)


def test_a_customer_of_their_own_page(imported: Settings) -> None:
    app = open_page("customers", lang="en", customer="C1")
    assert not app.exception
    assert app.title[0].value == "Ana Ruiz Gil"
    assert "12 purchases" in page_text(app)
    assert "@ana · X: is this Ana Ruiz Gil · C1?" in page_text(app)
    assert open_page("customers", lang="en", customer="nobody").title[0].value == "Customer not found"


def test_a_suggested_link_is_confirmed_on_the_case_page_and_taken_back_there(imported: Settings) -> None:
    app = open_page("case", lang="es", case="1")
    assert "Sin vincular" in page_text(app)
    app = press(app, "confirm-case-1")
    assert not app.exception
    assert case(imported).customer_id == "C1"  # type: ignore[attr-defined]
    assert "Frecuente" in page_text(app)
    app = press(app, "unlink-1")
    assert case(imported).customer_id is None  # type: ignore[attr-defined]
    assert "Sin vincular" in page_text(app)


def test_a_suggested_link_is_refused_in_the_list(imported: Settings) -> None:
    app = open_page("customers", lang="es")
    app = press(app, "refuse-list")
    assert not app.exception
    with store.connect(imported.store, read_only=True) as connection:
        assert handles.statuses(connection, "x", "ana") == {"C1": "refused"}
        assert link_queries.open_suggestions(connection, 10) == ([], 0)


def test_a_case_is_linked_by_hand(imported: Settings) -> None:
    app = open_page("case", lang="es", case="1")
    app.text_input(key="find-customer-1").set_value("leo").run()
    app = press(app, "link-1")
    assert not app.exception
    assert case(imported).customer_id == "C3"  # type: ignore[attr-defined]


def test_a_file_is_tried_and_imported_with_its_findings(filled: dict[str, int], config: Settings) -> None:
    app = open_page("customers", lang="es")
    content = "id;nombre;valor;correo\n1;Ana;3;a@b.example\n2;Eva;mucho;\n".encode("latin-1")
    app.file_uploader(key="customers-file").upload("clientes.csv", content, "text/csv").run()
    app = press(app, "customers-import-True")
    assert not app.exception
    assert "no se ha guardado nada" in page_text(app)
    app = press(app, "customers-import-False")
    assert "Fila 3: mucho en valor no es un importe" in page_text(app)
    assert "Columnas que no se guardan: correo" in page_text(app)
    with store.connect(config.store, read_only=True) as connection:
        assert connection.execute("SELECT customer_id FROM customers").fetchall() == [("1",)]


def test_a_workbook_with_one_cell_in_the_last_corner_is_refused_in_words(
    filled: dict[str, int], config: Settings
) -> None:
    """It would take 549 GB: it ended the dashboard for everybody."""
    book, content = openpyxl.Workbook(), io.BytesIO()
    for place, words in {"A1": "id", "B1": "nombre", "A2": "C1", "B2": "Ana", "XFD1048576": "x"}.items():
        book.worksheets[0][place] = words
    book.save(content)
    app = open_page("customers", lang="es")
    app.file_uploader(key="customers-file").upload("corner.xlsx", content.getvalue(), XLSX).run()
    app = press(app, "customers-import-False")
    assert not app.exception
    (refusal,) = (toast.value for toast in app.toast)
    assert "corner.xlsx es por dentro más grande de lo que se admite (4 GB de memoria)" in refusal
    with store.connect(config.store, read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM customers").fetchall() == [(0,)]
    assert "Aún no hay clientes" in page_text(open_page("customers", lang="es"))


def test_a_closed_case_counts_among_the_complaints_of_a_customer_linked_later(imported: Settings) -> None:
    desk.move_case(imported, 1, "dismissed", version=1, actor="eva", now=datetime.now(UTC), reason="spam")
    with store.connect(imported.store) as connection:
        connection.execute("UPDATE cases SET stage = 'closed'")
    desk.confirm_link(imported, "x", "ana", "C1", actor="eva", now=datetime.now(UTC))
    with store.connect(imported.store, read_only=True) as connection:
        customer = queries.find_customer(connection, "C1", TODAY, Segments())
        listed = queries.entries(connection, queries.CustomerFilters(), TODAY, Segments(), offset=0, limit=5)[0]
    assert customer == listed[0]
    assert (customer.open, customer.complaints) == (0, 1)


def test_the_life_cycle_in_sql_is_that_of_the_rules(config: Settings) -> None:
    ages = (None, 0, 90, 91, 365, 366)
    people = {
        f"{purchases}-{age}-{wrote}": (purchases, age, wrote)
        for purchases in (None, 0, 2)
        for age in ages
        for wrote in (False, True)
    }
    customers, expected = [], {}
    for name, (bought, age, wrote) in people.items():
        last = None if age is None else TODAY - timedelta(days=age)
        customers.append(stored.NewCustomer(name, "", None, bought, last, (("x", name.lower()),)))
        expected[name] = segments.lifecycle(bought, last, has_written=wrote, today=TODAY, cutoffs=Segments())
    posts = [mention(name, author=name) for name, (_, _, wrote) in people.items() if wrote]
    with store.connect(config.store) as connection:
        mentions.save(connection, 1, about("Norvia", *posts), NOW)
        stored.save(connection, customers, NOW)
    with store.connect(config.store, read_only=True) as connection:
        for cycle in (None, *set(expected.values())):
            chosen = queries.CustomerFilters(lifecycle=cycle)
            listed = queries.entries(connection, chosen, TODAY, Segments(), offset=0, limit=50)[0]
            lifecycles = {customer_id: of for customer_id, of in expected.items() if cycle in (None, of)}
            assert {customer.customer_id: customer.lifecycle for customer in listed} == lifecycles
        counted = queries.counts(connection, TODAY, Segments())
        single = {name: queries.find_customer(connection, name, TODAY, Segments()) for name in expected}
    assert {cycle: count for (_, cycle), count in counted.items()} == Counter(expected.values())
    assert {name: customer.lifecycle for name, customer in single.items() if customer} == expected


def test_the_common_undo_takes_back_what_was_said_of_a_link(imported: Settings) -> None:
    app = press(open_page("case", lang="es", case="1"), "confirm-case-1")
    assert case(imported).customer_id == "C1"  # type: ignore[attr-defined]
    app = press(app, "unlink-1")
    for customer_id in ("C1", None):
        app = press(app, "undo-last")
        assert not app.exception
        assert case(imported).customer_id == customer_id  # type: ignore[attr-defined]
    with store.connect(imported.store, read_only=True) as connection:
        assert handles.statuses(connection, "x", "ana") == {"C1": "suggested"}


@pytest.mark.parametrize(
    ("language", "name", "why"),
    [("es", "Cliente · Ana Ruiz Gil", "cuando el caso ya estaba"), ("en", "Customer · Ana Ruiz Gil", "had ended")],
)
def test_a_closed_case_says_whose_its_handle_is_now_as_the_customers_page_does(
    imported: Settings, language: str, name: str, why: str
) -> None:
    desk.move_case(imported, 1, "dismissed", version=1, actor="eva", now=datetime.now(UTC), reason="spam")
    desk.confirm_link(imported, "x", "ana", "C1", actor="eva", now=datetime.now(UTC))
    app = open_page("case", lang=language, case="1")
    assert not app.exception
    assert [each.label for each in app.expander if each.label == name] == [name]
    assert why in page_text(app)


def test_the_open_cases_of_a_person_come_by_priority(config: Settings) -> None:
    now = datetime.now(UTC)
    posts = [desk_store.post(config, f"p{hours}", "No llega", now - timedelta(hours=hours)) for hours in (4, 3, 2, 1)]
    desk_store.open_cases(config, posts, now)
    with store.connect(config.store) as connection:
        connection.execute(
            "UPDATE cases SET level = CASE case_id WHEN 2 THEN 'urgent' WHEN 4 THEN 'low' ELSE 'high' END"
        )
        whose = person_queries.Whose(network="x", author="ana")
        assert person_queries.case_ids_of(connection, whose, offset=0, limit=9) == ([2, 3, 1, 4], 4)
