"""One case: its conversation, ours included, what may be done next, and its history."""

from datetime import datetime

import streamlit as st

from dashboard import actions, cards, plain, session, why
from dashboard.i18n import t
from dashboard.queries import cases
from monitor.cases import stages
from monitor.models import Stage

_KINDS = ("opened", "post", "stage", "exported", "deleted")
_ICONS = {"dismissed": ":material/block:", "closed": ":material/task_alt:", "reopened": ":material/undo:"}


def show() -> None:
    """Draws the page of the case that the URL names (`?case=12`)."""
    st.page_link(session.page("cases"), label=t("case.back"), icon=":material/arrow_back:")
    asked = st.query_params.get("case", "")
    with session.reading() as connection:
        found = cases.one(connection, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 16 else None
    if found is None:
        st.title(t("case.none"))
        st.text(t("case.none_help"))
        return
    now = session.now()
    _head(found, now)
    with st.container(key="narrow-case"):
        left, right = st.columns([5, 3], gap="large")
    with right:
        _moves(found.case)
        st.subheader(t("case.history"))
        _history(found.events, now)
    with left:
        st.subheader(t("case.conversation"))
        later = why.Later(why.chosen())
        _conversation(found, now, later)
    later.finish()


def _head(page: cases.CasePage, now: datetime) -> None:
    case = page.case
    st.title(plain.label(case.code), anchor=False)
    marks = [cards.chip(t(f"stage.{case.stage}"), case.stage), cards.chip(cards.brand_name(case.brand), "brand")]
    if any(row.sample for row in page.conversation if row.mention_id in page.members):
        marks.append(cards.chip(t("post.sample"), "sample"))
    who = plain.escape(f"{cards.author(case.author)} · {cards.network_name(case.network)}")
    opened = plain.escape(t("case.opened_by", actor=plain.clean(case.opened_by)))
    since = f'<span class="quiet">{opened} {cards.when(case.opened_at, now)}</span>'
    st.html(f'<p class="plain">{who} {"".join(marks)} {since}</p>')


def _moves(case: cases.CaseEntry) -> None:
    st.subheader(t("case.next"))
    key = f"note-{case.case_id}"
    st.text_area(t("case.note"), key=key, height=90, max_chars=2_000, placeholder=t("case.note_hint"))
    with st.container(horizontal=True):
        for at, stage in enumerate(stages.NEXT[case.stage]):
            _move_button(case, stage, key, first=at == 0)


def _move_button(case: cases.CaseEntry, stage: Stage, note_key: str, *, first: bool) -> None:
    st.button(
        t(f"move.{stage}"),
        type="primary" if first else "secondary",
        icon=_ICONS.get(stage),
        key=f"move-{case.case_id}-{stage}",
        on_click=actions.move,
        args=(case.case_id, case.code, stage, case.version, note_key),
    )


def _conversation(page: cases.CasePage, now: datetime, later: why.Later) -> None:
    ours = session.load_settings().own_accounts
    opening = next((row.mention_id for row in page.conversation if row.mention_id in page.members), None)
    for row in page.conversation:
        own = plain.clean(row.author).removeprefix("@").casefold() in ours
        member = row.mention_id in page.members
        notes = (cards.chip(t("case.ours"), "ours"),) if own else () if member else (cards.chip(t("case.aside")),)
        with st.container(border=True, key=f"card-{row.mention_id}"):
            kind = "ours" if own else "member" if member else "aside"
            cards.post(row, now, notes=notes, kind=kind, later=later if row.mention_id == opening else None)


def _history(events: tuple[cases.EventRow, ...], now: datetime) -> None:
    lines = "".join(_event(event, now) for event in reversed(events))
    st.html(f'<ol class="events">{lines}</ol>')


def _event(event: cases.EventRow, now: datetime) -> str:
    kind = event.kind if event.kind in _KINDS else "other"
    stage = t(f"stage.{event.stage}") if event.stage else ""
    words = plain.escape(t(f"event.{kind}", stage=stage, kind=plain.clean(event.kind)))
    told = event.note if kind != "deleted" else ""  # there the note says the same as the words
    note = f'<div class="note" dir="auto">{plain.escape(told)}</div>' if told else ""
    actor = plain.escape(event.actor)
    return f'<li><b>{words}</b><br><span class="quiet">{actor} · {cards.when(event.happened_at, now)}</span>{note}</li>'
