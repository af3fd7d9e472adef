from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dashboard.queries import periods
from monitor import store
from monitor.settings.loading import Settings


def test_a_period_is_whole_local_days() -> None:
    period = periods.last_days(7, date(2026, 3, 31), ZoneInfo("Europe/Madrid"))
    assert (period.first, period.days) == (date(2026, 3, 25), 7)
    assert period.start == datetime(2026, 3, 24, 23, tzinfo=UTC)
    assert period.end == datetime(2026, 3, 31, 22, tzinfo=UTC)  # summer time has begun
    assert period.before.end == period.start


@pytest.mark.parametrize(
    "name", ["Europe/Madrid", "America/Mexico_City", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]
)
def test_the_local_day_in_sql_is_the_calendar_day(settings: Settings, name: str) -> None:
    zone = ZoneInfo(name)
    start, end = datetime(2021, 1, 1, 3, 7, tzinfo=UTC), datetime(2023, 2, 1, tzinfo=UTC)
    day = periods.local_day_sql("moment", start, end, zone)
    with store.connect(settings.store) as connection:
        rows = connection.execute(
            f"SELECT moment, {day}::INTEGER FROM generate_series($1, $2, INTERVAL '17 minutes') t(moment)", [start, end]
        ).fetchall()
    for at, local_day in rows:
        assert date(1970, 1, 1) + timedelta(days=local_day) == at.astimezone(zone).date()
