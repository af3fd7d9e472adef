"""What somebody says of the cases to download: which, of when, which columns, in which form."""

from datetime import date

import streamlit as st

from dashboard import downloads, session
from dashboard.cases import download
from dashboard.cases.download import DownloadForm
from dashboard.i18n import language, t
from dashboard.ui import choices, escaping
from monitor.exporters.words import FOR_PEOPLE, catalogue
from monitor.models.case_filters import CaseFilters
from monitor.models.exports import COLUMNS
from monitor.settings.selections import SavedSelection

_SHOWN, _EVERY = "shown", "every"
_FORMATS: tuple[download.Format, ...] = ("xlsx", "csv", "jsonl", "parquet")
_SEPARATORS: tuple[download.CsvSeparator, ...] = (";", ",")
_MIME: dict[download.Format, str] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}


def draw(case_filter: CaseFilters) -> None:
    """Draws the button that opens the form, and the form."""
    with st.popover(t("cases.download"), icon=":material/download:"):
        form = _form(case_filter)
        day = session.now().astimezone(session.load_settings().zone)
        st.download_button(
            t("cases.download_now"),
            data=downloads.on_page(download.download(form)),
            file_name=f"{t('cases.file')}-{day:%Y-%m-%d}.{form.format}",
            mime=_MIME[form.format],
            type="primary",
            on_click="ignore",
        )


def _form(case_filter: CaseFilters) -> DownloadForm:
    kept = session.load_settings().exports.selections
    scopes = [_SHOWN, _EVERY, *(f"kept-{name}" for name in kept)]
    for key, options in (("scope", scopes), ("format", _FORMATS), ("separator", _SEPARATORS)):
        choices.choose_something(key, options)
    scope = st.radio(t("cases.scope"), scopes, format_func=_scope_name, key="scope")
    since, until = _period()
    columns = st.multiselect(
        t("cases.columns"), COLUMNS, format_func=_column_name, placeholder=t("cases.columns_all"), key="columns"
    )
    kind = st.selectbox(t("cases.format"), _FORMATS, format_func=lambda name: t(f"cases.format_{name}"), key="format")
    separator = st.radio(
        t("cases.separator"), _SEPARATORS, format_func=_separator_name, key="separator", disabled=kind != "csv"
    )
    codes = st.checkbox(t("cases.codes"), key="codes", disabled=kind not in FOR_PEOPLE, help=t("cases.codes_help"))
    return DownloadForm(
        kind,
        separator,
        case_filter if scope == _SHOWN else None,
        kept.get(scope.removeprefix("kept-"), SavedSelection()),
        since,
        until,
        tuple(columns),
        codes,
    )


def _period() -> tuple[date | None, date | None]:
    """The first and the last day on which the cases were opened; None: any."""
    first, last = st.columns(2)
    with first:
        since = st.date_input(t("cases.since"), value=None, format="DD/MM/YYYY", key="since")
    with last:
        until = st.date_input(t("cases.until"), value=None, min_value=since, format="DD/MM/YYYY", key="until")
    return since, until


def _scope_name(scope: str) -> str:
    if scope in (_SHOWN, _EVERY):
        return t(f"cases.scope_{scope}")
    return t("cases.scope_kept", name=escaping.escape_markdown(scope.removeprefix("kept-")))


def _column_name(column: str) -> str:
    return catalogue(language())[f"column.{column}"]


def _separator_name(separator: str) -> str:
    return t("cases.separator_semicolon") if separator == ";" else t("cases.separator_comma")
