"""Everything a person changes: thin calls of `monitor.desk`, used as callbacks. An error becomes a message."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Literal

import streamlit as st

from dashboard import session
from dashboard.i18n import Phrase
from dashboard.ui import escaping, event_words, refusals
from monitor.cases import codes
from monitor.casework.apply import AppliedChange
from monitor.errors import EscuchaError, StoreBusy, StoreConflict
from monitor.models.campaigns import CampaignDecision
from monitor.models.posts import Correction
from monitor.store.customers.handles import HandleDecision

logger = logging.getLogger(__name__)

_TOLD = 3
"""Changes by somebody else that one message tells."""


class UndoRecord:
    """What an action did, told by its body so that it can be taken back."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.values: dict[str, Any] = {}
        self.done: list[AppliedChange] = []
        self.corrections: list[Correction] = []
        self.decided: list[HandleDecision] = []
        self.ruled: list[CampaignDecision] = []
        self.refill: Callable[[], None] | None = None

    def __call__(
        self,
        *done: AppliedChange,
        corrections: Sequence[Correction] = (),
        decided: Sequence[HandleDecision] = (),
        ruled: Sequence[CampaignDecision] = (),
    ) -> None:
        """Adds cases that changed, labels that were given, and what was decided on handles and campaigns."""
        self.done += done
        self.corrections += corrections
        self.decided += decided
        self.ruled += ruled

    def words(self, **values: object) -> None:
        """Values of the words that are only known once it is done, such as how many."""
        self.values |= values

    def empty(self, *keys: str) -> None:
        """Empties the text widgets of those keys, whose words are kept; an undo puts the words back."""
        self.refill = empty_fields(*keys)


def empty_fields(*keys: str) -> Callable[[], None]:
    """Empties the text widgets of those keys; what it gives puts the words back."""
    typed = {key: str(st.session_state.get(key) or "") for key in keys}
    for key in keys:
        st.session_state[key] = ""
    return partial(_refill, typed)


def _refill(typed: Mapping[str, str]) -> None:
    """Puts words by key back into their widgets, but for those that hold others meanwhile."""
    for key, text in typed.items():
        if not str(st.session_state.get(key) or "").strip():
            st.session_state[key] = text


@contextmanager
def action_feedback(done: str, **values: Any) -> Iterator[UndoRecord]:
    """Says `done` when the body went well, and what went wrong when not; nothing that was typed is lost.

    What the body hands to the yielded function can be taken back afterwards, under the same words. After an action
    that hands over nothing there is nothing to take back.
    """
    undoing = UndoRecord()
    with report_problems():
        yield undoing
        words = values | undoing.values
        if words.get("n") != 0:
            session.add_message(done, **words)
        elif not session.has_messages():  # nothing came of it, and the body did not say why
            session.add_message("action.nothing", "problem")
        if undoing.done or undoing.corrections or undoing.decided or undoing.ruled:
            message = session.Message(done, "done", tuple(words.items()))
            session.record_action(
                message, undoing.done, undoing.corrections, undoing.decided, undoing.ruled, undoing.refill
            )
        else:
            session.forget_actions()


@contextmanager
def report_problems(act: Literal["change", "undo"] = "change") -> Iterator[None]:
    """Says what went wrong in the body: what somebody else did meanwhile, that the store is busy, what may not be.

    `act` says what the body does: the words for what somebody else did differ.
    """
    try:
        yield
    except session.NamelessAction:
        logger.info("action waits for a name")
        session.ask_name()
    except StoreConflict as error:
        logger.info("action met a change by somebody else")
        _conflict(error, act)
    except StoreBusy:
        logger.warning("action found the store busy")
        session.add_message("action.busy", "problem")
    except EscuchaError as error:
        logger.warning("action failed", extra={"reason": type(error).__name__})
        session.add_message("action.failed", "problem", reason=escaping.escape_markdown(refusals.describe(error)))


def _conflict(error: StoreConflict, act: str) -> None:
    if error.decision is not None:
        actor, ruling = escaping.escape_markdown(error.decision.actor), error.decision.ruling
        what = Phrase(f"campaigns.is_{ruling}" if ruling else "campaigns.to_decide")
        session.add_message(f"conflict.campaign_{act}", "problem", actor=actor, what=what)
        return
    if not error.meanwhile:
        session.add_message(f"conflict.unknown_{act}", "problem")
        return
    gravest = error.meanwhile[0]
    told = dict.fromkeys(event_words.describe(event) for event in error.meanwhile if event.actor == gravest.actor)
    session.add_message(
        f"conflict.by_{act}",
        "problem",
        actor=escaping.escape_markdown(gravest.actor),
        code=escaping.escape_markdown(codes.format_code(gravest.case_id)),
        what=escaping.escape_markdown("; ".join(list(told)[:_TOLD])),
    )
