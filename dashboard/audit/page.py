"""Who did what, for whoever has to know: the newest first, narrowed down by person, kind and days, and as a file."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import streamlit as st

from dashboard import downloads, rights, session
from dashboard.audit import notes
from dashboard.i18n import catalogue, language, t
from dashboard.ui import cards, escaping, filters, formatting, tables
from monitor import audit
from monitor.access import Permission
from monitor.errors import StoreError
from monitor.models.audit import AUDIT_KINDS, AuditEntry, AuditKind
from monitor.store.audit import chain, listing
from monitor.store.audit.chain import AuditChain
from monitor.store.audit.listing import AuditFilter

if TYPE_CHECKING:
    from monitor.exporters.audit_table import AuditFormat

_SIZE = 50
_PAGE = "audit-page"
_NARROWING = ("audit-people", "audit-kinds", "audit-since", "audit-until")
_SHOWN_DIGITS = 8  # of the digest that stands for a customer
_TOLD = ("login_failed", "credential", "account", "role")
_DIGESTS = ("customer", "customers", "person")
_FORMS: tuple[tuple["AuditFormat", str], ...] = (("csv", "text/csv"), ("jsonl", "application/x-ndjson"))


def show() -> None:
    """Draws the page."""
    settings = session.load_settings()
    st.title(t("audit.title"))
    tables.status_line(t("audit.what"), warn=False)
    with suppress(StoreError):  # what waits comes a little later
        audit.flush(settings)
    with session.read_connection() as connection:
        actors, row = listing.actors(connection), chain.read(connection)
    wanted = _filters(actors)
    start = int(st.session_state.get(_PAGE, 0)) * _SIZE
    with session.read_connection() as connection:
        entries, total = listing.newest(connection, wanted, offset=start, limit=_SIZE)
    st.text(t("audit.count", n=total))
    _cut(row)
    if entries:
        tables.table(("when", "who", "did", "subject", "origin"), (_row(entry) for entry in entries))
    filters.turn_pages(total, _SIZE, _PAGE)
    if total:
        _downloads(wanted, total)


def _cut(row: AuditChain) -> None:
    if row.cut and row.cut_before:
        st.caption(t("audit.cut", n=row.cut, day=formatting.local_day(row.cut_before)))


def _filters(actors: list[str]) -> AuditFilter:
    narrowing = sum(bool(st.session_state.get(key)) for key in _NARROWING)
    label = t("narrow.some", n=narrowing) if narrowing else t("narrow.title")
    with st.popover(label, icon=":material/tune:"), st.container(width=480):
        people = st.multiselect(
            t("audit.people"), actors, format_func=_person, key="audit-people", placeholder=t("audit.all"),
            on_change=_first_page,
        )  # fmt: skip
        kinds: list[AuditKind] = st.multiselect(
            t("audit.kinds"), AUDIT_KINDS, format_func=lambda kind: t(f"audit.kind_{kind}"), key="audit-kinds",
            placeholder=t("audit.all"), on_change=_first_page,
        )  # fmt: skip
        left, right = st.columns(2)
        since = left.date_input(
            t("audit.since"), value=None, format="DD/MM/YYYY", key="audit-since", on_change=_first_page
        )
        until = right.date_input(
            t("audit.until"), value=None, min_value=since, format="DD/MM/YYYY", key="audit-until", on_change=_first_page
        )
    return AuditFilter(tuple(people), tuple(kinds), _midnight(since), _midnight(until and until + timedelta(days=1)))


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), session.load_settings().zone)


def _first_page() -> None:
    st.session_state[_PAGE] = 0


def _person(name: str) -> str:
    return " ".join(escaping.clean(name).split()) or t("audit.nobody")


def _row(entry: AuditEntry) -> tuple[str, ...]:
    when = f'<time class="fixed">{escaping.escape(formatting.date_time(entry.happened_at))}</time>'
    kind = escaping.escape(t(f"audit.kind_{entry.kind}"))
    failed = "" if entry.outcome == "done" else f" {cards.chip(t(f'audit.{entry.outcome}'))}"
    cells = (_person(entry.actor), _subject(entry), entry.origin or "–")
    who, subject, origin = (escaping.escape(cell) for cell in cells)
    return when, who, f"{kind}{failed}", f'<span class="told">{subject}</span>', origin


def _subject(entry: AuditEntry) -> str:
    """What it was about, in one line: a thing with its number, what of it changed, how many."""
    about_id = entry.about_id[:_SHOWN_DIGITS] if entry.about in _DIGESTS else entry.about_id
    field, was, became = (_word(entry, code) for code in (entry.field, entry.was, entry.became))
    moved = " → ".join(filter(None, (was, became)))
    about = t(f"audit.about_{entry.about}") if entry.about else ""
    parts = (f"{about} {about_id}".strip(), field, moved, f"× {formatting.number(entry.count)}")
    return " · ".join(filter(None, parts[: 4 if entry.count != 1 else 3])) or "–"


def _word(entry: AuditEntry, code: str) -> str:
    """What the log keeps as a code, of logins and accounts in words."""
    if entry.kind not in _TOLD:
        return code
    keys = (f"login.role_{code}", f"audit.word_{code}")
    return next((t(key) for key in keys if key in catalogue(language())), code)


def _downloads(wanted: AuditFilter, total: int) -> None:
    with st.container(horizontal=True):
        for form, mime in _FORMS:
            day = session.now().astimezone(session.load_settings().zone)
            st.download_button(
                t(f"audit.download_{form}"),
                data=downloads.on_page(_content(wanted, form, total)),
                file_name=f"{t('audit.file')}-{day:%Y-%m-%d}.{form}",
                mime=mime,
                icon=":material/download:",
                on_click="ignore",
            )


def _content(wanted: AuditFilter, form: "AuditFormat", total: int) -> Callable[[], bytes]:
    """A download's content, made only when somebody asks for it."""
    record, zone = notes.record_of("download", "audit", form), session.load_settings().zone

    def content() -> bytes:
        from monitor.exporters import audit_table

        rights.require(Permission.READ_AUDIT)
        record(total)
        return audit_table.as_bytes(listing.in_order(session.read_connection, wanted), form, zone=zone)

    return content
