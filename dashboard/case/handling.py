"""What may be done with the case: who has it, its next step, notes for the team, contacts with the customer."""

from datetime import datetime

import streamlit as st

from dashboard import rights, session
from dashboard.case import addressees, stage_question
from dashboard.i18n import t
from dashboard.queries.cases import CasePage
from dashboard.ui import case_actions as actions
from dashboard.ui import choices, escaping
from monitor.access import Permission
from monitor.cases import stages
from monitor.models.cases import CHANNELS, Case
from monitor.models.posts import Stage

_DIRECTIONS = ("out", "in")


def draw(page: CasePage, now: datetime) -> None:
    """Draws owner, and a tab each for the next step, a note and a contact."""
    del now
    case = page.case
    if case.merged_into is not None:
        st.text(t("handling.merged"))
        return
    with st.container(key="handling"):
        _owner(case)
        step, note, contact = st.tabs([t("handling.step"), t("handling.note"), t("handling.contact")])
        with step:
            _step(case)
        with note:
            _note(case)
        with contact:
            _contact(case)


@st.fragment
def _owner(case: Case) -> None:
    mine = bool(case.owner) and session.team().spell(case.owner) == session.person()
    words = t("handling.owner", owner=case.owner) if case.owner else t("handling.owner_none")
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.html(f'<p class="plain"><b>{escaping.escape(t("handling.owner_you") if mine else words)}</b></p>')
        with st.container(horizontal=True, width="content", gap="small"):
            is_new = case.stage == "received" and case.taken_at is None
            if is_new if mine else case.stage in stages.OPEN:
                st.button(
                    t("handling.take_own" if mine else "handling.take"),
                    key=f"take-{case.case_id}",
                    shortcut="A",
                    help=t("handling.take_help"),
                    on_click=actions.take,
                    args=(case.case_id, case.code, case.version),
                )
            _assign(case)
    session.show_after_action()


def _assign(case: Case) -> None:
    if not rights.may(Permission.ASSIGN_OTHERS):
        if case.owner:
            _free(case)
        return
    key = f"owner-{case.case_id}"
    with st.popover(t("handling.assign")):
        name = choices.person(t("handling.assign_to"), key)
        with st.container(horizontal=True):
            st.button(
                t("handling.assign_now"),
                type="primary",
                key=f"assign-{case.case_id}",
                disabled=not name,
                on_click=actions.assign,
                args=(case, key),
            )
            if case.owner:
                _free(case)


def _free(case: Case) -> None:
    st.button(t("handling.assign_nobody"), key=f"free-{case.case_id}", on_click=actions.give, args=(case, ""))


@st.fragment
def _step(case: Case) -> None:
    """The note stands apart from the moves, so that it stays when somebody else makes one of them."""
    key = f"note-{case.case_id}"
    st.text_area(t("handling.note_step"), key=key, height=80, max_chars=2_000, placeholder=t("handling.note_hint"))
    with st.container(horizontal=True):
        for at, stage in enumerate(stages.NEXT[case.stage]):
            _move(case, stage, key, first=at == 0)
        if case.stage in stages.OPEN:
            st.button(
                t("handling.resume" if case.paused_at else "handling.wait"),
                icon=":material/play_arrow:" if case.paused_at else ":material/pause:",
                key=f"rest-{case.case_id}",
                help=t(f"handling.{_rest_help(case)}"),
                disabled=_rest_help(case) == "wait_early",
                on_click=actions.pause_or_resume,
                args=(case, key),
            )
    session.show_after_action()


def _rest_help(case: Case) -> str:
    if case.paused_at:
        return "resume_help"
    return "wait_help" if case.first_answered_at else "wait_early"


def _move(case: Case, stage: Stage, note_key: str, *, first: bool) -> None:
    kind: stage_question.ButtonKind = "primary" if first else "secondary"
    if stage in stage_question.QUESTIONS:
        stage_question.draw(case, stage, note_key, kind=kind)
        return
    st.button(
        t(f"move.{stage}"),
        type=kind,
        icon=stage_question.ICONS.get(stage),
        key=f"move-{case.case_id}-{stage}",
        on_click=actions.move,
        args=(case, stage, note_key),
    )


def _note(case: Case) -> None:
    key = f"words-{case.case_id}"
    names = ", ".join(f"@{name}" for name in choices.team())
    st.text_area(
        t("handling.note_label"), key=key, height=100, max_chars=5_000, placeholder=t("handling.note_placeholder")
    )
    st.caption(escaping.escape_markdown(t("handling.note_help", people=names)))
    st.button(
        t("handling.note_save"), type="primary", key=f"note-save-{case.case_id}", on_click=actions.add_note,
        args=(case, key),
    )  # fmt: skip


def _contact(case: Case) -> None:
    keys = tuple(f"contact-{name}-{case.case_id}" for name in ("channel", "direction", "words", "to"))
    choices.select(
        t("handling.contact_channel"),
        CHANNELS,
        initial=CHANNELS[1],
        key=keys[0],
        format_func=lambda channel: t(f"channel.{channel}"),
    )
    st.segmented_control(
        t("handling.contact_direction"),
        _DIRECTIONS,
        default="out",
        required=True,
        key=keys[1],
        format_func=lambda direction: t("handling.contact_out" if direction == "out" else "handling.contact_in"),
        help=t("handling.contact_help"),
    )
    st.text_area(t("handling.contact_words"), key=keys[2], height=100, max_chars=5_000)
    is_clear = addressees.draw(case, keys[3])
    st.button(
        t("handling.contact_save"), type="primary", key=f"contact-save-{case.case_id}", on_click=actions.log_contact,
        args=(case, keys), disabled=not is_clear,
    )  # fmt: skip
