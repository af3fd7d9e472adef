"""Downloads of cases: what the form asks for is in the file, in words unless somebody wants codes."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest

from dashboard import session
from dashboard.cases import download
from dashboard.cases.download import DownloadForm
from monitor import desk
from monitor.models.case_filters import CaseFilters
from monitor.settings.loading import Settings
from monitor.settings.selections import SavedSelection
from tests import desk_store
from tests.dashboard.pages import open_page
from tests.dashboard.viewer import look

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


@pytest.fixture
def two(config: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Case 1, Ana's, was opened thirty days ago; case 2, nobody's, today."""
    for number, at in ((1, NOW - timedelta(days=30)), (2, NOW)):
        posted = desk_store.post(config, f"p{number}", f"Sin respuesta {number}", at, author=f"autor{number}")
        desk_store.open_cases(config, [posted], at)
    desk.take(config, 1, version=1, actor="Ana", now=NOW)
    monkeypatch.setattr(session, "load_settings", lambda: config)
    monkeypatch.setattr(session, "now", lambda: NOW)
    monkeypatch.setattr(session, "viewer", lambda: look(NOW, "Ana"))
    return config


def rows(form: DownloadForm) -> list[dict[str, str]]:
    """What the download holds."""
    content: Callable[[], bytes] = download.download(form)
    return list(csv.DictReader(io.StringIO(content().decode("utf-8-sig"), newline=""), delimiter=form.separator))


def test_a_download_is_in_words_of_the_session_and_in_codes_for_programs(two: Settings) -> None:
    form = DownloadForm("csv", columns=("stage", "owner"))
    assert [tuple(row.items()) for row in rows(form)] == [
        (("Etapa", "Recibido"), ("Responsable", "Ana")),
        (("Etapa", "Recibido"), ("Responsable", "")),
    ]
    assert [row["stage"] for row in rows(replace(form, codes=True))] == ["received", "received"]


def test_period_filters_and_selections_narrow_a_download(two: Settings) -> None:
    def owners(form: DownloadForm) -> list[str]:
        return [row["Responsable"] for row in rows(form)]

    everything = DownloadForm("csv")
    assert owners(replace(everything, since=NOW.date())) == [""]
    assert owners(replace(everything, until=NOW.date() - timedelta(days=1))) == ["Ana"]
    assert owners(replace(everything, case_filter=CaseFilters(owner="ana"))) == ["Ana"]
    assert owners(replace(everything, case_filter=CaseFilters(owner="ana"), since=NOW.date())) == []
    saved = SavedSelection(days=7, columns=("owner",))
    assert owners(replace(everything, saved=saved)) == [""]
    assert list(rows(replace(everything, saved=saved))[0]) == ["Responsable"]
    assert owners(replace(everything, saved=saved, until=NOW.date())) == ["Ana", ""]


def test_a_sheet_has_the_name_that_people_give_it(two: Settings) -> None:
    book = openpyxl.load_workbook(io.BytesIO(download.download(DownloadForm("xlsx"))()))
    assert book.sheetnames == ["Casos"]


def test_the_form_offers_period_columns_codes_and_what_the_settings_keep(
    config: Settings, filled: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESCUCHA_EXPORTS__SELECTIONS", '{"cobros": {"categories": ["billing"]}}')
    app = open_page("cases", view="every")
    assert [option for radio in app.radio if radio.key == "scope" for option in radio.options][
        -1
    ] == "Selección «cobros»"
    assert app.multiselect(key="columns").options[:2] == ["Código", "Marca"]
    app.radio(key="scope").set_value("kept-cobros").run()
    app.date_input(key="since").set_value(datetime(2026, 1, 1, tzinfo=UTC).date()).run()
    app.multiselect(key="columns").select("code").run()
    app.checkbox(key="codes").check().run()
    assert not app.exception
