"""Saying what came of a contact after a closing, in a popover that is only filled once it is open."""

from datetime import datetime, timedelta
from typing import Literal, TypeAlias, get_args

import streamlit as st

from dashboard import rights, session
from dashboard.i18n import t
from dashboard.ui import choices
from dashboard.ui import follow_up_actions as actions
from monitor.access import Permission
from monitor.models.cases import CHANNELS
from monitor.store.cases.follow_ups import ContactOutcome

SettleChoice: TypeAlias = Literal["done", "postpone", "drop"]
SETTLE_CHOICES: tuple[SettleChoice, ...] = ("done", "postpone", "drop")


@st.fragment
def settle(follow_up_id: int, code: str, due_at: datetime, now: datetime) -> None:
    """For a planned contact: it was made, is put off, or is not needed."""
    if not rights.may(Permission.FOLLOW_UPS):
        return
    key = f"settle-{follow_up_id}"
    popover = st.popover(t("following.settle"), key=key, on_change="rerun", type="secondary")
    if not popover.open:
        return
    with popover:
        way = st.segmented_control(
            t("following.way"), SETTLE_CHOICES, default="done", required=True, key=f"{key}-way",
            format_func=lambda way_name: t(f"following.way_{way_name}"), label_visibility="collapsed",
        )  # fmt: skip
        if way == "postpone":
            _postpone(follow_up_id, code, due_at, now, key)
        elif way == "drop":
            _drop(follow_up_id, code, key)
        else:
            _questions(key)
            _save(key, actions.complete, follow_up_id, code)
    session.show_after_action()


@st.fragment
def log(case_id: int, code: str) -> None:
    """For a contact that nobody had planned."""
    if not rights.may(Permission.FOLLOW_UPS):
        return
    key = f"logged-{case_id}"
    popover = st.popover(t("following.log"), key=key, on_change="rerun", icon=":material/add_call:")
    if popover.open:
        with popover:
            _questions(key)
            _save(key, actions.log, case_id, code)
        session.show_after_action()


def _questions(key: str) -> None:
    choices.select(
        t("following.channel"), CHANNELS, initial=CHANNELS[1], key=f"{key}-channel",
        format_func=lambda name: t(f"channel.{name}"),
    )  # fmt: skip
    st.radio(
        t("following.outcome"), get_args(ContactOutcome), index=None, key=f"{key}-outcome",
        format_func=lambda outcome: t(f"outcome.{outcome}"),
    )  # fmt: skip
    if st.session_state.get(f"{key}-outcome") == "again":
        st.checkbox(t("following.reopen"), value=True, key=f"{key}-reopen", help=t("following.reopen_help"))
    st.text_area(t("following.words"), key=f"{key}-words", height=90, max_chars=5_000)


def _save(key: str, act: object, which: int, code: str) -> None:
    st.button(
        t("following.save"), type="primary", key=f"{key}-save", disabled=not st.session_state.get(f"{key}-outcome"),
        on_click=act, args=(which, code, key),  # type: ignore[arg-type]
    )  # fmt: skip


def _postpone(follow_up_id: int, code: str, due_at: datetime, now: datetime, key: str) -> None:
    zone = session.load_settings().zone
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    usual = max(due_at.astimezone(zone).date() + timedelta(days=1), now.astimezone(zone).date() + timedelta(days=3))
    st.date_input(t("following.day"), value=usual, min_value=tomorrow, key=f"{key}-day", format="DD/MM/YYYY")
    st.button(
        t("following.save_postponed"), type="primary", key=f"{key}-later", on_click=actions.postpone,
        args=(follow_up_id, code, key),
    )  # fmt: skip


def _drop(follow_up_id: int, code: str, key: str) -> None:
    st.text_input(t("following.reason"), key=f"{key}-reason", max_chars=300)
    st.button(
        t("following.save_dropped"), type="primary", key=f"{key}-drop", on_click=actions.drop,
        args=(follow_up_id, code, key),
    )  # fmt: skip
