"""Everything that the perception report shows, read in one go."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.cases.recurrence import Effect
from monitor.cases.satisfaction import Counts
from monitor.desk import correcting
from monitor.store import Connection, metrics, metrics_flow, metrics_groups, metrics_heard, metrics_surveys
from monitor.store.actions import Action
from monitor.store.metrics import Speed
from monitor.store.metrics_flow import Day, Volume
from monitor.store.metrics_groups import By, Group, Repeats
from monitor.store.metrics_heard import Coverage, Week
from monitor.store.scope import Scope


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a month, and volume and speed of the one before.

    `comparable`: the month is over, and the one before was listened to whole.

    `lost` are customers by reason. `outcomes` are the corrective actions planned before the month's end.
    """

    scope: Scope
    comparable: bool
    weeks: tuple[Week, ...]
    volume: Volume
    volume_before: Volume
    speed: Speed
    speed_before: Speed
    days: tuple[Day, ...]
    groups: Mapping[By, tuple[Group, ...]]
    satisfaction: Counts
    agreements: Mapping[str, int]
    lost: int
    lost_by: Mapping[str, int]
    repeats: Repeats
    outcomes: tuple[tuple[Action, Effect | None], ...]
    coverage: Coverage

    @property
    def is_empty(self) -> bool:
        """Whether nothing was heard and no case was opened or closed."""
        return not (self.volume.mentions or self.volume.opened or self.volume.closed)


def read(connection: Connection, scope: Scope, now: datetime) -> Figures:
    """The figures of the scope's days."""
    lost, lost_by = metrics_groups.lost(connection, scope, now)
    told = correcting.outcomes(connection, now)
    return Figures(
        scope,
        scope.until <= now and _listened(connection, scope.earlier),
        metrics_heard.weeks(connection, scope),
        metrics_flow.volume(connection, scope, now),
        metrics_flow.volume(connection, scope.earlier, now),
        metrics.speed(connection, scope, now),
        metrics.speed(connection, scope.earlier, now),
        metrics_flow.days(connection, scope, now),
        metrics_groups.groups(connection, scope, now),
        Counts(*metrics_surveys.surveys(connection, scope, now)[0].counts),
        metrics_groups.agreements(connection, scope, now),
        lost,
        lost_by,
        metrics_groups.repeats(connection, scope, now),
        tuple((action, effect) for action, effect in told if action.planned_at < scope.until),
        metrics_heard.coverage(connection, scope, now),
    )


def _listened(connection: Connection, scope: Scope) -> bool:
    """Whether there are mentions in the first week of the period, so that a comparison speaks of a whole one."""
    return bool(
        connection.execute(
            "SELECT EXISTS (SELECT 1 FROM mentions WHERE posted_at >= $1 AND posted_at < $1 + INTERVAL 7 DAY LIMIT 1)",
            [scope.since],
        ).fetchall()[0][0]
    )
