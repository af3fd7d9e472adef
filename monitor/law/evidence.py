"""The evidence of a case: everything held about it with its part of the hash chain, as JSON and as a page.

Each event stands with its hash and that of the event before it in the chain of all cases, so that the file alone shows
that no event in it was changed (`monitor.law.evidence_chain`); that none was left out, only the database shows. Texts
of posts are not in the chain: networks change and delete them.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

from monitor.errors import EscuchaError
from monitor.law import clock, evidence_chain
from monitor.law.evidence_chain import ChainedEvent, EventErasure
from monitor.models.cases import Case, Event, effective
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import cases, events, surveys
from monitor.store.cases.surveys import Survey

FORMAT = "escucha-evidence-1"


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
    erasures: tuple[EventErasure, ...]
    posts: tuple[EvidencePost, ...]
    surveys: tuple[Survey, ...]
    chain: tuple[int, str]


def read(connection: Connection, settings: Settings, case_id: int) -> CaseEvidence:
    """The evidence of a case. Raises EscuchaError for one that is not there."""
    case = cases.get(connection, case_id)
    case_ids = cases.with_merged(connection, case_id)
    others = tuple(other for other in cases.get_many(connection, case_ids) if other.case_id != case_id)
    chained, erasures = evidence_chain.read(connection, case_ids)
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
    return CaseEvidence(case, others, rounds, chained, erasures, posts, asked, events.recorded(connection))


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
        "events": [asdict(one.event) | {"previous": one.previous, "salt": one.salt} for one in evidence.events],
        "erasures": [asdict(one) for one in evidence.erasures],
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
        chained = [evidence_chain.chained_of(row) for row in document["events"]]
        evidence_chain.check(chained, [evidence_chain.erasure_of(row) for row in document["erasures"]])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise EscuchaError("this is no evidence of a case, or not a whole one") from None
    return tuple(one.event for one in chained)


def checksum(content: bytes) -> str:
    """The SHA-256 of a file's content, in hexadecimal, as `sha256sum` writes it."""
    return hashlib.sha256(content).hexdigest()
