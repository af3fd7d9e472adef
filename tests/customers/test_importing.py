"""Importing customers from real files, and the links to cases that follow."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import xlsxwriter

from monitor import desk, store
from monitor.customers import importing
from monitor.customers.importing import CustomerImport
from monitor.errors import EscuchaError, UnexpectedAnswer
from monitor.models.cases import Case
from monitor.pipeline import main_line
from monitor.settings.desk import Segments
from monitor.settings.loading import Settings
from monitor.store.cases import cases, events
from monitor.store.customers import handles
from tests import desk_store
from tests.conftest import NOW

HEADER = "Cliente;Nombre;Valor de vida;Compras;Última compra;Usuario X;Reddit;Correo electrónico;Teléfono"


def write(folder: Path, *rows: str, header: str = HEADER, encoding: str = "cp1252") -> Path:
    file = folder / "clientes.csv"
    file.write_text("\r\n".join((header, *rows)) + "\r\n", encoding=encoding)
    return file


def load(settings: Settings, folder: Path, *rows: str, header: str = HEADER, **options: bool) -> CustomerImport:
    return importing.import_file(settings, write(folder, *rows, header=header), now=NOW, **options)


def kept(settings: Settings) -> list[tuple[object, ...]]:
    with store.connect(settings.store, read_only=True) as connection:
        return connection.execute(
            "SELECT customer_id, name, lifetime_value, purchases, last_purchase, value FROM customers ORDER BY 1"
        ).fetchall()


def links(settings: Settings) -> dict[tuple[str, str, str], tuple[str, str]]:
    with store.connect(settings.store, read_only=True) as connection:
        rows = connection.execute("SELECT network, handle, customer_id, status, reason FROM handles").fetchall()
    return {row[:3]: row[3:] for row in rows}


def told(imported: CustomerImport) -> list[tuple[int, str]]:
    return [(fault.row, fault.problem) for fault in imported.faults]


def opened(settings: Settings, post_id: str, author: str, *, days: float = 0, **facts: object) -> Case:
    """A case of one post, opened as the pipeline does."""
    at = NOW - timedelta(days=days)
    mention = desk_store.post(settings, post_id, "El pedido de Norvia no llega", at, author=author, **facts)
    desk_store.open_cases(settings, [mention], at)
    with store.connect(settings.store, read_only=True) as connection:
        case = cases.of_mention(connection, mention)
    assert case is not None
    return case


def again(settings: Settings, case: Case) -> Case:
    with store.connect(settings.store, read_only=True) as connection:
        return cases.get(connection, case.case_id)


def test_a_spanish_csv_of_a_spreadsheet(settings: Settings, tmp_path: Path) -> None:
    imported = load(
        settings,
        tmp_path,
        "00012;José Núñez;1.234,50 €;1.200;05/03/2025;@Jose_N;u/josen, josen2;a@b.example;600 100 200",
        "13;;;;;;;;",
    )
    assert kept(settings)[0][:5] == ("00012", "José Núñez", 1234.5, 1200, date(2025, 3, 5))
    assert kept(settings)[1] == ("13", "", None, None, None, "")
    assert set(links(settings)) == {
        ("x", "jose_n", "00012"),
        ("reddit", "josen", "00012"),
        ("reddit", "josen2", "00012"),
    }
    assert imported.columns.personal == ("Correo electrónico", "Teléfono")
    with store.connect(settings.store, read_only=True) as connection:
        every = str(connection.execute("SELECT * FROM customers").fetchall())
    assert "a@b.example" not in every
    assert "600" not in every


def test_an_xlsx_with_a_title_above_and_real_dates(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "customers.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("Export")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write(0, 0, "Customers of the shop")
        sheet.write_row(
            2, 0, ("Customer ID", "Full name", "LTV", "Orders", "Last order", "Instagram", "Twitter handle")
        )
        sheet.write_row(3, 0, (12, "Ann Lee", 99.25, 3))
        sheet.write_datetime(3, 4, NOW.replace(tzinfo=None) - timedelta(days=10), day)
        sheet.write_row(3, 5, ("@ann.lee", "https://x.com/Ann_Lee"))
        sheet.write_row(4, 0, (13, "Bob Roe", "many", 1))
    imported = importing.import_file(settings, file, now=NOW)
    assert kept(settings) == [("12", "Ann Lee", 99.25, 3, date(2026, 2, 20), "low")]
    assert set(links(settings)) == {("instagram", "ann.lee", "12"), ("x", "ann_lee", "12")}
    assert [str(fault) for fault in imported.faults] == [
        "row 5: many in LTV is no amount: write it like 1234.50 or 1.234,50"
    ]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (["1.234", "2,5"], [1234.0, 2.5]),
        (["1.234", "2.5"], [1.234, 2.5]),
        (["1,234", "2.5"], [1234.0, 2.5]),
        (["1.234", "12"], [1234.0, 12.0]),
        (["1.234.567,89", "$ 1'000.50", "-3 €"], [1234567.89, 1000.5, -3.0]),
    ],
)
def test_amounts_are_read_as_their_column_is_written(
    settings: Settings, tmp_path: Path, column: list[str], expected: list[float]
) -> None:
    load(settings, tmp_path, *(f"{at};{amount}" for at, amount in enumerate(column)), header="id;valor")
    assert [row[2] for row in kept(settings)] == expected


def test_amounts_and_dates_that_their_column_does_not_explain_are_told(settings: Settings, tmp_path: Path) -> None:
    imported = load(
        settings,
        tmp_path,
        "1;1.5;13/01/2025",
        "2;1,5;01/13/2025",
        "3;1.234;",
        "4;;03/04/2025",
        "5;;2025-04-03",
        header="id;valor;ultima_compra",
    )
    assert told(imported) == [(4, "unclear_amount"), (5, "unclear_date")]
    assert [row[4] for row in kept(settings)] == [date(2025, 1, 13), date(2025, 1, 13), date(2025, 4, 3)]


@pytest.mark.parametrize(
    ("column", "written", "expected"),
    [
        ("X", "HTTPS://X.com/Ana?s=20", "ana"),
        ("X", "@@ana\u202e", "ana"),
        ("Facebook", "https://www.facebook.com/profile.php?id=1000123", "1000123"),
        ("LinkedIn", "https://www.linkedin.com/company/norvia/", "norvia"),
        ("Reddit", "/u/Ana", "ana"),
        ("Mastodon", "https://red.example/@ana", "ana@red.example"),
        ("Mastodon", "@ana@red.example", "ana@red.example"),
        ("X", "https://x.com/ana/status/123", None),
        ("Instagram", "ana@correo.example", None),
    ],
)
def test_a_handle_as_people_write_it_and_never_part_of_another_address(
    settings: Settings, tmp_path: Path, column: str, written: str, expected: str | None
) -> None:
    file = write(tmp_path, f"1;{written}", "2;", header=f"id;{column}", encoding="utf-8")
    imported = importing.import_file(settings, file, now=NOW)
    assert [handle for _, handle, _ in links(settings)] == ([expected] if expected else [])
    assert told(imported) == ([] if expected else [(2, "no_handle")])


def test_dates_with_the_month_first_where_the_column_says_so(settings: Settings, tmp_path: Path) -> None:
    load(settings, tmp_path, "1;12/31/2025", "2;03/04/2025", header="id;last_purchase")
    assert [row[4] for row in kept(settings)] == [date(2025, 12, 31), date(2025, 3, 4)]


def test_every_bad_row_is_told_and_the_others_are_kept(settings: Settings, tmp_path: Path) -> None:
    imported = load(
        settings,
        tmp_path,
        "1;Ana Ruiz;10;2;2025-01-01;@ana;;;",
        ";Luis;;;;;;;",
        "3;Eva;;;31/02/2025;;;;",
        "4;Sol;;;2031-01-01;;;;",
        "5;Mar;;-1;;;;;",
        "1;Otra;;;;;;;",
        "1.3169E+18;Pau;;;;;;;",
        f"8;{'a' * 201};;;;;;;",
        "9;Ivo;;;;@;;;",
        "10;Leo;;;;;;;;;;de más",
    )
    assert told(imported) == [
        (3, "no_id"), (4, "no_date"), (5, "future_date"), (6, "no_count"), (7, "twice"), (8, "rounded_id"),
        (9, "too_long"), (10, "no_handle"), (11, "unreadable"),
    ]  # fmt: skip
    assert [row[0] for row in kept(settings)] == ["1"]
    assert (imported.rows, imported.new) == (10, 1)


def test_a_file_whose_rows_are_all_bad_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    load(settings, tmp_path, "1;Ana Ruiz;;;;;;;")
    with pytest.raises(UnexpectedAnswer, match=r"no row can be imported.*row 2: there is no id in Cliente"):
        load(settings, tmp_path, ";Luis;;;;;;;")
    assert len(kept(settings)) == 1


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"nombre;valor\nAna;3\n", "no column holds the customers' ids"),
        (b"12;Ana;3\n13;Eva;4\n", "no column holds the customers' ids"),
        (b"id;nombre\n", "no customers below its header"),
        (b'[{"id": 1}]', "save the customers as CSV or XLSX"),
        (b"", "is empty"),
    ],
)
def test_what_is_no_table_of_customers_is_refused(
    settings: Settings, tmp_path: Path, content: bytes, what: str
) -> None:
    file = tmp_path / "clientes.csv"
    file.write_bytes(content)
    with pytest.raises(UnexpectedAnswer, match=what):
        importing.import_file(settings, file, now=NOW)


def test_hostile_cells_are_kept_as_words_or_refused(settings: Settings, tmp_path: Path) -> None:
    imported = load(
        settings,
        tmp_path,
        "=1+1;<script>alert(1)</script>\x00 Ana;;;;@<b>x;;;",
        "2;@SUM(A1:A9);=2+2;;;;;;",
        f"3;{'z' * 1_000_000};;;;;;;",
        f"4;Eva;;;;{'@' + 'h' * 1_000_000};;;",
        "\x00;Nadie;;;;;;;",
    )
    assert kept(settings) == [("=1+1", "<script>alert(1)</script> Ana", None, None, None, "")]
    assert [row for row, _ in told(imported)] == [3, 4, 5, 6]
    assert max(len(str(fault)) for fault in imported.faults) < 250


def test_importing_again_updates_and_deletes_nothing(settings: Settings, tmp_path: Path) -> None:
    first = load(settings, tmp_path, "1;Ana Ruiz;10;2;2025-01-01;@ana;;;", "2;Eva Sol;20;;;;;;")
    same = load(settings, tmp_path, "1;Ana Ruiz;10;2;2025-01-01;@ana;;;", "2;Eva Sol;20;;;;;;")
    changed = load(settings, tmp_path, "1;Ana Ruiz Gil;;3;;@ana2;;;")
    assert (first.new, same.new, same.changed, same.unchanged) == (2, 0, 0, 2)
    assert (changed.new, changed.changed) == (0, 1)
    assert kept(settings)[0][:5] == ("1", "Ana Ruiz Gil", 10.0, 3, date(2025, 1, 1))
    assert len(kept(settings)) == 2
    assert set(links(settings)) == {("x", "ana", "1"), ("x", "ana2", "1")}


def test_a_dry_run_counts_and_stores_nothing(settings: Settings, tmp_path: Path) -> None:
    case = opened(settings, "1", "ana")
    imported = load(settings, tmp_path, "1;Ana Ruiz;10;2;2025-01-01;@ana;;;", dry_run=True)
    assert (imported.new, imported.linked, imported.cases) == (1, 1, 1)
    assert kept(settings) == []
    assert links(settings) == {}
    assert again(settings, case) == case


def test_values_are_worked_out_for_all_after_each_import(settings: Settings, tmp_path: Path) -> None:
    load(settings, tmp_path, *(f"{at};{at}" for at in range(1, 21)), header="id;valor")
    assert {row[0]: row[5] for row in kept(settings)}["20"] == "top"
    load(settings, tmp_path, *(f"n{at};{1000 + at}" for at in range(20)), header="id;valor")
    assert {row[0]: row[5] for row in kept(settings)}["20"] == "low"


def test_a_handle_of_two_customers_is_linked_to_neither_until_a_person_says(settings: Settings, tmp_path: Path) -> None:
    case = opened(settings, "1", "Ana")
    load(settings, tmp_path, "1;Ana Ruiz;;;;@ana;;;")
    assert again(settings, case).customer_id == "1"
    imported = load(settings, tmp_path, "2;Ana Gil;;;;@ANA;;;")
    assert [(one.handle, one.customers, one.held_by) for one in imported.conflicts] == [("ana", ("1", "2"), None)]
    assert {status for status, _ in links(settings).values()} == {"suggested"}
    assert again(settings, case).customer_id is None
    desk.confirm_link(settings, "x", "ana", "2", actor="eva", now=NOW)
    assert again(settings, case).customer_id == "2"
    held = load(settings, tmp_path, "1;Ana Ruiz;;;;@ana;;;", "2;Ana Gil;;;;@ana;;;")
    assert [one.held_by for one in held.conflicts] == ["2"]
    assert again(settings, case).customer_id == "2"


def test_an_import_links_open_cases_with_a_line_in_their_history(settings: Settings, tmp_path: Path) -> None:
    case = opened(settings, "1", "Ana")
    closed = opened(settings, "2", "ana", days=1)
    desk.move_case(settings, closed.case_id, "dismissed", version=1, actor="eva", now=NOW, reason="spam")
    rows = [f"{at};{at};" for at in range(2, 21)]
    imported = load(settings, tmp_path, "1;1000;@ana", *rows, header="id;valor;x")
    after = again(settings, case)
    assert imported.cases == 1
    assert (after.customer_id, after.value) == ("1", "top")
    assert after.base > case.base
    assert again(settings, closed).customer_id is None
    with store.connect(settings.store, read_only=True) as connection:
        last = events.of_cases(connection, [case.case_id])[case.case_id][-1]
        assert events.verify(connection).is_sound
    assert (last.kind, last.was, last.became) == ("customer", None, "1")


def test_a_case_follows_its_customer_into_another_segment(settings: Settings, tmp_path: Path) -> None:
    load(settings, tmp_path, "1;1;@ana", *(f"{at};{at};" for at in range(2, 21)), header="id;valor;x")
    case = opened(settings, "1", "ana")
    assert case.value == "low"
    assert load(settings, tmp_path, "1;99;", header="id;valor;x").cases == 1
    assert again(settings, case).value == "top"


def test_a_new_case_knows_its_customer_and_the_earlier_cases(settings: Settings, tmp_path: Path) -> None:
    load(settings, tmp_path, "1;Ana Ruiz;;;;@ana;ana_reddit;;")
    opened(settings, "1", "ana", days=200)
    first = opened(settings, "2", "ana", days=40)
    second = opened(settings, "3", "ana_reddit", days=20, network="reddit")
    third = opened(settings, "4", "ANA", days=2)
    assert [one.contacts for one in (first, second, third)] == [1, 2, 3]
    assert {one.customer_id for one in (first, second, third)} == {"1"}


def test_earlier_cases_of_an_unknown_author_count_too_but_not_dismissed_ones(settings: Settings) -> None:
    first = opened(settings, "1", "luis", days=3)
    assert opened(settings, "2", "Luis", days=2).contacts == 2
    desk.move_case(settings, first.case_id, "dismissed", version=1, actor="eva", now=NOW, reason="spam")
    assert opened(settings, "3", "luis", days=1).contacts == 2


def test_two_cases_of_one_author_opened_at_once_count_each_other_in_order(settings: Settings) -> None:
    ids = [
        desk_store.post(settings, name, "Norvia no contesta", NOW - timedelta(days=days), author="ana")
        for name, days in (("b", 1), ("a", 2))
    ]
    desk_store.open_cases(settings, ids, NOW)
    with store.connect(settings.store, read_only=True) as connection:
        found = [cases.of_mention(connection, one) for one in ids]
    assert [one.contacts for one in found if one] == [2, 1]


def test_the_same_handle_elsewhere_and_the_same_name_are_suggested_with_the_reason(
    settings: Settings, tmp_path: Path
) -> None:
    load(
        settings, tmp_path, "1;Ana Ruíz Gil;;;;@ana_ruiz;;;", "2;Eva Sol;;;;@eva;;;", "3;Leo Paz Roy;;;;;;;",
        "4;Leo Paz Roy;;;;;;;",
    )  # fmt: skip
    opened(settings, "1", "ana_ruiz", network="reddit")
    opened(settings, "2", "rg_77", author_name="ana ruiz  gil")
    opened(settings, "3", "leo", author_name="Leo Paz Roy")
    opened(settings, "4", "eva", network="reddit", author_name="Eva")
    suggested = {key: reason for key, (status, reason) in links(settings).items() if status == "suggested"}
    assert suggested == {("reddit", "ana_ruiz", "1"): "same_handle", ("x", "rg_77", "1"): "same_name"}


def test_confirming_and_refusing_take_each_other_back(settings: Settings, tmp_path: Path) -> None:
    load(settings, tmp_path, "1;Ana Ruiz Gil;;;;@ana_ruiz;;;")
    case = opened(settings, "1", "ana_ruiz", network="reddit")
    assert case.customer_id is None
    where = ("reddit", "ana_ruiz", "1")
    done = desk.confirm_link(settings, *where, actor="eva", now=NOW)
    assert [(one.case.case_id, one.case.customer_id) for one in done.done] == [(case.case_id, "1")]
    desk.refuse_link(settings, *where, actor="luis", now=NOW)
    assert again(settings, case).customer_id is None
    assert links(settings)[where][0] == "refused"
    load(settings, tmp_path, "1;Ana Ruiz Gil;;;;@ana_ruiz;ana_ruiz;;")
    opened(settings, "2", "ana_ruiz", network="reddit")
    assert links(settings)[where][0] == "refused"
    desk.confirm_link(settings, *where, actor="eva", now=NOW)
    assert again(settings, case).customer_id == "1"
    with store.connect(settings.store, read_only=True) as connection:
        said = connection.execute("SELECT decided_by FROM handles WHERE network = 'reddit'").fetchall()
        assert handles.statuses(connection, "reddit", "ANA_RUIZ") == {"1": "confirmed"}
    assert said == [("eva",)]


def test_a_case_is_linked_and_unlinked_by_hand(settings: Settings, tmp_path: Path) -> None:
    load(settings, tmp_path, "1;Ana Ruiz;;;;;;;", "2;Eva Sol;;;;;;;")
    case, other = opened(settings, "1", "desconocida"), opened(settings, "2", "desconocida", days=1)
    desk.link_case(settings, case.case_id, "1", actor="eva", now=NOW)
    assert {again(settings, one).customer_id for one in (case, other)} == {"1"}
    desk.link_case(settings, case.case_id, "2", actor="eva", now=NOW)
    assert {again(settings, one).customer_id for one in (case, other)} == {"2"}
    desk.unlink_case(settings, other.case_id, actor="eva", now=NOW)
    assert {again(settings, one).customer_id for one in (case, other)} == {None}
    with pytest.raises(EscuchaError, match="there is no customer 9"):
        desk.link_case(settings, case.case_id, "9", actor="eva", now=NOW)


def test_a_case_without_a_handle_is_linked_alone_and_keeps_its_customer(settings: Settings, tmp_path: Path) -> None:
    load(settings, tmp_path, "1;Ana Ruiz;;;;;;;")
    case = opened(settings, "1", "ana")
    with store.connect(settings.store) as connection:
        connection.execute("UPDATE cases SET author = NULL")
    desk.link_case(settings, case.case_id, "1", actor="eva", now=NOW)
    assert again(settings, case).customer_id == "1"
    load(settings, tmp_path, "1;Ana Ruiz;;;;;;;")
    assert again(settings, case).customer_id == "1"
    desk.unlink_case(settings, case.case_id, actor="eva", now=NOW)
    assert again(settings, case).customer_id is None


def test_other_cut_offs_hold_from_the_next_run_on_without_another_import(settings: Settings, tmp_path: Path) -> None:
    load(settings, tmp_path, "1;Ana;90;;;@ana;;;", "2;Luis;10;;;@luis;;;", "3;Eva;100;;;;;;")
    case = opened(settings, "p1", "ana")
    main_line.open_cases(settings)
    assert again(settings, case).value != "top"
    cutoffs = Segments(top_amount=80, large_amount=50, medium_amount=20)
    desk = settings.desk.model_copy(update={"segments": cutoffs})
    main_line.open_cases(settings.model_copy(update={"desk": desk}))
    assert [row[5] for row in kept(settings)] == ["top", "low", "top"]
    assert again(settings, case).value == "top"


def test_many_threads_in_a_day_are_no_further_contacts(settings: Settings) -> None:
    at_once = [
        desk_store.post(settings, f"t{n}", f"Norvia contestad {n}", NOW - timedelta(minutes=n), author="luis")
        for n in range(30)
    ]
    desk_store.open_cases(settings, at_once, NOW)
    missing = desk_store.post(settings, "m", "Norvia no me devuelve el dinero", NOW, author="eva")
    desk_store.open_cases(settings, [missing], NOW)
    with store.connect(settings.store, read_only=True) as connection:
        *loud, quiet = cases.get_many(connection, range(1, 40))
    assert {case.contacts for case in loud} == {1}
    assert max(case.base for case in loud) < quiet.base
    again = opened(settings, "u", "luis", days=-2)
    assert again.contacts == 2
