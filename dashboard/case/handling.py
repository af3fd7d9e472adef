"""What may be done with the case: who has it, its next step, notes for the team, contacts with the customer."""

from datetime import datetime
from typing import get_args

import streamlit as st

from dashboard import session
from dashboard.i18n import t
from dashboard.queries.cases import CasePage
from dashboard.ui import case_actions as actions
from dashboard.ui import choices, escaping
from monitor.cases import stages
from monitor.models.cases import CHANNELS, Agreement, Case, DismissReason
from monitor.models.posts import Stage

_ICONS = {"dismissed": ":material/block:", "closed": ":material/task_alt:", "reopened": ":material/undo:"}
_DIRECTIONS = ("out", "in")
_QUESTIONS = {"closed": ("agreement", get_args(Agreement)), "dismissed": ("reason", get_args(DismissReason))}


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


def _assign(case: Case) -> None:
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
                st.button(
                    t("handling.assign_nobody"), key=f"free-{case.case_id}", on_click=actions.give, args=(case, "")
                )


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


def _rest_help(case: Case) -> str:
    if case.paused_at:
        return "resume_help"
    return "wait_help" if case.first_answered_at else "wait_early"


def _move(case: Case, stage: Stage, note_key: str, *, first: bool) -> None:
    question = _QUESTIONS.get(stage)
    if question is None:
        _move_button(case, stage, note_key, t(f"move.{stage}"), first=first)
        return
    name, options = question
    key = f"{name}-{case.case_id}"
    with st.popover(t(f"move.{stage}"), icon=_ICONS[stage], type="primary" if first else "secondary"):
        _question(name, options, key)
        words = t("handling.confirm_closed" if stage == "closed" else "handling.confirm_dismissed")
        _move_button(case, stage, note_key, words, first=True, **{f"{name}_key": key})


def _question(name: str, options: tuple[str, ...], key: str) -> None:
    closing = name == "agreement"
    st.radio(
        t("handling.agreed" if closing else "handling.why"),
        options,
        index=None,
        key=key,
        format_func=lambda option: t(f"agreement.{option}" if closing else f"dismissal.{option}"),
    )


def _move_button(case: Case, stage: Stage, note_key: str, words: str, *, first: bool, **keys: str) -> None:
    st.button(
        words,
        type="primary" if first else "secondary",
        icon=_ICONS.get(stage),
        key=f"move-{case.case_id}-{stage}",
        disabled=any(st.session_state.get(key) is None for key in keys.values()),
        on_click=actions.move,
        args=(case, stage, note_key),
        kwargs=keys,
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
    keys = tuple(f"contact-{name}-{case.case_id}" for name in ("channel", "direction", "words"))
    st.selectbox(
        t("handling.contact_channel"),
        CHANNELS,
        index=1,
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
    st.button(
        t("handling.contact_save"), type="primary", key=f"contact-save-{case.case_id}", on_click=actions.log_contact,
        args=(case, keys),
    )  # fmt: skip
