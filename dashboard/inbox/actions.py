"""Working through the inbox: going from card to card, ticking several, deciding on them together."""

from dataclasses import dataclass

import streamlit as st

from dashboard import session
from dashboard.ui import case_actions, escaping
from dashboard.ui.case_actions import widget_text
from dashboard.ui.outcomes import action_feedback
from monitor import desk
from monitor.desk.bulk import BulkDone
from monitor.errors import StoreConflict

_AT, _TICKED, _WORDS = "inbox-at", "inbox-ticked", "inbox-words"


@dataclass(frozen=True, slots=True)
class QueueCard:
    """A line of a queue as the person saw it: its case with the version (None: it has none), its post (None: none)."""

    case_id: int | None
    version: int
    code: str
    mention_id: int | None

    @property
    def name(self) -> str:
        """What tells it from the other lines."""
        return f"case-{self.case_id}" if self.case_id is not None else f"post-{self.mention_id}"


def position() -> int:
    """The place in the queue of the card on top."""
    return int(st.session_state.get(_AT, 0))


def step(by: int) -> None:
    """Moves that many cards on, or back."""
    st.session_state[_AT] = max(0, position() + by)


def restart() -> None:
    """Goes to the first card and unticks all: another queue is shown."""
    st.session_state[_AT] = 0
    untick()


def search_words() -> str:
    """The words that are searched for; '' for none."""
    return str(st.session_state.get(_WORDS, ""))


def search(words: str) -> None:
    """Shows only what holds these words; '' shows everything."""
    st.session_state[_WORDS] = words
    restart()


def ticked_cards() -> dict[str, QueueCard]:
    """The ticked lines by name."""
    lines: dict[str, QueueCard] = st.session_state.setdefault(_TICKED, {})
    return lines


def tick(line: QueueCard) -> None:
    """Ticks a line, or unticks it."""
    if ticked_cards().pop(line.name, None) is None:
        ticked_cards()[line.name] = line


def tick_all(lines: list[QueueCard]) -> None:
    """Ticks these lines too."""
    ticked_cards().update({line.name: line for line in lines})


def untick() -> None:
    """Ticks nothing."""
    st.session_state[_TICKED] = {}


def take_ticked() -> None:
    """Makes the ticked cases the person's own."""
    versions = _versions()
    with action_feedback("action.many_taken", n=len(versions)) as record:
        outcome = desk.take_many(session.load_settings(), versions, actor=session.actor(), now=session.now())
        record(*outcome.done)
        record.words(n=len(outcome.done))
        _report_refused(outcome)


def merge_person(case_id: int, versions: dict[int, int]) -> None:
    """Takes the other cases of the same person, seen at these versions, into the one of the line."""
    other_ids = [other_id for other_id in versions if other_id != case_id]
    with action_feedback("links.merged", **case_actions.merge_words(case_id, other_ids)) as record:
        settings, actor, now = session.load_settings(), session.actor(), session.now()
        record(*desk.merge(settings, case_id, other_ids, versions=versions, actor=actor, now=now))


def assign_ticked(owner_key: str) -> None:
    """Gives the ticked cases to the person chosen or typed in the widget of that key."""
    owner, versions = widget_text(owner_key), _versions()
    with action_feedback("action.many_assigned", n=len(versions), owner=escaping.escape_markdown(owner)) as record:
        outcome = desk.assign_many(session.load_settings(), versions, owner, actor=session.actor(), now=session.now())
        record(*outcome.done)
        record.words(n=len(outcome.done))
        _report_refused(outcome)


def dismiss_ticked() -> None:
    """Says of the ticked posts that they are no complaint, and dismisses ticked cases that have no post."""
    posts = [line.mention_id for line in ticked_cards().values() if line.mention_id is not None]
    bare = {line.case_id: line.version for line in ticked_cards().values() if line.mention_id is None and line.case_id}
    with action_feedback("action.many_dismissed", n=len(posts) + len(bare)) as record:
        settings, actor, now = session.load_settings(), session.actor(), session.now()
        try:
            decision = desk.dismiss_mentions(settings, posts, actor=actor, now=now, versions=_versions())
        except StoreConflict as error:
            for event in error.meanwhile[:1]:  # the others can be done without it
                ticked_cards().pop(f"case-{event.case_id}", None)
            raise
        record(*decision.done, corrections=decision.corrections)
        if bare:
            outcome = desk.move_many(settings, bare, "dismissed", actor=actor, now=now, reason="not_a_complaint")
            record(*outcome.done)
            record.words(n=len(posts) + len(outcome.done))
            _report_refused(outcome)
        untick()


def _versions() -> dict[int, int]:
    return {line.case_id: line.version for line in ticked_cards().values() if line.case_id is not None}


def _report_refused(outcome: BulkDone) -> None:
    if outcome.refused:
        codes = ", ".join(escaping.escape_markdown(case.code) for case in outcome.refused)
        session.add_message("action.left_out", "problem", codes=codes)
    untick()
