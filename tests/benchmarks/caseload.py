"""A desk of any size: cases with histories as two years of work leave them, customers, surveys and follow-ups."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from monitor import store
from monitor.cases import codes, state
from monitor.models.cases import EVENT_COLUMNS, SEVERITIES, Case, Event
from monitor.models.posts import Stage
from monitor.settings.desk import Desk
from monitor.settings.loading import Store
from monitor.settings.zones import zone_named
from monitor.store import hashing
from monitor.store.cases import case_mentions
from monitor.store.cases import cases as stored
from tests.benchmarks import database

_CHUNK = 10_000
_CATEGORIES = ("service", "product", "delivery", "billing", "digital", "policy", "other")
_CAUSES = ("", "", "almacén sin existencias", "error de facturación", "caída de la aplicación", "plazo mal explicado")
_PEOPLE = ("ana", "luis", "eva", "marta", "juan", "sara")
_WAY: tuple[Stage, ...] = ("acknowledged", "assessed", "investigating", "answered", "closed")
_TIME = pa.timestamp("us", tz="UTC")
_NUMBERS = ("event_id", "case_id", "mention_id", "undoes")
_TIMES = ("happened_at", "took_place_at")
_SCHEMA = pa.schema(
    [(n, pa.int64() if n in _NUMBERS else _TIME if n in _TIMES else pa.string()) for n in EVENT_COLUMNS]
)
_AROUND = """
INSERT INTO customers SELECT 'C' || i, 'Cliente ' || i, (hash(i) % 900000) / 100.0, hash(i, 1) % 15,
    current_date - (hash(i, 2) % 900)::INTEGER, ['low', 'low', 'medium', 'large', 'top'][1 + i % 5], now()
    FROM range({customers}) t(i);
INSERT INTO handles SELECT ['x', 'facebook'][1 + i % 2], 'cliente' || i, 'C' || i,
    CASE WHEN i % 97 = 0 THEN 'suggested' ELSE 'imported' END, '', NULL, NULL FROM range({customers}) t(i);
INSERT INTO surveys (survey_id, case_id, closed_at, owner, language, asked_at, asked_by, expires_at, answered_at,
    satisfaction, recommend, comment, source)
    SELECT nextval('survey_ids'), case_id, resolved_at, owner, 'es', resolved_at, owner,
    resolved_at + INTERVAL 30 DAY, CASE WHEN case_id % 3 = 0 THEN resolved_at + INTERVAL 1 DAY END,
    CASE WHEN case_id % 3 = 0 THEN 1 + hash(case_id) % 5 END, CASE WHEN case_id % 3 = 0 THEN hash(case_id, 1) % 11 END,
    '', CASE WHEN case_id % 3 = 0 THEN 'page' END FROM cases WHERE stage = 'closed';
INSERT INTO follow_ups SELECT nextval('follow_up_ids'), case_id, resolved_at, resolved_at + INTERVAL 7 DAY,
    CASE WHEN resolved_at < now() - INTERVAL 10 DAY THEN 'done' ELSE 'planned' END, 'escucha', NULL, NULL, NULL, NULL,
    '' FROM cases WHERE stage = 'closed';
"""


def fill(path: Path, count: int, *, mentions: int) -> Store:
    """A database with `count` cases of some ten events each among `mentions`; made once, found again after."""
    kept = Store(url=str(path))
    with store.connect(kept) as connection:
        if connection.execute("SELECT count(*) FROM cases").fetchall()[0][0]:
            return kept
    database.fill(path, mentions, labels=True)
    with store.connect(kept, read_only=True) as connection:
        complaints = connection.execute(
            """
            SELECT mention_id, brand, network, thread_id, author, posted_at
            FROM classifications JOIN mentions USING (mention_id, posted_at)
            JOIN matches USING (mention_id, network, posted_at)
            WHERE decision = 'complaint' ORDER BY posted_at DESC LIMIT ?
            """,
            [count],
        ).fetchall()[::-1]
    chosen = random.Random(1)
    head, events = "", 0
    for start in range(0, len(complaints), _CHUNK):
        made = [_worked(*one, chosen) for one in enumerate(complaints[start : start + _CHUNK], start + 1)]
        kept_events = []
        for event in (event for _, told in made for event in told):
            events += 1
            numbered = replace(event, event_id=events)
            head = hashing.digest(head, numbered)
            kept_events.append(replace(numbered, hash=head))
        _write(kept, [case for case, _ in made], kept_events, head, events)
        print(f"  {start + len(made):,} of {count:,} cases, {events:,} events", flush=True)
    with store.connect(kept) as connection:
        connection.execute(_AROUND.format(customers=count // 4))
        connection.execute("SELECT nextval('case_ids') FROM range(?)", [count])
        connection.execute("SELECT nextval('event_ids') FROM range(?)", [events])
    return kept


def _worked(case_id: int, complaint: tuple[Any, ...], chosen: random.Random) -> tuple[Case, list[Event]]:
    """A case of this complaint with the history of one that was worked on since."""
    mention_id, brand, network, thread_id, author, posted_at = complaint
    at = posted_at.astimezone(UTC)
    owner = chosen.choice(_PEOPLE)
    told = [_event(case_id, at, "escucha", "opened", stage="received", mention_id=mention_id)]
    now = datetime.now(UTC)
    old = now - at > timedelta(days=chosen.choice((10, 20, 60)))
    way = _WAY if old else _WAY[: chosen.randint(0, 4)]
    for stage in way:
        at += timedelta(hours=chosen.uniform(0.2, 30))
        told.append(_event(case_id, at, owner, "stage", stage=stage, **_agreed(stage, chosen)))
        if stage in ("acknowledged", "answered"):
            told.append(_event(case_id, at + timedelta(minutes=5), owner, "sent", note="Hola, lo miramos."))
        elif stage == "assessed":
            told.append(_event(case_id, at + timedelta(minutes=5), owner, "field", field="category", became="billing"))
        elif stage == "investigating":
            told.append(_event(case_id, at + timedelta(minutes=1), owner, "note", note="Pedido a almacén"))
    if old and chosen.random() < 0.05:
        told.append(_event(case_id, at + timedelta(days=2), "escucha", "stage", stage="reopened"))
    case = Case(
        case_id, codes.format_code(case_id), brand, network, thread_id, author, "es", "received", told[0].happened_at,
        "escucha", told[0].happened_at, told[0].happened_at, min(told[-1].happened_at, now), 1 + len(told),
        category=chosen.choice(_CATEGORIES), severity=chosen.choice(SEVERITIES), owner=owner if way else "",
        root_cause=chosen.choice(_CAUSES), tags=chosen.choice(("", "vip", "prensa vip")), reach=chosen.randint(0, 40),
        contacts=chosen.randint(1, 4), cost=chosen.choice((None, None, 12.5, 40.0)),
        lost_reason=chosen.choice((None, None, None, "price", "service")), agreement="agreed" if old else None,
        customer_id=f"C{case_id % 50_000}" if chosen.random() < 0.3 else None,
    )  # fmt: skip
    return state.derive(case, tuple(told), Desk(), zone_named("Europe/Madrid")), told


def _agreed(stage: Stage, chosen: random.Random) -> dict[str, Any]:
    return {"field": "agreement", "became": chosen.choice(("agreed", "no_answer"))} if stage == "closed" else {}


def _event(case_id: int, at: datetime, actor: str, kind: Any, **facts: Any) -> Event:
    named: dict[str, Any] = dict.fromkeys(("stage", "mention_id", "field", "was", "became", "undoes", "took_place_at"))
    return Event(0, case_id, at, actor, kind, hash="", **{**named, "note": "", **facts})


def _write(kept: Store, cases: list[Case], events: list[Event], head: str, count: int) -> None:
    columns = [[getattr(event, name) for event in events] for name in EVENT_COLUMNS]
    with store.connect(kept) as connection:
        stored.insert(connection, cases)
        told = pa.table(columns, schema=_SCHEMA)
        connection.register("told", told)
        connection.execute(f"INSERT INTO case_events ({', '.join(EVENT_COLUMNS)}) SELECT * FROM told")
        connection.unregister("told")
        connection.execute("UPDATE chain SET events = ?, head = ?", [count, head])
        links = [(e.case_id, e.mention_id, case.brand) for case, e in zip(cases, _openings(events), strict=True)]
        case_mentions.link(connection, [(case_id, int(mention_id or 0), brand) for case_id, mention_id, brand in links])


def _openings(events: list[Event]) -> list[Event]:
    return [event for event in events if event.kind == "opened"]
