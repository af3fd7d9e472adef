"""Who may take a case: the team of the settings; other names can be typed."""

import streamlit as st

from dashboard import plain, session
from dashboard.i18n import t


def names() -> list[str]:
    """The people of `desk.people`, and whoever works here now."""
    return list(dict.fromkeys([*(one.name for one in session.load_settings().desk.people), session.actor()]))


def choose(label: str, key: str, *, chosen: str = "") -> str | None:
    """A choice of a person, whose name may be typed as well; None for nobody yet."""
    known = list(dict.fromkeys([*([chosen] if chosen else []), *names()]))
    picked: str | None = st.selectbox(
        label,
        known,
        index=None,
        key=key,
        accept_new_options=True,
        placeholder=t("handling.assign_hint"),
        format_func=lambda name: " ".join(plain.clean(name).split()),
    )
    return picked
