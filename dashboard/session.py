"""What every page of one browser session shares: settings, person, the store, and messages for the next run."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from dashboard.i18n import t
from monitor import settings, store

ICONS = {"done": ":material/check_circle:", "problem": ":material/error:"}


@dataclass(frozen=True, slots=True)
class Message:
    """What an action has to say, kept until the next run shows it: a key of the catalogue and its values."""

    key: str
    kind: str
    values: tuple[tuple[str, Any], ...] = ()


@st.cache_resource(ttl=30, show_spinner=False)
def load_settings() -> settings.Settings:
    """The settings, read anew every half minute. Raises SettingsError."""
    return settings.load()


def now() -> datetime:
    """This moment, UTC: the edge where the clock is read."""
    return datetime.now(UTC)


@contextmanager
def reading() -> Iterator[store.Connection]:
    """A short read-only connection: take everything the page needs and leave. Never kept."""
    with store.connect(load_settings().store, read_only=True) as connection:
        yield connection


def actor() -> str:
    """Who acts: the name typed in the sidebar, else the account this dashboard runs under."""
    typed = str(st.session_state.get("actor") or "").strip()
    return typed or default_actor()


def default_actor() -> str:
    """The account's name; empty where the system has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "dashboard"


def say(key: str, kind: str = "done", **values: Any) -> None:
    """Leaves a message that the coming run shows as a toast."""
    st.session_state.setdefault("messages", []).append(Message(key, kind, tuple(values.items())))


def show_messages() -> None:
    """Shows and forgets what was left by `say`; problems stay until they are closed."""
    for message in st.session_state.pop("messages", []):
        duration = "infinite" if message.kind == "problem" else "short"
        st.toast(t(message.key, **dict(message.values)), icon=ICONS[message.kind], duration=duration)


def register_pages(pages: dict[str, Any]) -> None:
    """Keeps the page objects of this run, so that views can lead to each other."""
    st.session_state["pages"] = pages


def page(name: str) -> Any:
    """The page object of that name."""
    return st.session_state["pages"][name]
