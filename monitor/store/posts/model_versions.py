"""Versions of the classifier's heads that were learned from corrections, and which of them is in force."""

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from monitor.store.connection import Connection
from monitor.store.restores import numbers

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OwnDecisions:
    """What thresholds of a language rest on that a version has from the team itself: how many different texts.

    `drawn` are those of the random sample, 0 where they were too few to tell what is put aside rightly.
    """

    decisions: int
    drawn: int


@dataclass(frozen=True, slots=True)
class HeadFigures:
    """How a version's head did when it was made; macro F1 in 0..1, log loss in nats, before and after learning.

    On the corrections by cross-validation, on the reference set as the mean over languages. `texts` counts different
    corrected texts. A head that did not get better is not `learned`: the version has its older weights.
    """

    texts: int
    learned: bool
    f1: tuple[float, float]
    log_loss: tuple[float, float]
    reference_f1: tuple[float, float]
    reference_log_loss: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Version:
    """A learned version. It fits only a classifier whose shipped heads have this `fingerprint`.

    `thresholds` are by language, "" for those that have none of their own.
    """

    version: str
    base: str
    fingerprint: str
    made_at: datetime
    corrections: int
    figures: Mapping[str, HeadFigures]
    thresholds: Mapping[str, OwnDecisions] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ActiveVersion:
    """Which version was made active last, and when; `learned` is None for the shipped heads."""

    version: str
    since: datetime
    learned: Version | None


def all_versions(connection: Connection) -> list[Version]:
    """All learned versions, the latest first, those of other models too."""
    rows = connection.execute(
        """
        SELECT version, base, fingerprint, made_at, corrections, figures, thresholds
        FROM versions ORDER BY made_at DESC, version DESC
        """
    ).fetchall()
    return [
        Version(name, base, fingerprint, made_at, count, _figures(figures_json), _own_decisions(thresholds_json))
        for name, base, fingerprint, made_at, count, figures_json, thresholds_json in rows
    ]


def active(connection: Connection, fingerprint: str) -> ActiveVersion | None:
    """What was made active last for these shipped heads; None when nothing was learned yet."""
    row = connection.execute(
        "SELECT version, activated_at FROM activations WHERE fingerprint = ? ORDER BY activation_id DESC LIMIT 1",
        [fingerprint],
    ).fetchone()
    if row is None:
        return None
    matching = (
        version
        for version in all_versions(connection)
        if (version.version, version.fingerprint) == (row[0], fingerprint)
    )
    return ActiveVersion(row[0], row[1], next(matching, None))


def heads(connection: Connection, version: str) -> dict[str, Any]:
    """The heads of a learned version, as `classify.heads.read` takes them. Raises KeyError when there is none."""
    row = connection.execute("SELECT heads FROM versions WHERE version = ?", [version]).fetchone()
    if row is None:
        raise KeyError(version)
    stated_heads: dict[str, Any] = json.loads(row[0])
    return stated_heads


def next_name(connection: Connection, base: str) -> str:
    """The name of the next version learned from `base`: <base>+learned-1, -2, and so on."""
    names = connection.execute("SELECT version FROM versions WHERE base = ?", [base]).fetchall()
    last = max((int(name.rpartition("-")[2]) for (name,) in names), default=0)
    if numbers.epoch(connection) is not None:  # each was put in force once, so no lost one has a higher number
        last = max(last, numbers.read(connection).numbers["activation_ids"])
    return f"{base}+learned-{last + 1}"


def save(connection: Connection, version: Version, stated_heads: Mapping[str, Any]) -> None:
    """Keeps a version with its heads, without making it active."""
    figures_by_head = {head: asdict(figures) for head, figures in version.figures.items()}
    thresholds = {language: asdict(own) for language, own in version.thresholds.items()}
    facts = [version.version, version.base, version.fingerprint, version.made_at, version.corrections]
    connection.execute(
        """
        INSERT INTO versions (version, base, fingerprint, made_at, corrections, heads, figures, thresholds)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [*facts, json.dumps(stated_heads), json.dumps(figures_by_head), json.dumps(thresholds)],
    )


def activate(connection: Connection, version: str, fingerprint: str, now: datetime) -> None:
    """From now on classifiers with these shipped heads use `version`, which may be the name of the shipped heads."""
    connection.execute(
        "INSERT INTO activations VALUES (nextval('activation_ids'), ?, ?, ?)", [fingerprint, version, now]
    )
    logger.debug("activation saved", extra={"version": version})


def requeue(connection: Connection, model: str, since: datetime | None) -> int:
    """Queues what another model has classified, posted since then, for the classifier once more. Returns how many.

    What waits already is not queued twice; cases and corrections stay as they are.
    """
    rows = connection.execute(
        """
        INSERT INTO pending
        SELECT 'classify', c.mention_id FROM classifications c
        WHERE c.current AND c.model <> $model AND ($since::TIMESTAMPTZ IS NULL OR c.posted_at >= $since)
        AND NOT EXISTS (SELECT 1 FROM pending p WHERE p.step = 'classify' AND p.mention_id = c.mention_id)
        AND NOT EXISTS (SELECT 1 FROM mentions m WHERE m.mention_id = c.mention_id AND m.deleted_at IS NOT NULL)
        """,
        {"model": model, "since": since},
    ).fetchall()
    return int(rows[0][0])


def _figures(figures_json: str) -> dict[str, HeadFigures]:
    return {
        head: HeadFigures(figures["texts"], figures["learned"], *(tuple(figures[name]) for name in _PAIRS))
        for head, figures in json.loads(figures_json).items()
    }


def _own_decisions(thresholds_json: str | None) -> dict[str, OwnDecisions]:
    return {language: OwnDecisions(**own) for language, own in json.loads(thresholds_json or "{}").items()}


_PAIRS = ("f1", "log_loss", "reference_f1", "reference_log_loss")
