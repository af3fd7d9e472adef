"""Tables of cases for people: headings and values in words, their times, and a history that reads like one."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

import openpyxl
import pytest

from dashboard.i18n import catalogue as dashboard_words
from monitor.exporters import files, words
from monitor.exporters.words import CaseWords
from monitor.models.cases import Event
from monitor.models.exports import COLUMNS, CodeTeller
from monitor.models.languages import LANGUAGES, LanguageCode
from monitor.settings.desk import Category, Desk
from tests.exporters.case_row import ROW, ZONE

NOON = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)


def speaker(language: LanguageCode = "es") -> CaseWords:
    """Words of a desk with one category of its own."""
    return CaseWords(language, desk(Category(name="luggage", es="Maletas", en="Bags")), ZONE)


def desk(category: Category) -> Desk:
    """A desk with that category beside the one that every desk has."""
    return Desk(categories=(category, Category(name="other")))


def event(kind: str, **values: object) -> Event:
    """A line of a history."""
    plain = dict.fromkeys(("stage", "mention_id", "field", "was", "became", "undoes", "took_place_at"))
    return Event(
        **{
            "event_id": 1,
            "case_id": 1,
            "happened_at": NOON,
            "actor": "eva",
            "note": "",
            "hash": "",
            **plain,
            "kind": kind,
            **values,
        }
    )  # type: ignore[arg-type]


def csv_row(row: object = ROW, language: LanguageCode = "es", **options: object) -> dict[str, str]:
    """The row by heading, as a CSV has it."""
    raw = files.as_bytes([row], "csv", zone=ZONE, words=speaker(language), **options)  # type: ignore[arg-type, list-item]
    return next(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_have_the_same_words_and_every_column(language: LanguageCode) -> None:
    assert set(words.catalogue(language)) == set(words.catalogue("es"))
    assert {f"column.{name}" for name in COLUMNS} <= set(words.catalogue(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_are_called_as_in_the_dashboard(language: LanguageCode) -> None:
    pages = dashboard_words(language)
    shared = {key: said for key, said in words.catalogue(language).items() if not key.startswith(("event", "column"))}
    assert {key: said for key, said in shared.items() if key in pages} == {
        key: pages[key] for key in shared if key in pages
    }
    assert len([key for key in shared if key in pages]) > 60


def test_people_read_headings_and_values_in_their_language() -> None:
    row = csv_row(replace(ROW, category="luggage", corrected=True, agreement="agreed"))
    assert row["Etapa"] == "Recibido"
    assert row["Categoría"] == "Maletas"
    assert row["Corregido por una persona"] == "Sí"
    assert row["Abierto (Europe/Madrid)"] == "2026-07-01 12:00:05"
    assert (row["Red"], row["Canal"], row["Gravedad"], row["Prioridad"]) == ("X", "Red social", "Grave", "Alta")
    assert (row["Idioma"], row["Sentimiento"], row["Clasificación"]) == ("Español", "Negativo", "Queja")
    assert row["Conformidad del cliente"] == "Está de acuerdo"
    english = csv_row(language="en")
    assert (english["Stage"], english["Category"], english["Sample"]) == ("Received", "Delivery", "No")


def test_a_sheet_for_people_has_a_bold_filtered_frozen_heading_and_wide_texts() -> None:
    raw = files.as_bytes([ROW, ROW], "xlsx", zone=ZONE, words=speaker())
    sheet = openpyxl.load_workbook(io.BytesIO(raw))["Casos"]
    head = {str(cell.value): cell for cell in sheet[1]}
    assert all(cell.font.bold for cell in head.values())
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:{sheet.cell(3, len(COLUMNS)).coordinate}"
    widths = {name: sheet.column_dimensions[cell.column_letter].width for name, cell in head.items()}
    assert widths["Texto"] > widths["Enlace"] > widths["Código"] > 13
    opened = sheet.cell(2, head["Abierto (Europe/Madrid)"].column)
    assert opened.value == datetime(2026, 7, 1, 12, 0, 5)  # noqa: DTZ001
    assert opened.number_format == "dd/mm/yyyy hh:mm"


def test_a_row_is_as_high_as_its_text_up_to_ten_lines() -> None:
    texts = ("x", "uno\ndos", "Hola " * 40, "Hola " * 4_000)
    raw = files.as_bytes([replace(ROW, text=text) for text in texts], "xlsx", zone=ZONE, words=speaker())
    sheet = openpyxl.load_workbook(io.BytesIO(raw))["Casos"]
    assert [sheet.row_dimensions[number].height for number in (2, 3, 4, 5)] == [None, 30, 60, 150]


def test_programs_get_codes_in_lines_and_parquet_whoever_asks() -> None:
    raw = files.as_bytes([ROW], "jsonl", zone=ZONE, words=speaker(), columns=("stage", "code"))
    assert raw == b'{"stage": "received", "code": "ESC-000001"}\n'


def test_chosen_columns_stand_in_their_order() -> None:
    assert list(csv_row(columns=("text", "code"))) == ["Texto", "Código"]
    assert list(csv_row(columns=("stage",))) == ["Etapa"]


@pytest.mark.parametrize(
    "text",
    [
        "1234567890123456789",
        "00123",
        "1/2",
        "1-2",
        "10:30",
        "1E5",
        "1.5",
        "3,50",
        "2026-07-01",
        "3 de mayo",
        "May-1",
        "50 %",
        "$5",
        "TRUE",
        "falso",
        "１２３",
    ],
)
def test_a_text_that_a_spreadsheet_takes_for_a_number_or_a_date_stays_a_text_in_csv(text: str) -> None:
    assert csv_row(replace(ROW, text=text))["Texto"] == f"'{text}"


@pytest.mark.parametrize(
    "text", ["7", "123456789012345", "Vuelo 1234 con retraso", "mayo", "", "may be 3", "marca 3", "ESC-000012-3", "😀"]
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert csv_row(replace(ROW, text=text))["Texto"] == text


def test_a_label_of_the_settings_is_no_formula() -> None:
    named = CaseWords("es", desk(Category(name="delivery", es="=1+1")), ZONE)
    raw = files.as_bytes([ROW], "csv", zone=ZONE, words=named, columns=("category",))
    assert raw.decode("utf-8-sig").splitlines()[1] == '"\'=1+1"'


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (event("stage", stage="assessed", note="llamar"), "Pasa a: Evaluado — llamar"),
        (event("stage", stage="closed", field="agreement", became="agreed"), "Cerrado · cliente: Está de acuerdo"),
        (event("stage", stage="dismissed", field="reason", became="spam"), "Descartado: Es spam"),
        (event("field", field="category", was="", became="luggage"), "Categoría: – → Maletas"),
        (event("field", field="owner", was=None, became="Eva {x}"), "Responsable: – → Eva {x}"),
        (event("field", field="decision", became="upheld"), "Decisión: – → Tiene razón"),
        (event("contact", field="in_person", became="in"), "Visita del cliente"),
        (event("incident", was="INC-1"), "Fuera de la incidencia INC-1"),
        (event("follow_up", field="planned", became="2026-07-01T22:30:00+00:00"), "Seguimiento previsto: 2/07/2026"),
        (event("reply", became="automatic"), "Respuesta automática nuestra: no cuenta como respuesta"),
        (event("exported", note="files: a.csv"), "Entregado al equipo de quejas — files: a.csv"),
    ],
)
def test_a_history_is_told_in_sentences_and_local_times(told: Event, line: str) -> None:
    assert speaker().history([told]) == f"2026-07-01 12:00 eva: {line}"


def test_what_was_undone_is_named() -> None:
    history = [event("note", note="hola"), event("undone", event_id=2, undoes=1)]
    assert speaker("en").history(history).splitlines()[1].endswith("eva: Undone: Note")


def test_codes_keep_the_form_that_programs_read() -> None:
    lines = CodeTeller().history([event("field", field="owner", became="", note="x"), event("stage", stage="closed")])
    assert lines == "2026-07-01 10:00Z eva: field owner =  — x\n2026-07-01 10:00Z eva: stage closed"
    assert CodeTeller().later_posts([(NOON, "hola")]) == "2026-07-01 10:00Z hola"
    assert speaker().later_posts([(NOON, "hola")]) == "2026-07-01 12:00 hola"
