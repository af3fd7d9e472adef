"""Who works here: a name in the sidebar, which this browser remembers, and the question for it before the first act.

The browser keeps it in a cookie, so that it is there after F5, in a second tab and after the computer has slept. It is
a name, and no proof of who somebody is.
"""

from urllib.parse import unquote

import streamlit as st

from dashboard import session
from dashboard.i18n import t
from dashboard.ui import escaping
from monitor.cases.team.people import LONGEST_NAME

COOKIE = "escucha_name"
# The name is data of the component, never part of its code; a tab writes only what was said in it.
_REMEMBER = """
let last
export default function ({ data }) {
    if (data === last) return
    last = data
    const days = data ? 400 : 0
    document.cookie = `escucha_name=${encodeURIComponent(data)}; path=/; max-age=${days * 86400}; SameSite=Lax`
}
"""
_PICKED, _ASKED = "actor-picked", "actor-asked"


def recall() -> None:
    """Takes the name that this browser remembers; to be called before anything asks who looks."""
    if session.names_are_typed() and "actor" not in st.session_state:
        remembered = unquote(st.context.cookies.get(COOKIE, ""))
        st.session_state["actor"] = session.team().spell(remembered)


def draw() -> None:
    """Draws the name, and the names of the team to choose from while there is none; nothing where people log in."""
    if not session.names_are_typed():
        return
    st.text_input(
        t("frame.actor"),
        key="actor",
        max_chars=LONGEST_NAME,
        help=t("frame.actor_help"),
        placeholder=t("frame.actor_hint"),
        persist_state="session",
        on_change=_keep,
        args=("actor",),
    )
    if not session.person():
        _team(_PICKED)
    if "actor-kept" in st.session_state:
        st.components.v2.component("remember-name", js=_REMEMBER)(
            key="remember-name", data=st.session_state["actor-kept"]
        )


def ask() -> None:
    """Asks for the name when somebody acted without one."""
    if st.session_state.pop("ask-name", False):
        st.dialog(t("frame.who"))(_question)()


def _question() -> None:
    st.html(f'<p class="plain">{escaping.escape(t("frame.who_help"))}</p>')
    if _team(f"{_PICKED}-now"):
        st.rerun()
    with st.form("who", border=False):
        st.text_input(t("frame.who_label"), key=_ASKED, max_chars=LONGEST_NAME)
        if st.form_submit_button(t("frame.who_save"), type="primary", on_click=_keep, args=(_ASKED,)):
            st.rerun()


def _team(key: str) -> bool:
    """Draws the names of the team; whether one was chosen."""
    names = [person.name for person in session.load_settings().desk.people]
    if not names:
        return False
    picked = st.selectbox(
        t("frame.team"),
        names,
        index=None,
        key=key,
        placeholder=t("frame.team_hint"),
        format_func=lambda name: " ".join(escaping.clean(name).split()),
        on_change=_keep,
        args=(key,),
    )
    return picked is not None


def _keep(key: str) -> None:
    """The callback of whatever asked for the name: it is spelt as the settings do, and remembered."""
    name = session.team().spell(str(st.session_state.get(key) or ""))
    st.session_state["actor"] = st.session_state["actor-kept"] = name
