"""What a customer may keep of a case: their own words, our answers and the dates. Reads only.

Not in it is what only we know: notes, who works on it, priority, severity, value, causes, costs, hand-overs; and no
word of other customers of the case.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

from monitor.cases import parties
from monitor.law import clock
from monitor.models.cases import Case, Event, effective
from monitor.models.posts import Stage
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import answers, cases, events

LineKind: TypeAlias = Literal[
    "theirs", "ours", "automatic", "contact_in", "contact_out", "acknowledged", "answered", "closed", "dismissed",
    "reopened",
]  # fmt: skip
_STAGES: Mapping[Stage | None, LineKind] = {
    "acknowledged": "acknowledged",
    "answered": "answered",
    "closed": "closed",
    "dismissed": "dismissed",
    "reopened": "reopened",
}
"""Moves that a customer may know of."""


@dataclass(frozen=True, slots=True)
class RecordLine:
    """What was said or done at a time. `text` is empty where nobody's words are kept, None for a post deleted since."""

    at: datetime
    kind: LineKind
    text: str | None = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """A case as its customer may see it.

    `last_day` is by when it has to be answered, None without such a clock; `answered_at` None where it is not, or not
    again since it was reopened.
    """

    case: Case
    received_at: datetime
    last_day: date | None
    answered_at: datetime | None
    lines: tuple[RecordLine, ...]


def read(connection: Connection, settings: Settings, case: Case) -> CaseRecord:
    """The record of a case, of what came after it was merged too."""
    home, way = case, [case.case_id]
    while home.merged_into is not None and home.merged_into not in way:
        way.append(home.merged_into)
        home = cases.get(connection, home.merged_into)
    histories = events.of_cases(connection, way)
    sent_posts = {answer.mention_id for answer in answers.of_cases(connection, way)} - {None}
    told = [
        event for at in way for event in _own_events(histories[at], case.code) if event.mention_id not in sent_posts
    ]
    texts = _texts(connection, [event.mention_id for event in told if event.mention_id is not None])
    lines = sorted((line for event in told if (line := _line(event, texts))), key=lambda line: line.at)
    legal = clock.of_case(case, histories[case.case_id], settings)
    moves = [(event.at, event.stage) for event in told if event.stage is not None]
    answered_at = clock.rounds(case.first_post_at, moves)[-1].answered_at
    return CaseRecord(case, case.first_post_at, legal.last_day if legal else None, answered_at, tuple(lines))


def _own_events(history: tuple[Event, ...], code: str) -> Iterator[Event]:
    """What this customer said, what was said to them, and where their complaint stood."""
    held = effective(history)
    if not held:
        return
    everybody = parties.of_history(held)
    party = everybody.by_code.get(code)
    for event in held:
        is_theirs = event.kind in ("opened", "post") or (event.kind, event.became) == ("contact", "in")
        is_ours = event.kind in ("sent", "reply", "contact", "stage")
        if is_theirs or is_ours:
            whom = {everybody.speaker(event)} if is_theirs else everybody.answered(event)
            if party in whom:
                yield event


def _line(event: Event, texts: dict[int, tuple[datetime, str | None]]) -> RecordLine | None:
    posted = texts.get(event.mention_id or 0)
    at = min(posted[0], event.at) if posted else event.at
    text = posted[1] if posted else ""
    if event.kind in ("opened", "post"):
        return RecordLine(at, "theirs", text)
    if event.kind == "reply":
        return RecordLine(at, "automatic" if event.became == "automatic" else "ours", text)
    if event.kind == "sent":
        return RecordLine(at, "ours", event.note)
    if event.kind == "contact":
        return RecordLine(at, "contact_out" if event.became == "out" else "contact_in", channel=event.field or "")
    kind = _STAGES.get(event.stage)
    return RecordLine(at, kind) if kind else None


def _texts(connection: Connection, mention_ids: Sequence[int]) -> dict[int, tuple[datetime, str | None]]:
    """When these posts were written and what they say; None for one that was deleted."""
    rows = connection.execute(
        """
        SELECT mention_id, posted_at, CASE WHEN deleted_at IS NULL THEN text END FROM mentions
        WHERE mention_id IN (SELECT unnest(?::BIGINT[]))
        """,
        [list(mention_ids)],
    ).fetchall()
    return {mention_id: (posted_at, text) for mention_id, posted_at, text in rows}
