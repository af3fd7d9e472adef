"""The list of cases: filters, one line a case, and the download."""

from datetime import datetime

import streamlit as st

from dashboard import cards, filters, plain, session
from dashboard.actions import exporting as actions
from dashboard.i18n import t
from dashboard.queries import cases
from monitor.cases import stages
from monitor.models import Stage

_SIZE = 25
_SCOPES = ("shown", "every")
_FORMATS: tuple[actions.Format, ...] = ("csv", "xlsx", "jsonl", "parquet")
_SEPARATORS: tuple[actions.Separator, ...] = (";", ",")
_MIME: dict[actions.Format, str] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}


def show() -> None:
    """Draws the page."""
    st.title(t("cases.title"))
    with session.reading() as connection:
        counts = cases.stage_counts(connection)
    chosen = _filters(counts)
    with session.reading() as connection:
        start = int(st.session_state.get("cases-page", 0)) * _SIZE
        entries, total = cases.entries(connection, chosen, offset=start, limit=_SIZE)
        if start and not entries:  # the filters have left fewer pages than the one that was open
            _first_page()
            entries, total = cases.entries(connection, chosen, offset=0, limit=_SIZE)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.text(t("cases.count", n=total) + (t("cases.order") if total > 1 else ""))
        if total:
            _download(chosen)
    if not total:
        st.info(t("cases.none"), icon=":material/info:")
    now = session.now()
    for entry in entries:
        _line(entry, now)
    filters.turn_pages(total, _SIZE, "cases-page")


def _filters(counts: dict[Stage, int]) -> cases.CaseFilters:
    groups = ("open", "all", *stages.NEXT)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        group = st.selectbox(
            t("cases.stage"),
            groups,
            format_func=lambda one: _group_name(one, counts),
            key="cases-stage",
            persist_state="session",
            on_change=_first_page,
        )
        of_brand = filters.brand(session.facts().brands, "cases-brand")
        of_network = filters.network(session.facts().networks, "cases-network")
        typed = st.text_input(t("cases.words"), key="cases-words", persist_state="session", on_change=_first_page)
    return cases.CaseFilters(_wanted(group), of_brand, of_network, typed or "")


def _wanted(group: str) -> tuple[Stage, ...]:
    if group == "open":
        return stages.OPEN
    return tuple(stage for stage in stages.NEXT if stage == group)


def _group_name(group: str, counts: dict[Stage, int]) -> str:
    if group == "open":
        return t("cases.all_open", count=sum(counts.get(stage, 0) for stage in stages.OPEN))
    if group == "all":
        return t("cases.all_stages", count=sum(counts.values()))
    return t("cases.one_stage", stage=t(f"stage.{group}"), count=next((n for s, n in counts.items() if s == group), 0))


def _first_page() -> None:
    st.session_state["cases-page"] = 0


def _line(entry: cases.CaseEntry, now: datetime) -> None:
    with st.container(key=f"row-{entry.case_id}", horizontal=True, vertical_alignment="center", wrap=False):
        with st.container(width=130):
            st.page_link(session.page("case"), label=plain.label(entry.code), query_params={"case": str(entry.case_id)})
        words = t("post.deleted") if entry.deleted else " ".join(plain.clean(entry.text).split())[:300]
        gist = f"<em>{plain.escape(words)}</em>" if entry.deleted else plain.escape(words)
        who = " · ".join((cards.author(entry.author), cards.network_name(entry.network), cards.brand_name(entry.brand)))
        sample = cards.chip(t("post.sample"), "sample") if entry.sample else ""
        several = f" · {plain.escape(t('cases.posts', n=entry.posts))}" if entry.posts > 1 else ""
        st.html(
            f'<div class="line"><span class="gist" dir="auto">{gist}</span>'
            f'<span class="side">{sample}{cards.chip(t("stage." + entry.stage), entry.stage)}</span>'
            f'<span class="meta">{plain.escape(who)}{several}</span>'
            f'<span class="side meta">{cards.when(entry.changed_at, now)}</span></div>'
        )


def _download(chosen: cases.CaseFilters) -> None:
    with st.popover(t("cases.download"), icon=":material/download:"):
        scope = st.radio(t("cases.scope"), _SCOPES, format_func=lambda one: t(f"cases.scope_{one}"), key="scope")
        kind = st.selectbox(t("cases.format"), _FORMATS, format_func=lambda one: t(f"cases.format_{one}"), key="format")
        separator = st.radio(
            t("cases.separator"), _SEPARATORS, format_func=_separator_name, key="separator", disabled=kind != "csv"
        )
        day = session.now().astimezone(session.load_settings().zone)
        st.download_button(
            t("cases.download_now"),
            data=actions.exporter(kind, separator, chosen if scope == "shown" else None),
            file_name=f"{t('cases.file')}-{day:%Y-%m-%d}.{kind}",
            mime=_MIME[kind],
            type="primary",
            on_click="ignore",
        )


def _separator_name(separator: str) -> str:
    return t("cases.separator_semicolon") if separator == ";" else t("cases.separator_comma")
