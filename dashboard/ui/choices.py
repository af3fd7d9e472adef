"""What the cases can be narrowed down by, and people and teams that can be given cases."""

from collections.abc import Sequence
from typing import Any, TypeVar

import streamlit as st

from dashboard import session
from dashboard.i18n import t
from dashboard.queries import cases
from dashboard.queries.cases import CaseOptions
from dashboard.ui import escaping

_Option = TypeVar("_Option")


def case_options() -> CaseOptions:
    """The values that the cases have, at most some seconds old."""
    return _read_options(session.view_key())


@st.cache_data(ttl=10, show_spinner=False)
def _read_options(identity: str) -> CaseOptions:  # noqa: ARG001 (it is the cache's key)
    with session.read_connection() as connection:
        return cases.filter_options(connection)


def team() -> tuple[str, ...]:
    """Whoever looks, and the people of the settings."""
    me = (session.person(),) if session.person() else ()
    return tuple(dict.fromkeys((*me, *(person.name for person in session.load_settings().desk.people))))


def people() -> tuple[str, ...]:
    """The team, and everybody else who owns a case."""
    return tuple(dict.fromkeys((*team(), *case_options().owners)))


def teams() -> tuple[str, ...]:
    """Every team of the settings, and every other that has a case."""
    own_teams = (person.team for person in session.load_settings().desk.people if person.team)
    return tuple(dict.fromkeys((*own_teams, *case_options().teams)))


def person(label: str, key: str, *, nobody: bool = False) -> str | None:
    """A choice of a person, whose name may be typed as well; None until one is made, '' for nobody where that goes."""
    picked: str | None = st.selectbox(
        label,
        (*([""] if nobody else []), *people()),
        index=None,
        key=key,
        accept_new_options=True,
        placeholder=t("handling.assign_hint"),
        format_func=_labelled,
    )
    return picked


def _labelled(name: str) -> str:
    """The name, and of somebody of the settings who is away that she is."""
    words = " ".join(escaping.clean(name).split()) or t("cases.nobody")
    return t("staffing.not_there", name=words) if session.team().absence(name) else words


def select(
    label: str, options: Sequence[_Option], *, key: str, initial: _Option | None = None, **looks: Any
) -> _Option:
    """A selectbox whose choice is called in the language of the moment: Streamlit's keeps the words it was made with.

    `initial` is the first choice, the first option where it is None. `looks`: what else `st.selectbox` takes.
    """
    if key not in st.session_state and initial is not None:
        st.session_state[key] = initial
    elif key in st.session_state and session.is_other_language():
        st.session_state[key] = st.session_state[key]
    choose_something(key, options if initial is None else (initial,))
    option: _Option = st.selectbox(label, options, key=key, **looks)
    return option


def choose_something(key: str, options: Sequence[object]) -> None:
    """Where nothing is chosen in a radio or a selectbox that is about to be drawn: chooses the first option.

    For those that have a choice from the beginning: where the session holds None under the key, Streamlit draws them
    empty and gives None. What is no longer among the options it takes back to the first by itself.
    """
    if key in st.session_state and st.session_state[key] is None:
        st.session_state[key] = options[0]
