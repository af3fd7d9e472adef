"""What the case belongs with: cases that are the same one, posts that are not its own, an incident told by many."""

from datetime import datetime

import streamlit as st

from dashboard import session
from dashboard.case import link_actions as actions
from dashboard.case import link_queries
from dashboard.i18n import t
from dashboard.queries.cases import CasePage
from dashboard.ui import cards, escaping, labels
from monitor.cases import codes
from monitor.models.cases import Case, effective


def draw(page: CasePage, now: datetime) -> None:
    """Draws the part, folded under what the case is linked with; of a case that another took in, the way there."""
    del now
    with session.read_connection() as connection:
        related = link_queries.of_case(connection, page.case)
    if related.home:
        _merged_into(page.case, related.home, split_off=related.split_off)
        return
    codes_linked = [*([related.incident.code] if related.incident else []), *(code for _, code in related.taken_in)]
    title = escaping.escape_markdown(" · ".join((t("links.title"), *codes_linked)))
    with st.expander(title, key=f"fold-links-{page.case.case_id}", icon=":material/link:"):
        _incident_form(page.case, related)
        _merge_form(page.case, related)
        _split_form(page, split_off=related.split_off)


def _merged_into(case: Case, home: tuple[int, str], *, split_off: bool) -> None:
    st.html(f'<p class="plain">{escaping.escape(t("links.home"))}</p>')
    _link(*home)
    if not split_off:
        _undo_button(case.case_id, "home")


def _subtitle(words: str) -> None:
    st.html(f'<p class="plain"><b>{escaping.escape(words)}</b></p>')


def _link(case_id: int, code: str) -> None:
    st.page_link(
        session.page("case"),
        label=escaping.escape_markdown(code),
        icon=":material/arrow_forward:",
        query_params={"case": str(case_id)},
    )


def _undo_button(absorbed: int, where: str) -> None:
    st.button(
        t("links.unmerge"),
        icon=":material/undo:",
        key=f"unmerge-{where}-{absorbed}",
        on_click=actions.undo_merge,
        args=(absorbed,),
    )


def _incident_form(case: Case, related: link_queries.Links) -> None:
    _subtitle(t("links.incident"))
    if related.incident:
        st.page_link(
            session.page("incident"),
            label=escaping.escape_markdown(labels.incident(related.incident)),
            icon=":material/hub:",
            query_params={"incident": str(related.incident.incident_id)},
        )
        st.button(
            t("links.leave"), key=f"leave-{case.case_id}", on_click=actions.leave_incident,
            args=(case.case_id, case.version),
        )  # fmt: skip
        return
    for incident in related.open_incidents[:3]:
        st.button(
            t("links.join", incident=escaping.escape_markdown(labels.incident(incident))),
            key=f"join-{case.case_id}-{incident.incident_id}",
            on_click=actions.join_incident,
            args=(incident.incident_id, (case.case_id,)),
        )
    title, cases_key = f"incident-title-{case.case_id}", f"incident-cases-{case.case_id}"
    st.text_input(t("links.incident_title"), key=title, max_chars=120, placeholder=t("links.incident_hint"))
    names = {near.case_id: gist(near) for near in related.alike}
    st.multiselect(
        t("links.alike"), list(names), format_func=names.__getitem__, key=cases_key, placeholder=t("links.choose")
    )
    st.button(
        t("links.open_incident"), key=f"incident-{case.case_id}", on_click=actions.open_incident,
        args=(case.case_id, title, cases_key),
    )  # fmt: skip


def gist(near: link_queries.RelatedCase, author: str | None = None) -> str:
    """A case on one line: code, the beginning of what was said, and who unless it is that `author`."""
    words = " ".join(escaping.clean(near.text).split())[:60]
    who = "" if author is not None and near.author == author else f" · {cards.author(near.author)}"
    return f"{near.code} · {words}{who}"


def _merge_form(case: Case, related: link_queries.Links) -> None:
    _subtitle(t("links.merge_title"))
    for case_id, code in related.taken_in:
        with st.container(horizontal=True, vertical_alignment="center"):
            _link(case_id, code)
            _undo_button(case_id, "taken")
    cases_key, code_key = f"merge-{case.case_id}", f"merge-code-{case.case_id}"
    names = {near.case_id: gist(near, case.author) for near in related.same}
    if names:
        st.multiselect(
            t("links.same"), list(names), format_func=names.__getitem__, key=cases_key, placeholder=t("links.choose")
        )
    st.text_input(t("links.code"), key=code_key, max_chars=40, placeholder=codes.format_code(123))
    st.button(
        t("links.merge"),
        key=f"merge-now-{case.case_id}",
        help=t("links.merge_help"),
        on_click=actions.merge,
        args=(case.case_id, case.version, {near.case_id: near.version for near in related.same}, cases_key, code_key),
    )


def _split_form(page: CasePage, *, split_off: bool) -> None:
    case = page.case
    opening = next((event.mention_id for event in effective(page.events) if event.kind == "opened"), None)
    movable = {
        row.mention_id: " ".join(escaping.clean(row.text).split())[:70] or t("post.empty")
        for row in page.conversation
        if row.mention_id in page.members and row.mention_id != opening
    }
    if not movable and not split_off:
        return
    _subtitle(t("links.split_title"))
    if split_off:
        st.button(
            t("links.rejoin"), icon=":material/undo:", key=f"rejoin-{case.case_id}", on_click=actions.undo_split,
            args=(case.case_id,),
        )  # fmt: skip
    if movable:
        posts_key = f"split-{case.case_id}"
        st.multiselect(
            t("links.posts"),
            list(movable),
            format_func=movable.__getitem__,
            key=posts_key,
            placeholder=t("links.choose"),
        )
        st.button(
            t("links.split"), key=f"split-now-{case.case_id}", on_click=actions.split,
            args=(case.case_id, case.version, posts_key),
        )  # fmt: skip
