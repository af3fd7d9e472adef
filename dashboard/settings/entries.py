"""A list of settings with names, such as brands: one is chosen and changed, taken out, or a new one added."""

from collections.abc import Sequence

import streamlit as st

from dashboard import session
from dashboard.i18n import t
from dashboard.settings import actions, shown
from dashboard.ui import escaping
from monitor.settings_editing.document import SettingChange, SettingPath

_NEW = -1


def choose(place: SettingPath, names: Sequence[str]) -> int:
    """Draws the choice, and returns which one is chosen: one past the last for a new one.

    While something is typed and not saved nothing else can be chosen, for it would be lost.
    """
    kind = str(place[-1])
    key, coming = f"entry-{kind}", f"entry-{kind}-next"
    if coming in st.session_state:
        st.session_state[key] = st.session_state.pop(coming)
    if st.session_state.get(key, 0) not in (_NEW, *range(len(names))):
        st.session_state[key] = 0
    if not names:
        st.session_state[key] = _NEW
    elif session.is_other_language():
        st.session_state[key] = st.session_state[key]
    at = st.selectbox(
        t(f"settings.choose_{kind}"),
        [*range(len(names)), _NEW],
        key=key,
        format_func=lambda number: _name(names, kind, number),
        disabled=shown.is_unsaved(),
        help=t("settings.choose_help") if shown.is_unsaved() else None,
    )
    return len(names) if at == _NEW else int(at)


def show_next(place: SettingPath, at: int) -> None:
    """Lets the coming run choose this one."""
    st.session_state[f"entry-{place[-1]}-next"] = at


def take_out(place: SettingPath, at: int, *, disabled: bool = False) -> None:
    """The button that takes an entry out of the file; the next click takes it back."""
    if st.button(
        t("settings.take_out"),
        icon=":material/delete:",
        key=f"take-out-{place[-1]}",
        type="tertiary",
        disabled=disabled or shown.is_unsaved() or shown.current().barred_by is not None,
    ):
        conflict = actions.save([SettingChange((*place, at), None)])
        if conflict is not None:
            session.add_message("settings.meanwhile", "problem")
            shown.discard()
        show_next(place, 0)
        st.rerun()


def _name(names: Sequence[str], kind: str, number: int) -> str:
    if number == _NEW:
        return t(f"settings.new_{kind}")
    return " ".join(escaping.clean(names[number]).split())
