"""What is amiss with who has the open cases, each with what to do about it."""

import streamlit as st

from dashboard import rights, session
from dashboard.i18n import t
from dashboard.staffing import actions
from dashboard.ui import escaping, labels, tables
from monitor.access import Permission
from monitor.cases.team.staffing import AbsentOwner, Staffing, Unshared
from monitor.casework import staffing as casework_staffing


def read() -> Staffing:
    """How things stand now."""
    with session.read_connection() as connection:
        return casework_staffing.read(connection, session.load_settings(), session.now())


def draw(staffing: Staffing) -> None:
    """Draws everything: absent people with their cases, what the rule gives to nobody, names that are mixed up."""
    draw_absent(staffing)
    draw_unshared(staffing)
    for first, second in staffing.namesakes:
        words = t("staffing.namesakes", first=escaping.clean(first), second=escaping.clean(second))
        tables.status_line(words, warn=True)


def draw_absent(staffing: Staffing) -> None:
    """Draws who is not there and has open cases, and the means to hand these on."""
    for number, owner in enumerate(staffing.absent):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"absent-{number}"):
            st.html(f'<p class="state warn">{escaping.escape(_absent(owner))}</p>')
            _hand_on(owner, number)


def draw_unshared(staffing: Staffing) -> None:
    """Draws how many cases the rule gives to nobody, why, and what to do."""
    for unshared in staffing.unshared:
        tables.status_line(_unshared(unshared, staffing), warn=True)


def _hand_on(owner: AbsentOwner, number: int) -> None:
    if not rights.may(Permission.ASSIGN_OTHERS):
        return
    key = f"absent-{number}-to"
    settings = session.load_settings()
    to = st.selectbox(
        t("staffing.to"),
        [person.name for person in session.team().present],
        index=None,
        key=key,
        accept_new_options=True,
        placeholder=t("staffing.to"),
        format_func=lambda name: " ".join(escaping.clean(name).split()),
        label_visibility="collapsed",
        width=220,
    )
    st.button(
        t("staffing.give"), key=f"absent-{number}-give", disabled=not to, on_click=actions.give, args=(owner.name, key)
    )
    if settings.desk.assign != "by_hand":
        key = f"absent-{number}-share"
        st.button(t("staffing.share"), key=key, type="primary", on_click=actions.share, args=(owner.name,))


def _absent(owner: AbsentOwner) -> str:
    name = escaping.clean(owner.name)
    words = t(f"staffing.{owner.absence}", n=owner.cases, name=name)
    return f"{words} {t('staffing.asking', n=owner.asking)}" if owner.asking else words


def _unshared(unshared: Unshared, staffing: Staffing) -> str:
    value = labels.value(unshared.lack, unshared.value) if unshared.value else ""
    why = t(f"staffing.no_{unshared.lack}", value=value, taken=staffing.taken, room=staffing.room)
    return f"{t('staffing.unowned', n=unshared.cases)} {why}"
