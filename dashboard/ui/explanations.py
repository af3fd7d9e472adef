"""The words of a post that made the model see a complaint, marked once the page is drawn: it never waits for them."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import streamlit as st

from dashboard import session
from dashboard.i18n import t
from dashboard.ui import escaping
from monitor.classify.explain import Explanation, explain_all
from monitor.classify.model import Model
from monitor.pipeline import classify

logger = logging.getLogger(__name__)

_KEPT = 2_000
"""Explanations kept in memory, the last used ones."""
_AT_ONCE = 3
"""Posts explained before their marks are drawn."""
_MARKS = 6
"""Marks in a text at most: with more, nothing stands out."""
_LEAST, _STRONG, _WEAK = 0.15, 0.6, 0.3
"""The least weight (log-odds) worth a mark; strong and weak marks as shares of the text's largest weight."""

_Build: TypeAlias = Callable[[Sequence[escaping.Mark]], str]


def marks(explanation: Explanation) -> tuple[escaping.Mark, ...]:
    """Where to mark the text and how: `much` or `some` for a complaint, `against` for what spoke clearly against it."""
    heaviest = sorted(explanation.words, key=lambda word: -abs(word.weight))[:_MARKS]
    parts = []
    for word in heaviest:
        share = word.weight / max(abs(heaviest[0].weight), _LEAST)
        if abs(word.weight) >= _LEAST and (share >= _WEAK or share <= -_STRONG):
            parts.append((word.start, word.end, "against" if share < 0 else "much" if share >= _STRONG else "some"))
    return tuple(sorted(parts))


def marks_switch() -> bool:
    """The switch with which a person wants the marks or not; what they mean is in its help."""
    return st.toggle(t("why.show"), value=True, key="why", help=t("why.help"), persist_state="session")


class DeferredMarks:
    """The posts of a page that still lack their marks: drawn first without them, again with them by `finish`."""

    def __init__(self, with_marks: bool) -> None:
        """`with_marks` is what `marks_switch` gave."""
        self._wanted = with_marks
        self._waiting: list[tuple[str, Any, _Build]] = []

    def draw(self, text: str, build: _Build) -> None:
        """Draws HTML that `build` makes of the marks: with them at once where they are known."""
        slot = st.empty()
        known_marks = _memory().known(text) if self._wanted else None
        slot.html(build(known_marks or ()))
        if self._wanted and known_marks is None:
            self._waiting.append((text, slot, build))

    def finish(self) -> None:
        """Asks the model about what is waiting, a few posts at a time; to be called when the page is drawn."""
        if not self._waiting:
            return
        try:
            self._explain(classify.active_model(session.load_settings()))
        except Exception as error:  # whatever a model raises: the page is worth more than its marks
            logger.warning("posts could not be explained", extra={"reason": type(error).__name__})
            st.html(f'<p class="plain quiet">{escaping.escape(t("why.failed"))}</p>')

    def _explain(self, model: Model) -> None:
        for at in range(0, len(self._waiting), _AT_ONCE):
            group = self._waiting[at : at + _AT_ONCE]
            texts = [text for text, _, _ in group]
            marks_of_texts = [marks(explanation) for explanation in explain_all(model, texts, _let_clicks_in)]
            _memory().keep(model.version, texts, marks_of_texts)
            for (_, slot, build), text_marks in zip(group, marks_of_texts, strict=True):
                if text_marks:
                    slot.html(build(text_marks))


def _let_clicks_in(_read: int) -> None:
    """Streamlit leaves a run, when somebody has clicked, wherever its session state is read."""
    st.session_state.get("why")


class _Memory:
    """The marks of posts, for every session of this process; forgotten when the model changes."""

    def __init__(self) -> None:
        self._version = ""
        self._found: OrderedDict[str, tuple[escaping.Mark, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def known(self, text: str) -> tuple[escaping.Mark, ...] | None:
        with self._lock:
            if text in self._found:
                self._found.move_to_end(text)
            return self._found.get(text)

    def keep(self, version: str, texts: Sequence[str], marks_of_texts: Sequence[tuple[escaping.Mark, ...]]) -> None:
        with self._lock:
            if version != self._version:
                self._found.clear()
                self._version = version
            self._found.update(zip(texts, marks_of_texts, strict=True))
            while len(self._found) > _KEPT:
                self._found.popitem(last=False)


@st.cache_resource(show_spinner=False)
def _memory() -> _Memory:
    return _Memory()
