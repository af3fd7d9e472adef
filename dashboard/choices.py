"""What the cases can be narrowed down by, and people and teams that can be given cases."""

import streamlit as st

from dashboard import session
from dashboard.queries import cases
from dashboard.queries.cases import Choices


def known() -> Choices:
    """The values that the cases have, at most some seconds old."""
    path = session.load_settings().store.path
    return _known(str(path), path.stat().st_ino)


@st.cache_data(ttl=10, show_spinner=False)
def _known(path: str, inode: int) -> Choices:  # noqa: ARG001 (they are the cache's key)
    with session.reading() as connection:
        return cases.choices(connection)


def people() -> tuple[str, ...]:
    """Everybody of the settings, and everybody else who owns a case; whoever looks first."""
    listed = (person.name for person in session.load_settings().desk.people)
    return tuple(dict.fromkeys((session.actor(), *listed, *known().owners)))


def teams() -> tuple[str, ...]:
    """Every team of the settings, and every other that has a case."""
    listed = (person.team for person in session.load_settings().desk.people if person.team)
    return tuple(dict.fromkeys((*listed, *known().teams)))
