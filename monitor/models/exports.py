"""A case as it is handed over: one row, the columns of every exporter."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Protocol, TypeAlias

from monitor.models.cases import Event
from monitor.models.posts import Decision, Sentiment, Stage

SaidPost: TypeAlias = tuple[datetime, str]
"""When a post was written, and its text."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as it is exported: its opening post with scores and labels, later posts and the history as text.

    After these, what people and the desk made of it; `tags` have a space between them, `due_at` is when the next clock
    ends. `p_about` is the opening post's, like the other probabilities.
    """

    code: str
    brand: str
    network: str
    stage: Stage
    opened_at: datetime
    opened_by: str
    changed_at: datetime
    author: str | None
    author_name: str | None
    post_id: str
    posted_at: datetime
    permalink: str | None
    text: str
    language: str
    sentiment: Sentiment | None
    decision: Decision | None
    corrected: bool
    p_negative: float | None
    p_neutral: float | None
    p_positive: float | None
    p_complaint: float | None
    model: str | None
    posts: int
    later_posts: str
    history: str
    sample: bool
    channel: str
    category: str
    severity: str
    priority: str
    owner: str
    team: str
    tags: str
    customer_id: str | None
    incident: str | None
    due_at: datetime | None
    agreement: str | None
    p_about: float | None = None


COLUMNS = tuple(column.name for column in fields(CaseRow))
"""What a case can be exported with, in the order of the files."""


class CaseTeller(Protocol):
    """Says in one text what a case holds many of."""

    def history(self, events: Sequence[Event]) -> str:
        """The history, oldest first, a line an event."""

    def later_posts(self, posts: Sequence[SaidPost]) -> str:
        """The posts after the opening one, oldest first, each behind its time."""


class CodeTeller:
    """As programs read it: times of UTC, and the codes that the store keeps."""

    def history(self, events: Sequence[Event]) -> str:
        """`2026-07-01 10:00Z eva: field owner = Eva — note`, a line an event."""
        return "\n".join(map(self._event, events))

    def later_posts(self, posts: Sequence[SaidPost]) -> str:
        """`2026-07-01 10:00Z text`."""
        return "\n".join(f"{at:{_UTC}} {text}" for at, text in posts)

    @staticmethod
    def _event(event: Event) -> str:
        parts = (event.kind, event.stage, event.field, event.became is not None and f"= {event.became}")
        note = f" — {event.note}" if event.note else ""
        return f"{event.happened_at:{_UTC}} {event.actor}: {' '.join(part for part in parts if part)}{note}"


_UTC = "%Y-%m-%d %H:%MZ"


@dataclass(frozen=True, slots=True)
class CaseSelection:
    """Which cases are exported: opened from `since` on and before `until`, and any of the values; empty: all."""

    since: datetime | None = None
    until: datetime | None = None
    brands: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
