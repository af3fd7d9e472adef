"""Filters that several pages share. '' stands for 'all', so that a mention without a brand can be chosen too."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from dashboard.i18n import t
from dashboard.ui import choices
from dashboard.ui.cards import brand_name, network_name

ALL = "*"
_Choice = TypeVar("_Choice", bound=str)


def choice(
    label: str,
    options: Sequence[_Choice],
    label_of: Callable[[_Choice], str],
    *,
    name: str,
    default: _Choice,
    collapsed: bool = False,
    on_change: Callable[[], None] | None = None,
) -> _Choice:
    """A row of buttons whose choice stands in the URL as `?name=option` unless it is the default.

    Streamlit's own binding writes the translated words into the URL, which then mean nothing in the other language.
    """
    if name not in st.session_state:
        parameter = st.query_params.get(name)
        st.session_state[name] = next((option for option in options if option == parameter), default)
    option_or_none: _Choice | None = st.segmented_control(
        label,
        options,
        required=True,
        format_func=label_of,
        key=name,
        persist_state="session",
        on_change=on_change,
        label_visibility="collapsed" if collapsed else "visible",
    )
    selection = option_or_none or default
    if selection != default:
        st.query_params[name] = selection
    elif name in st.query_params:
        del st.query_params[name]
    return selection


def brand(options: Sequence[str], key: str, *, collapsed: bool = False) -> str | None:
    """A choice of brand; None for all of them."""
    return _select(options, t("filter.brand"), t("filter.all_brands"), brand_name, key, collapsed)


def network(options: Sequence[str], key: str, *, collapsed: bool = False) -> str | None:
    """A choice of network; None for all of them."""
    return _select(options, t("filter.network"), t("filter.all_networks"), network_name, key, collapsed)


def _select(
    options: Sequence[str], label: str, all_of_them: str, name: Callable[[str], str], key: str, collapsed: bool
) -> str | None:
    selection = choices.select(
        label,
        [ALL, *options],
        format_func=lambda option: all_of_them if option == ALL else name(option),
        key=key,
        persist_state="session",
        label_visibility="collapsed" if collapsed else "visible",
    )
    return None if selection == ALL else selection


def turn_pages(total: int, size: int, key: str) -> None:
    """Buttons to the page before and after, where there is more than one."""
    if total <= size:
        return
    at = int(st.session_state.get(key, 0))
    last = (total - 1) // size
    with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center"):
        st.button(t("pages.before"), disabled=at == 0, key=f"{key}-before", on_click=_turn, args=(key, -1))
        st.text(t("pages.at", page=at + 1, pages=last + 1))
        st.button(t("pages.after"), disabled=at >= last, key=f"{key}-after", on_click=_turn, args=(key, 1))


def _turn(key: str, by: int) -> None:
    st.session_state[key] = max(0, int(st.session_state.get(key, 0)) + by)
