"""What has been kept for as long as the settings say goes: counted, or done in steps that others work between."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from monitor import store
from monitor.exporters import registry
from monitor.logs.setup import log_file
from monitor.models.audit import AuditSubject, NewEntry
from monitor.privacy import erasure
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store import connection as connecting
from monitor.store.audit import entries
from monitor.store.privacy import ageing, locking

logger = logging.getLogger(__name__)

_ACTOR = "escucha"
_ABOUT: dict[str, AuditSubject] = {
    "posts": "posts", "cases": "cases", "received": "posts", "rejects": "posts", "exports": "exports", "logs": "file",
    "locked": "person",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Retained:
    """How many of each kind have been kept for their time; the names are those of the settings."""

    posts: int = 0
    cases: int = 0
    received: int = 0
    rejects: int = 0
    exports: int = 0
    logs: int = 0
    audit: int = 0
    locked: int = 0  # copies of erased people, whose day has come

    @property
    def n(self) -> int:
        """All of them."""
        return sum(getattr(self, column.name) for column in fields(self))


@dataclass(frozen=True, slots=True)
class _Log:
    """Who lets go, and when, for the audit log."""

    actor: str
    origin: str
    now: datetime

    def tell(self, connection: Connection, name: str, count: int) -> None:
        """Records in this transaction that so many of a kind go."""
        if count:
            told = NewEntry("retention", self.actor, self.origin, _ABOUT[name], field=name, count=count)
            entries.record(connection, told, now=self.now)


def due(settings: Settings, now: datetime) -> Retained:
    """How many would go now; nothing is changed. Raises StoreErrors."""
    limits = _limits(settings, now)
    counts: dict[str, int] = {}
    with store.connect(settings.store, read_only=True) as connection:
        counts["locked"] = locking.count_over(connection, now)
        for name, count in (
            ("posts", ageing.count_posts), ("cases", ageing.count_cases), ("received", ageing.count_received),
            ("rejects", ageing.count_rejects), ("audit", entries.count_before),
        ):  # fmt: skip
            if name in limits:
                counts[name] = count(connection, limits[name])
    return Retained(**counts, exports=len(_old_exports(settings, limits)), logs=len(list(_old_logs(settings, limits))))


def apply(settings: Settings, now: datetime, *, actor: str, origin: str) -> Retained:
    """Empties or deletes what has been kept for its time. Returns how many of each. Raises StoreErrors and OSError.

    What was done before an error stays done, and stands in the audit log, by `actor`, from `origin`. The database is
    written anew at the end, so that nothing is left of it. An erasure that was killed is ended too.
    """
    limits = _limits(settings, now)
    steps: dict[str, Callable[[Connection, datetime], int]] = {
        "cases": partial(_empty_cases, now=now),
        "posts": partial(_empty_posts, now=now),
        "received": ageing.delete_received,
        "rejects": ageing.empty_rejects,
    }
    log = _Log(actor, origin, now)
    counts = {
        name: _in_steps(settings, step, limits[name], log, name) for name, step in steps.items() if name in limits
    }
    exports, logs = _old_exports(settings, limits), list(_old_logs(settings, limits))
    with store.connect(settings.store) as connection:
        log.tell(connection, "exports", len(exports))
        log.tell(connection, "logs", len(logs))
    for destination, place in exports:
        registry.exporter(destination).remove(place)
    for path in logs:
        path.unlink(missing_ok=True)
    with store.connect(settings.store) as connection:
        counts["locked"] = locking.destroy(connection, now)
        log.tell(connection, "locked", counts["locked"])
        if "audit" in limits:
            counts["audit"] = entries.cut(connection, limits["audit"], actor=actor, origin=origin, now=now)
    done = Retained(**counts, exports=len(exports), logs=len(logs))
    if done.n > done.exports + done.logs:
        connecting.rewrite_erased(settings.store)
    erasure.finish_if_due(settings, actor=actor, now=now)
    logger.info("retention applied", extra={"count": done.n})
    return done


def _limits(settings: Settings, now: datetime) -> dict[str, datetime]:
    """Before when each kind goes; kinds that stay for ever are left out."""
    kept = settings.retention
    days = {
        "posts": kept.posts, "cases": kept.cases, "received": kept.received_days, "rejects": kept.rejects_days,
        "exports": kept.exports, "logs": kept.logs, "audit": kept.audit,
    }  # fmt: skip
    return {name: now - timedelta(days=limit) for name, limit in days.items() if limit}


def _in_steps(
    settings: Settings, step: Callable[[Connection, datetime], int], before: datetime, log: _Log, name: str
) -> int:
    """Each step is a transaction of its own, with the database free in between."""
    count = 0
    while True:
        with store.connect(settings.store) as connection:
            done = step(connection, before)
            log.tell(connection, name, done)
        if not done:
            return count
        count += done


def _empty_posts(connection: Connection, before: datetime, now: datetime) -> int:
    return ageing.empty_posts(connection, before, now)


def _empty_cases(connection: Connection, before: datetime, now: datetime) -> int:
    return ageing.empty_cases(connection, before, _ACTOR, now)


def _old_exports(settings: Settings, limits: dict[str, datetime]) -> list[tuple[str, str]]:
    """Destinations and places of what was handed over before then and still lies there."""
    if "exports" not in limits:
        return []
    with store.connect(settings.store, read_only=True) as connection:
        places = ageing.old_exports(connection, limits["exports"])
    return [(name, place) for name, place in places if registry.exporter(name).is_taken(place)]


def _old_logs(settings: Settings, limits: dict[str, datetime]) -> Iterator[Path]:
    """Files of the log that were turned over, and not written since then."""
    if "logs" in limits:
        file = log_file(settings)
        for path in file.parent.glob(f"{file.name}.*"):
            if path.name.removeprefix(f"{file.name}.").isdigit() and path.stat().st_mtime < limits["logs"].timestamp():
                yield path
