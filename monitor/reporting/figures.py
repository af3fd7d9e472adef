"""Everything that the perception report shows, read in one go."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.cases.recurrence import Effect
from monitor.cases.satisfaction import Counts
from monitor.desk import corrective_actions
from monitor.store import Connection
from monitor.store.cases.corrective_actions import Action
from monitor.store.metrics import flow, listening, surveys
from monitor.store.metrics import groups as metrics_groups
from monitor.store.metrics import speed as metrics_speed
from monitor.store.metrics.flow import CaseFlowDay, Volume
from monitor.store.metrics.groups import By, Group, Repeats
from monitor.store.metrics.listening import Coverage, SentimentWeek
from monitor.store.metrics.scope import MetricsScope
from monitor.store.metrics.speed import Speed


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a month, and volume and speed of the one before.

    `comparable`: the month is over, and the one before was listened to whole.

    `lost` are customers by reason. `outcomes` are the corrective actions planned before the month's end.
    """

    scope: MetricsScope
    comparable: bool
    weeks: tuple[SentimentWeek, ...]
    volume: Volume
    volume_before: Volume
    speed: Speed
    speed_before: Speed
    days: tuple[CaseFlowDay, ...]
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
        heard = self.volume.mentions or self.volume.apart.n
        return not (heard or self.volume.opened or self.volume.closed)


def read(connection: Connection, scope: MetricsScope, now: datetime) -> Figures:
    """The figures of the scope's days."""
    lost, lost_by = metrics_groups.lost_customers(connection, scope, now)
    outcomes = corrective_actions.outcomes(connection, now, scope.zone, scope.speakers)
    return Figures(
        scope,
        scope.until <= now and _was_listened_to(connection, scope.previous),
        listening.weeks(connection, scope),
        flow.volume(connection, scope, now),
        flow.volume(connection, scope.previous, now),
        metrics_speed.speed(connection, scope, now),
        metrics_speed.speed(connection, scope.previous, now),
        flow.days(connection, scope, now),
        metrics_groups.groups(connection, scope, now),
        Counts(*surveys.surveys(connection, scope, now)[0].counts),
        metrics_groups.agreements(connection, scope, now),
        lost,
        lost_by,
        metrics_groups.repeats(connection, scope, now),
        tuple((action, effect) for action, effect in outcomes if action.planned_at < scope.until),
        listening.coverage(connection, scope, now),
    )


def _was_listened_to(connection: Connection, scope: MetricsScope) -> bool:
    """Whether there are mentions in the first week of the period, so that a comparison speaks of a whole one."""
    return bool(
        connection.execute(
            """
            SELECT EXISTS (
                SELECT 1 FROM mentions WHERE posted_at >= $1 AND posted_at < $1::TIMESTAMPTZ + INTERVAL '7 days' LIMIT 1
            )
            """,
            [scope.since],
        ).fetchall()[0][0]
    )
