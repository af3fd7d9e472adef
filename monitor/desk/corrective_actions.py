"""Corrective actions: what is done against a root cause, and whether its complaints became fewer."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor import store
from monitor.access.permitted import permitted
from monitor.access.roles import Permission
from monitor.cases import recurrence
from monitor.cases.recurrence import CauseCounts, Effect
from monitor.errors import Refusal
from monitor.settings.loading import Settings
from monitor.store import Connection
from monitor.store.cases import corrective_actions
from monitor.store.cases.corrective_actions import Action
from monitor.store.metrics import voices
from monitor.store.metrics.voices import EVERYONE, Speakers

_MOST = 50
_UTC = ZoneInfo("UTC")


@permitted(Permission.CORRECTIVE_ACTIONS)
def plan_action(
    settings: Settings, root_cause: str, title: str, *, owner: str = "", note: str = "", actor: str, now: datetime
) -> Action:
    """Plans something against a root cause. Raises EscuchaError when either has no words."""
    cause, words = " ".join(root_cause.split()), " ".join(title.split())
    if not cause or not words:
        raise Refusal("action_words", "a corrective action needs the root cause it is against and a title")
    with store.connect(settings.store) as connection:
        return corrective_actions.add(
            connection, cause, words, owner=owner.strip(), note=note.strip(), actor=actor, now=now
        )


@permitted(Permission.CORRECTIVE_ACTIONS)
def finish_action(settings: Settings, action_id: int, *, actor: str, now: datetime) -> Action:
    """Says that it has been done now: what follows is compared with what was before."""
    del actor  # whom `permitted` asks for
    with store.connect(settings.store) as connection:
        return corrective_actions.set_done(connection, action_id, now)


@permitted(Permission.CORRECTIVE_ACTIONS)
def reopen_action(settings: Settings, action_id: int, *, actor: str) -> Action:
    """Says that it has not been done after all."""
    del actor  # whom `permitted` asks for
    with store.connect(settings.store) as connection:
        return corrective_actions.set_done(connection, action_id, None)


def outcomes(
    connection: Connection, now: datetime, zone: ZoneInfo = _UTC, who: Speakers = EVERYONE
) -> list[tuple[Action, Effect | None]]:
    """The last 50 actions, those to be done first, and what those that were done have changed.

    Compared are as many whole days of the desk's zone before and after as have passed, at most 90; the day itself is
    in neither. `who` tells the mentions they are measured by from what our accounts say.
    """
    planned = corrective_actions.newest(connection, _MOST)
    done = [action for action in planned if action.done_at]
    if not done:
        return [(action, None) for action in planned]
    done_days = {action.action_id: _day(action.done_at, zone) for action in done if action.done_at}
    since = min(done_days.values()) - timedelta(days=recurrence.MOST_DAYS)
    causes = [action.root_cause for action in done]
    complaints = corrective_actions.complaints_by_day(connection, causes, since, zone)
    began = datetime.combine(since, time(), zone).astimezone(UTC)
    mentions = voices.by_day(connection, began, now, zone, who)
    today = _day(now, zone)
    return [
        (
            action,
            _effect(done_days[action.action_id], today, complaints.get(action.root_cause, {}), mentions)
            if action.action_id in done_days
            else None,
        )
        for action in planned
    ]


def _effect(
    done: date, today: date, complaints: Mapping[date, tuple[int, int]], mentions: Mapping[date, int]
) -> Effect:
    length = min(max((today - done).days - 1, 0), recurrence.MOST_DAYS)
    steps = [timedelta(days=at) for at in range(1, length + 1)]
    return recurrence.effect(
        _window([done - step for step in steps], complaints, mentions),
        _window([done + step for step in steps], complaints, mentions),
    )


def _window(
    days: Sequence[date], complaints: Mapping[date, tuple[int, int]], mentions: Mapping[date, int]
) -> CauseCounts:
    counts = [complaints.get(day, (0, 0)) for day in days]
    return CauseCounts(
        len(days),
        sum(total for total, _ in counts),
        sum(on_networks for _, on_networks in counts),
        sum(mentions.get(day, 0) for day in days),
    )


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
