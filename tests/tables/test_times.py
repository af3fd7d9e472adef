"""Written times: the forms of programs, pages and people, their zones, and what only looks like a time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.tables.clock.zones import named_zone, zone_in_header, zone_name
from monitor.tables.times import RELATIVE, time_format, to_utc

MADRID = ZoneInfo("Europe/Madrid")
COLLECTED = datetime(2026, 3, 20, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "January 12, 2026 at 3:05 PM",
        "Monday, January 12, 2026 at 3:05pm",
        "Mon Jan 12 15:05:00 2026",
        "Jan. 12, 2026, 3:05 p.m.",
        "January 12th, 2026 15:05",
        "12th of January 2026 15:05",
        "Jan 12, 2026, 3:05:00\u202fPM",
        "3:05 PM · Jan 12, 2026",
        "15:05 12/01/2026",
        "2026 Jan 12 15:05",
        "2026-01-12 15.05.00",
        "2026/01/12 3:05 PM",
        "12 de enero de 2026, 15:05 h",
        "lun., 12 ene. 2026 15:05",
        "lunes 12 de enero de 2026 a las 3:05 p. m.",
        "12-ene-26 15:05",
        "12 de janeiro de 2026 às 15h05",
        "12 de gener de 2026 15:05",
        "12 d’octubre de 2026 15:05",
        "12 janvier 2026 à 15:05",
        "12. Januar 2026 um 15:05 Uhr",
        "12.01.2026 15:05 Uhr",
    ],
)
def test_clocks_of_madrid(written: str) -> None:
    month = 10 if "octubre" in written else 1
    assert to_utc(written, MADRID) == datetime(2026, month, 12, 15, 5, tzinfo=MADRID)
    assert time_format(written).endswith("without offset")


@pytest.mark.parametrize(
    "written",
    [
        "Thu Sep 02 15:00:00 EDT 2021",
        "Thu Sep 02 2021 15:00:00 GMT-0400 (Eastern Daylight Time)",
        "Thursday, September 2, 2021 at 3:00pm EDT",
        "2021-09-02 15:00:00.123456789 -0400 EDT m=+0.000012",
        "2021-09-02 15:00:00 America/New_York",
        "2021-09-02T15:00:00-04:00[America/New_York]",
        "2021-09-02 15:00 GMT-4",
        "2021-09-02 15:00 (GMT-4)",
        "2021-09-02 15:00:00 (hora de Nueva York)",
        "02 Sep 2021 15:00 (EDT)",
        "02/Sep/2021:15:00:00 -0400",
        "Sep 2, 2021 7:00:00 PM UTC",
        "2021-09-02T15:00:00[America/New_York]",
        "20210902T190000Z",
        "1630609200",
        "1630609200.75",
        "1630609200000",
        "1630609200000000",
        "/Date(1630609200000)/",
    ],
)
def test_times_that_say_their_zone(written: str) -> None:
    assert to_utc(written, MADRID).replace(microsecond=0) == datetime(2021, 9, 2, 19, tzinfo=UTC)
    assert "without" not in time_format(written)


@pytest.mark.parametrize(
    ("written", "day", "hour"),
    [
        ("hace 3 sem", 27, 10),
        ("Hace 3 semanas", 27, 10),
        ("3 weeks ago", 27, 10),
        ("3w", 27, 10),
        ("Editado hace 2 días", 18, 10),
        ("há 2 dias", 18, 10),
        ("2 dias atrás", 18, 10),
        ("2 days ago", 18, 10),
        ("ayer", 19, 10),
        ("yesterday at 3:00 PM", 19, 14),
        ("hace una hora", 20, 9),
        ("hace 30 min", 20, 9),
        ("just now", 20, 10),
    ],
)
def test_times_told_from_when_they_were_seen(written: str, day: int, hour: int) -> None:
    told = to_utc(written, MADRID, collected_at=COLLECTED)
    assert (told.day, told.hour) == (day, hour)
    assert time_format(written) == RELATIVE
    with pytest.raises(ValueError, match="counts from"):
        to_utc(written, MADRID)


@pytest.mark.parametrize(
    "written",
    [
        *("maleta", "3 mil", "5 estrellas", "marketing 5, 2021", "vuelo 12 2021", "12 mar", "mañana", "31/31/2025"),
        *("La maleta 3 no llegó en 2021", "25:00 02/01/2026", "2026-01-12 15:99", "Sep 2", "1 2 3", "12345678901"),
        *("1.63E+12", "2021-09-02 15:00 (XKT)", "2021-09-02 15:00 (aprox.)"),
    ],
)
def test_what_is_no_full_date(written: str) -> None:
    assert not time_format(written)


def test_two_readings_are_none_where_nothing_decides() -> None:
    with pytest.raises(ValueError, match="either way round"):
        to_utc("03/04/2026 10:00", MADRID, None)
    assert to_utc("13/04/2026 12:00", MADRID, None).month == 4
    assert to_utc("04/13/2026 12:00", MADRID, None).month == 4
    assert to_utc("04/04/2026 12:00", MADRID, None).day == 4


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Timestamp (UTC)", "UTC"),
        ("created_utc", "UTC"),
        ("createdAtUtc", "UTC"),
        ("post_date_gmt", "UTC"),
        ("Fecha (GMT-5)", "UTC-05:00"),
        ("Date (UTC+5:30)", "UTC+05:30"),
        ("Hora UTC-05:00", "UTC-05:00"),
        ("Date [America/Bogota]", "America/Bogota"),
        ("Fecha (hora de Bogotá)", "America/Bogota"),
        ("Fecha (Colombia)", "America/Bogota"),
        ("Date (PST)", "America/Los_Angeles"),
        ("Created (Eastern Time (US & Canada))", "America/New_York"),
        ("Fecha (CET)", "Europe/Madrid"),
        ("fecha", None),
        ("fecha_est", None),
        ("Fecha (hora local)", None),
        ("Date (MM/DD/YYYY)", None),
    ],
)
def test_zones_in_headers(name: str, zone: str | None) -> None:
    found = zone_in_header(name)
    assert (zone_name(found) if found else None) == zone


@pytest.mark.parametrize(
    ("cell", "hours"),
    [("-0500", -5), ("-5", -5), ("-18000", -5), ("COT", -5), ("america/bogota", -5), ("UTC", 0), ("+02:00", 2)],
)
def test_zones_in_cells(cell: str, hours: int) -> None:
    assert datetime(2026, 1, 1, tzinfo=named_zone(cell)).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize("cell", ["", "xx", "3 days", "99", "hoy"])
def test_cells_that_name_no_zone(cell: str) -> None:
    assert named_zone(cell) is None
