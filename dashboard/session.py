"""What every page of one browser session shares: settings, person, the store, and messages for the next run."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import streamlit as st

from dashboard.i18n import t
from dashboard.login import live
from dashboard.queries import overview
from dashboard.queries.cases import Viewer
from monitor import access, store
from monitor.cases.team import people
from monitor.casework.apply import AppliedChange
from monitor.errors import Refusal
from monitor.logs import setup
from monitor.models.accounts import Role
from monitor.models.campaigns import CampaignDecision
from monitor.models.posts import Correction
from monitor.settings import loading
from monitor.store.customers.handles import HandleDecision

_STEPS = 20
"""How many actions can be taken back, one after the other."""
ICONS = {"done": ":material/check_circle:", "problem": ":material/error:"}


class NamelessAction(Refusal):
    """Nobody said who acts."""


@dataclass(frozen=True, slots=True)
class Message:
    """What an action has to say, kept until the next run shows it: a key of the catalogue and its values."""

    key: str
    kind: str
    values: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class UndoableAction:
    """An action that can be taken back: the words that told it, its events by case, and what it said besides.

    `corrections` are labels that it gave to posts, `decided` whose handles it said are, `ruled` what campaigns are;
    `refill` puts what was typed for it back into its fields.
    """

    message: Message
    events: tuple[tuple[int, tuple[int, ...]], ...]
    corrections: tuple[Correction, ...]
    decided: tuple[HandleDecision, ...] = ()
    ruled: tuple[CampaignDecision, ...] = ()
    refill: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What the frame and the filters need to know of the store: it seldom changes."""

    mentions: bool
    samples: bool
    brands: tuple[str, ...]
    networks: tuple[str, ...]


def reload_settings() -> None:
    """Reads the settings anew for this run of the page. Raises SettingsError."""
    settings = loading.load()
    setup.configure(settings)
    st.session_state["settings"] = settings


def load_settings() -> loading.Settings:
    """The settings of this run."""
    if "settings" not in st.session_state:
        reload_settings()
    settings: loading.Settings = st.session_state["settings"]
    return settings


def rhythm() -> timedelta:
    """How often everything is due, by the settings."""
    return timedelta(minutes=load_settings().schedule.pipeline_minutes)


def now() -> datetime:
    """The moment, UTC: the edge where the clock is read."""
    return datetime.now(UTC)


@contextmanager
def read_connection() -> Iterator[store.Connection]:
    """A short read-only connection: take everything the page needs and leave. Never kept.

    It shows what the person may see. Raises NotPermitted where that is nothing.
    """
    settings = load_settings()
    with store.connect(settings.store, read_only=True) as connection:
        access.narrow(connection, settings, person())
        yield connection


def store_facts() -> StoreFacts:
    """What is known of the store, at most some seconds old. A missing file is an empty store, and is not created."""
    place = load_settings().store
    current = _facts(view_key()) if store.exists(place) else StoreFacts(False, False, (), ())
    if not current.mentions:
        _facts.clear()  # the first posts are awaited, and shown as soon as they are there
    return current


@st.cache_data(ttl=10, show_spinner=False)
def _facts(identity: str) -> StoreFacts:  # noqa: ARG001 (it is the cache's key)
    with read_connection() as connection:
        return StoreFacts(*overview.facts(connection))


def view_key() -> str:
    """What a cache goes by: the store, and who looks at it where not everybody sees all of it."""
    settings = load_settings()
    return f"{store.identity(settings.store)} {'' if settings.access.is_off else person()}"


def names_are_typed() -> bool:
    """Whether somebody is who they say: nobody logs in here."""
    return load_settings().access.is_off


def person() -> str:
    """Who looks, as `desk.people` spells it: whoever is logged in now, or the name in the sidebar; '' for nobody."""
    if names_are_typed():
        return team().spell(str(st.session_state.get("actor") or ""))
    current = live.of_page(load_settings())
    return team().spell(current.name) if current else ""


def actor() -> str:
    """Who acts. Raises NamelessAction while nobody said: what is kept for good is never signed by the computer."""
    name = person()
    if not name:
        raise NamelessAction("no_name", "say who you are first; what you typed is still there")
    return name


def ask_name() -> None:
    """Lets the coming run ask who acts."""
    st.session_state["ask-name"] = True


def team() -> people.Team:
    """The people of the settings, today."""
    settings = load_settings()
    return people.team_on(settings.desk, now(), settings.zone)


def viewer() -> Viewer:
    """Who looks now, and by which weights."""
    return Viewer(person(), now(), load_settings().desk.priority, team())


def add_message(key: str, kind: str = "done", **values: Any) -> None:
    """Leaves a message that the coming run shows as a toast."""
    st.session_state.setdefault("messages", []).append(Message(key, kind, tuple(values.items())))


def has_messages() -> bool:
    """Whether something waits to be shown by the coming run."""
    return bool(st.session_state.get("messages"))


def show_messages() -> None:
    """Shows and forgets what was left by `add_message`; problems stay until they are closed."""
    for message in st.session_state.pop("messages", []):
        words = t(message.key, **dict(message.values))
        st.toast(words, icon=ICONS[message.kind], duration="infinite" if message.kind == "problem" else "short")


def is_other_language() -> bool:
    """Whether this run is the first in a language: whoever works here has just switched."""
    return bool(st.session_state.get("other-language"))


def show_after_action() -> None:
    """At the end of a fragment: draws the page anew where an action of the fragment has something to say.

    And where it offers what is no longer theirs who look at it.
    """
    if has_messages() or st.session_state.get("ask-name") or _has_other_role():
        st.rerun()


def keep_role(role: Role) -> None:
    """Notes as whom the page is drawn."""
    st.session_state["role"] = role


def _has_other_role() -> bool:
    """Whether whoever looks has another role than when the page was drawn, or is not logged in any more."""
    if "role" not in st.session_state:
        return False
    current = live.of_page(load_settings())
    return current is None or current.role is not st.session_state["role"]


def record_action(
    message: Message,
    done: Iterable[AppliedChange],
    corrections: Iterable[Correction] = (),
    decided: Iterable[HandleDecision] = (),
    ruled: Iterable[CampaignDecision] = (),
    refill: Callable[[], None] | None = None,
) -> None:
    """Keeps an action of this session, told by `message`, so that it can be taken back; nothing when it did nothing."""
    events = tuple(
        (change.case.case_id, tuple(event.event_id for event in change.events)) for change in done if change.events
    )
    labels, links, rulings = tuple(corrections), tuple(decided), tuple(ruled)
    if events or labels or links or rulings:
        actions = st.session_state.setdefault("undoable", [])
        actions.append(UndoableAction(message, events, labels, links, rulings, refill))
        del actions[:-_STEPS]


def last_action() -> UndoableAction | None:
    """The action that can be taken back now."""
    actions = st.session_state.get("undoable")
    return actions[-1] if actions else None


def forget_last_action() -> None:
    """The last action cannot be taken back any more; the one before it can."""
    st.session_state["undoable"] = st.session_state.get("undoable", [])[:-1]


def forget_actions() -> None:
    """No action can be taken back any more."""
    st.session_state["undoable"] = []


def register_pages(pages: dict[str, Any]) -> None:
    """Keeps the page objects of this run, so that views can lead to each other."""
    st.session_state["pages"] = pages


def page(name: str) -> Any:
    """The page object of that name."""
    return st.session_state["pages"][name]
