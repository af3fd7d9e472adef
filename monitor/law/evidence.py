"""The evidence of a case: everything held about it with its part of the hash chain, as JSON and as a page.

Each event stands with its hash and that of the event before it in the chain of all cases, so that the file alone shows
that no event in it was changed; that none was left out, only the database shows (`monitor.store.cases.events`). Texts
of posts are not in the chain: networks change and delete them.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from itertools import pairwise
from typing import Any, get_args, get_type_hints

from monitor.errors import EscuchaError
from monitor.law import clock
from monitor.models.cases import EVENT_COLUMNS, Case, Event, effective
from monitor.settings.loading import Settings
from monitor.store import Connection, hashing
from monitor.store.cases import cases, events, surveys
from monitor.store.cases.surveys import Survey

FORMAT = "escucha-evidence-1"
_TIMES = tuple(name for name, hint in get_type_hints(Event).items() if datetime in (get_args(hint) or (hint,)))


@dataclass(frozen=True, slots=True)
class ChainedEvent:
    """An event and the hash of the one before it in the chain; '' for the first of all."""

    event: Event
    previous: str


@dataclass(frozen=True, slots=True)
class EvidencePost:
    """A post of the case as it is stored now; emptied where it was deleted on its network."""

    mention_id: int
    network: str
    post_id: str
    author: str | None
    author_name: str | None
    posted_at: datetime
    text: str
    permalink: str | None
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseEvidence:
    """A case and those merged into it; `chain` is how many events there are and the last hash, at that moment."""

    case: Case
    merged: tuple[Case, ...]
    rounds: tuple[clock.LegalClock, ...]
    events: tuple[ChainedEvent, ...]
    posts: tuple[EvidencePost, ...]
    surveys: tuple[Survey, ...]
    chain: tuple[int, str]


def read(connection: Connection, settings: Settings, case_id: int) -> CaseEvidence:
    """The evidence of a case. Raises EscuchaError for one that is not there."""
    case = cases.get(connection, case_id)
    case_ids = cases.with_merged(connection, case_id)
    others = tuple(other for other in cases.get_many(connection, case_ids) if other.case_id != case_id)
    chained = _chained(connection, case_ids)
    mention_ids = sorted({one.event.mention_id for one in chained if one.event.mention_id is not None})
    rows = connection.execute(
        """
        SELECT mention_id, network, post_id, author, author_name, posted_at, text, permalink, deleted_at
        FROM mentions WHERE mention_id IN (SELECT unnest(?::BIGINT[])) ORDER BY posted_at, mention_id
        """,
        [mention_ids],
    ).fetchall()
    asked = tuple(survey for one in case_ids for survey in surveys.of_case(connection, one))
    rounds = _rounds(case, tuple(one.event for one in chained if one.event.case_id == case_id), settings)
    posts = tuple(EvidencePost(*row) for row in rows)
    return CaseEvidence(case, others, rounds, chained, posts, asked, events.recorded(connection))


def _chained(connection: Connection, case_ids: list[int]) -> tuple[ChainedEvent, ...]:
    histories = events.of_cases(connection, case_ids)
    previous = dict(
        connection.execute(
            """
            SELECT event_id, previous FROM (
                SELECT event_id, case_id, coalesce(lag(hash) OVER (ORDER BY event_id), '') AS previous FROM case_events
            ) chained WHERE case_id IN (SELECT unnest(?::BIGINT[]))
            """,
            [case_ids],
        ).fetchall()
    )
    told = sorted((event for history in histories.values() for event in history), key=lambda event: event.event_id)
    return tuple(ChainedEvent(event, previous[event.event_id]) for event in told)


def _rounds(case: Case, history: tuple[Event, ...], settings: Settings) -> tuple[clock.LegalClock, ...]:
    days, calendars = settings.desk.answer_days, settings.desk.calendars
    moves = [(event.at, event.stage) for event in effective(history) if event.stage is not None]
    found = clock.rounds(case.first_post_at, moves) if days else []
    return tuple(clock.clock(one, days, calendars, settings.zone) for one in found)


def as_json(evidence: CaseEvidence, settings: Settings, now: datetime) -> bytes:
    """The evidence as JSON, UTF-8: times are ISO 8601 in UTC, events as `hashing` reads them."""
    document = {
        "format": FORMAT,
        "made_at": now,
        "made_by": f"escucha {version('escucha')}",
        "answer_days": settings.desk.answer_days,
        "case": asdict(evidence.case),
        "merged_cases": [asdict(case) for case in evidence.merged],
        "answer_rounds": [asdict(one) for one in evidence.rounds],
        "events": [asdict(one.event) | {"previous": one.previous} for one in evidence.events],
        "posts": [asdict(post) for post in evidence.posts],
        "surveys": [_survey(survey) for survey in evidence.surveys],
        "chain": {"events": evidence.chain[0], "head": evidence.chain[1]},
    }
    return json.dumps(document, ensure_ascii=False, indent=1, default=_plain).encode()


def _survey(survey: Survey) -> dict[str, Any]:
    """Without the key that its link proves."""
    return {name: value for name, value in asdict(survey).items() if name != "link_key"}


def _plain(value: Any) -> str:
    return str(value.isoformat())


def check(content: bytes) -> tuple[Event, ...]:
    """The events of an evidence file, each of which fits its hash. Raises EscuchaError that names what does not."""
    try:
        document = json.loads(content)
        if document["format"] != FORMAT:
            raise ValueError
        chained = [(_event(row), str(row["previous"])) for row in document["events"]]
        _check_chain(chained)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise EscuchaError("this is no evidence of a case, or not a whole one") from None
    return tuple(event for event, _ in chained)


def _check_chain(chained: Sequence[tuple[Event, str]]) -> None:
    for event, previous in chained:
        if hashing.digest(previous, event) != event.hash:
            raise EscuchaError(f"the file was altered: event {event.event_id} does not fit its hash")
    for (before, _), (event, previous) in pairwise(chained):
        if event.event_id <= before.event_id or (event.event_id == before.event_id + 1 and previous != before.hash):
            raise EscuchaError(f"the file was altered: event {event.event_id} does not follow the one before it")


def _event(row: Mapping[str, Any]) -> Event:
    values = {name: row[name] for name in EVENT_COLUMNS}
    for name in _TIMES:
        values[name] = None if values[name] is None else datetime.fromisoformat(values[name])
    return Event(**values)


def checksum(content: bytes) -> str:
    """The SHA-256 of a file's content, in hexadecimal, as `sha256sum` writes it."""
    return hashlib.sha256(content).hexdigest()
