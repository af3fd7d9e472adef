"""Whose page this is, asked of the store at every draw, and the end of it when their login is over."""

import streamlit as st

from dashboard import session
from dashboard.i18n import language, t
from dashboard.login import live
from dashboard.ui import escaping

_OWNER = "account"  # whose this browser session is, in its state
# What it is told is data of the component, never part of its code. A tab that is only looked at goes to the login.
_WATCH = """
let timer
export default function ({ data }) {
    clearInterval(timer)
    timer = setInterval(async () => {
        const answer = await fetch("/session", { cache: "no-store" }).catch(() => null)
        if (answer?.status === 401) {
            const here = encodeURIComponent(location.pathname + location.search)
            location.replace(`/login?done=ended&lang=${data.language}&next=${here}`)
        }
    }, data.seconds * 1000)
    return () => clearInterval(timer)
}
"""


def require() -> None:
    """Ends the run where people log in and nobody is. Raises StoreError where that cannot be known."""
    settings = session.load_settings()
    if settings.access.is_off:
        return
    current = live.of_page(settings)
    owner = st.session_state.get(_OWNER)
    if current is not None and owner in (None, current.folded):
        st.session_state[_OWNER] = current.folded
        session.keep_role(current.role)
        return
    # Nothing of it is the next one's, who may sit at the same computer, but the language of the page.
    spoken = language()
    st.session_state.clear()
    st.session_state["language"] = spoken
    if current is not None:
        st.rerun()
    st.title(t("login.out_title"))
    st.html(f'<p class="plain"><a href="/login?lang={language()}">{escaping.escape(t("login.to_login"))}</a></p>')
    st.stop()


def draw() -> None:
    """Says whose page it is, with the ways to their account and out; or that nobody logs in here."""
    if session.load_settings().access.is_off:
        st.caption(t("login.off_here"))
        return
    links = ((f"/account?lang={language()}", "login.yours"), (f"/logout?lang={language()}", "login.out"))
    ways = " · ".join(f'<a href="{to}">{escaping.escape(t(words))}</a>' for to, words in links)
    st.html(f'<p class="plain account"><b>{escaping.escape(session.person())}</b><br>{ways}</p>')
    st.components.v2.component("watch-login", js=_WATCH)(
        key="watch-login", data={"seconds": live.FRESH, "language": language()}
    )
