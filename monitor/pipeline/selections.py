"""Which cases a selection of the settings, or of a command, means today."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor.models.exports import CaseSelection
from monitor.settings.selections import SavedSelection

# Days from which on, and to which, no bound is left: midnights beyond are no times in every zone.
_FIRST, _LAST = date.min + timedelta(days=2), date.max - timedelta(days=2)


def selected(saved: SavedSelection, zone: ZoneInfo, now: datetime) -> CaseSelection:
    """The cases; days begin and end at midnight in `zone`, the first and the last included."""
    today = now.astimezone(zone).date()
    since = today - timedelta(days=saved.days - 1) if saved.days else saved.since
    until = saved.until if saved.until and saved.until < _LAST else None
    return CaseSelection(
        since=_midnight(since, zone) if since and since > _FIRST else None,
        until=_midnight(until + timedelta(days=1), zone) if until else None,
        brands=saved.brands,
        networks=saved.networks,
        stages=saved.stages,
        owners=saved.owners,
        categories=saved.categories,
    )


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
