"""A case as one line of the list, with its tick."""

from datetime import datetime

import streamlit as st

from dashboard import rights, session
from dashboard.i18n import t
from dashboard.queries.cases import CaseEntry, CaseSnapshot
from dashboard.ui import bulk_selection, cards, due, escaping, formatting, labels, tables
from monitor.access import Permission
from monitor.cases import stages

_WORDS = 300  # letters of a post that a list tells


def code_link(case_id: int, code: str) -> None:
    """Draws the case's code as a link to its page."""
    st.page_link(session.page("case"), label=escaping.escape_markdown(code), query_params={"case": str(case_id)})


def draw(entry: CaseEntry, now: datetime, *, tick: bool = True) -> None:
    """Draws the line: what it is about, whose it is, where it stands and what is due; with `tick` it can be ticked."""
    case = entry.case
    with st.container(key=f"row-{case.case_id}", horizontal=True, vertical_alignment="center", wrap=False, gap="small"):
        if tick:
            _tick(case.case_id, case.code, CaseSnapshot(case.version, case.stage))
        with st.container(width=130):
            code_link(case.case_id, case.code)
        who, last = escaping.escape(_who(entry, now)), _last(entry, now)
        tables.line(gist(entry), _marks(entry, now), who, last, words=first_words(entry))


def gist(entry: CaseEntry, longest: int = _WORDS) -> str:
    """HTML of the first words of the case."""
    opening = entry.opening
    if opening.deleted:
        return f"<em>{escaping.escape(t('post.deleted'))}</em>"
    return escaping.escape(first_words(entry)[:longest])


def first_words(entry: CaseEntry) -> str:
    """The first words of the case on one line; none of a post that was deleted."""
    return "" if entry.opening.deleted else " ".join(escaping.clean(entry.opening.text).split())[:_WORDS]


def _tick(case_id: int, code: str, snapshot: CaseSnapshot) -> None:
    if not rights.may(Permission.BULK):
        return
    key = f"tick-{case_id}"
    selection = bulk_selection.ticked_cases()
    st.session_state[key] = case_id in selection
    if case_id in selection:
        selection[case_id] = snapshot
    st.checkbox(
        t("bulk.tick", code=escaping.clean(code)),
        key=key,
        label_visibility="collapsed",
        on_change=bulk_selection.tick,
        args=(case_id, snapshot, key),
    )


def _marks(entry: CaseEntry, now: datetime) -> str:
    case = entry.case
    parts = [cards.chip(t("post.sample"), "sample")] if entry.opening.sample else []
    if case.merged_into is not None:
        return "".join((*parts, cards.chip(t("cases.merged"))))
    parts.append(due.chip(case.due_at, now, warn_at=case.warn_at, paused_at=case.paused_at, clock=case.due_clock))
    parts += [_turn(entry), labels.level_chip(case.level), cards.chip(t("stage." + case.stage), case.stage)]
    return "".join(parts)


def _turn(entry: CaseEntry) -> str:
    """Whether the customer waits for a word: of whoever looks, or, having written again, of somebody."""
    case = entry.case
    if case.asked_at is None or case.stage not in stages.OPEN or (entry.last and entry.last.ours):
        return ""
    if case.owner and session.team().spell(case.owner) == session.person():
        return cards.chip(t("cases.your_turn"), "turn")
    return cards.chip(t("cases.wrote_again"), "turn") if case.first_answered_at or case.reopenings else ""


def _who(entry: CaseEntry, now: datetime) -> str:
    case = entry.case
    parts = [cards.author(case.author), cards.network_name(case.network), cards.brand_name(case.brand)]
    parts.append(labels.category(case.category))
    if entry.opening.posts > 1:
        parts.append(t("cases.posts", n=entry.opening.posts))
    if entry.last:
        when = formatting.relative_time(entry.last.at, now)
        parts.append(t("cases.last_ours" if entry.last.ours else "cases.last_theirs", when=when))
    return " · ".join(parts)


def _last(entry: CaseEntry, now: datetime) -> str:
    owner = escaping.clean(entry.case.owner)
    whose = f"<b>{escaping.escape(owner)}</b>" if owner else f"<em>{escaping.escape(t('cases.nobody'))}</em>"
    return f"{whose} · {cards.time_tag(entry.case.changed_at, now)}"
