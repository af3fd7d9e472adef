"""Working through the inbox: going from card to card, ticking several, deciding on them together."""

from dataclasses import dataclass

import streamlit as st

from dashboard import session
from dashboard.ui import escaping
from dashboard.ui.case_actions import typed
from dashboard.ui.outcomes import telling
from monitor import desk
from monitor.desk.bulk import BulkDone
from monitor.errors import StoreConflict

_AT, _TICKED, _WORDS = "inbox-at", "inbox-ticked", "inbox-words"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a queue as the person saw it: its case with the version (None: it has none), its post (None: none)."""

    case_id: int | None
    version: int
    code: str
    mention_id: int | None

    @property
    def name(self) -> str:
        """What tells it from the other lines."""
        return f"case-{self.case_id}" if self.case_id is not None else f"post-{self.mention_id}"


def at() -> int:
    """The place in the queue of the card on top."""
    return int(st.session_state.get(_AT, 0))


def go(by: int) -> None:
    """Moves that many cards on, or back."""
    st.session_state[_AT] = max(0, at() + by)


def start_again() -> None:
    """Goes to the first card and unticks all: another queue is shown."""
    st.session_state[_AT] = 0
    untick()


def words() -> str:
    """The words that are searched for; '' for none."""
    return str(st.session_state.get(_WORDS, ""))


def search(words: str) -> None:
    """Shows only what holds these words; '' shows everything."""
    st.session_state[_WORDS] = words
    start_again()


def ticked() -> dict[str, Line]:
    """The ticked lines by name."""
    lines: dict[str, Line] = st.session_state.setdefault(_TICKED, {})
    return lines


def tick(line: Line) -> None:
    """Ticks a line, or unticks it."""
    if ticked().pop(line.name, None) is None:
        ticked()[line.name] = line


def tick_all(lines: list[Line]) -> None:
    """Ticks these lines too."""
    ticked().update({line.name: line for line in lines})


def untick() -> None:
    """Ticks nothing."""
    st.session_state[_TICKED] = {}


def take_ticked() -> None:
    """Makes the ticked cases the person's own."""
    seen = _seen()
    with telling("action.many_taken", n=len(seen)) as undoable:
        outcome = desk.take_many(session.load_settings(), seen, actor=session.actor(), now=session.now())
        undoable(*outcome.done)
        undoable.words(n=len(outcome.done))
        _left_out(outcome)


def assign_ticked(owner_key: str) -> None:
    """Gives the ticked cases to the person chosen or typed in the widget of that key."""
    owner, seen = typed(owner_key), _seen()
    with telling("action.many_assigned", n=len(seen), owner=escaping.label(owner)) as undoable:
        outcome = desk.assign_many(session.load_settings(), seen, owner, actor=session.actor(), now=session.now())
        undoable(*outcome.done)
        undoable.words(n=len(outcome.done))
        _left_out(outcome)


def dismiss_ticked() -> None:
    """Says of the ticked posts that they are no complaint, and dismisses ticked cases that have no post."""
    posts = [line.mention_id for line in ticked().values() if line.mention_id is not None]
    bare = {line.case_id: line.version for line in ticked().values() if line.mention_id is None and line.case_id}
    settings, actor, now = session.load_settings(), session.actor(), session.now()
    with telling("action.many_dismissed", n=len(posts) + len(bare)) as undoable:
        try:
            decision = desk.dismiss_mentions(settings, posts, actor=actor, now=now, versions=_seen())
        except StoreConflict as error:
            if error.last is not None:  # the others can be done without it
                ticked().pop(f"case-{error.last.case_id}", None)
            raise
        undoable(*decision.done, corrections=decision.corrections)
        if bare:
            outcome = desk.move_many(settings, bare, "dismissed", actor=actor, now=now, reason="not_a_complaint")
            undoable(*outcome.done)
        untick()


def _seen() -> dict[int, int]:
    return {line.case_id: line.version for line in ticked().values() if line.case_id is not None}


def _left_out(outcome: BulkDone) -> None:
    if outcome.refused:
        codes = ", ".join(escaping.label(case.code) for case in outcome.refused)
        session.say("action.left_out", "problem", codes=codes)
    untick()
