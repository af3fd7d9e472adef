"""In which zone the times of a file without offset were written."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from monitor import networks
from monitor.sources.files.ids.written import bare_id
from monitor.tables import times
from monitor.tables.clock import titles
from monitor.tables.clock.zones import named_zone, zone_in_header, zone_name
from monitor.tables.columns import bare_name
from monitor.tables.layout import Layout
from monitor.tables.values import time_text, value_of

_FEW, _MOSTLY = 5, 0.9
"""Rows that prove nothing, and the share of rows that does."""
_LINE = 80
"""Characters of a line that a note shows."""
ZONE_NAMES = frozenset(
    {"timezone", "tz", "zonahoraria", "husohorario", "fusohorario", "utcoffset", "gmtoffset", "tzoffset"}
    | {"timezoneoffset", "offsetutc"}
)
"""Bare names of columns that say the zone of a row's time; a person's own zone is another thing."""


def with_zone(layout: Layout, sample: Sequence[Mapping[str, Any]], zone_is_named: bool) -> Layout:
    """The layout, with where times without offset were written, and the notes on it.

    A person's word counts first, then a column of zones, the header, what the layout says.
    """
    return _checked(_zoned(layout, sample, zone_is_named), sample)


def with_changes(layout: Layout, sample: Sequence[Mapping[str, Any]]) -> Layout:
    """The layout, with a note on times that clocks which were put forward left out, or that they told twice."""
    found = dict[str, list[str]]()
    for row in sample if layout.zone_column is None else ():
        value = time_text(row, layout.columns)
        if value and not times.is_whole_day(value):
            found.setdefault(times.clock_change(value, layout.time_zone, layout.day_first), []).append(value)
    zone = zone_name(layout.time_zone)
    if absent := found.get("absent"):
        layout = layout.with_note(
            f"{absent[0]} never was in {zone}, where clocks were put forward: read an hour later ({len(absent):,} rows)"
        )
    if twice := found.get("twice"):
        layout = layout.with_note(
            f"{twice[0]} was twice in {zone}, where clocks were put back: read as the first ({len(twice):,} rows)"
        )
    return layout


def _zoned(layout: Layout, sample: Sequence[Mapping[str, Any]], zone_is_named: bool) -> Layout:
    if zone_is_named:
        said = zone_name(layout.time_zone)
        if other := _said_by_file(layout, sample):
            told, where = other
            if told != said:
                note = f"times without offset are read as {said}, as was said, though the file says {told} ({where})"
                return layout.with_note(f"{note}: without --time-zone the file is followed")
        return layout.with_note(f"times without offset are read as {said}, as was said")
    zone_column = layout.zone_column or _zone_column(layout, sample)
    if zone_column:
        note = f"times without offset are read as {zone_column} says"
        return replace(layout.with_note(note), zone_column=zone_column)
    if written := _written_zone(layout):
        zone, column, line = written
        note = f"times without offset are read as {zone_name(zone)}, as the file says above its rows: {line}"
        if column:
            note = f"times without offset are read as {zone_name(zone)}, as the name of {column} says"
        return replace(layout.with_note(note), time_zone=zone)
    if layout.entry is None and (line_beside := titles.zone_beside(layout.form.titles)):
        layout = layout.with_note(f"above its rows the file names a zone that may be that of the times: {line_beside}")
    return layout.with_note(
        f"times without offset are read as {zone_name(layout.time_zone)}; --time-zone names another"
    )


def _said_by_file(layout: Layout, sample: Sequence[Mapping[str, Any]]) -> tuple[str, str] | None:
    """The zone that the file itself names, and where; None: it names none."""
    zone_column = layout.zone_column or _zone_column(layout, sample)
    if zone_column:
        zones = dict.fromkeys(value for row in sample if (value := value_of(row, zone_column)))
        named = [zone_name(zone) for value in zones if (zone := named_zone(value))]
        differing = next((zone for zone in named if zone != zone_name(layout.time_zone)), None)
        return (differing, zone_column) if differing else None
    written = _written_zone(layout)
    return (zone_name(written[0]), written[1] or written[2]) if written else None


def _written_zone(layout: Layout) -> tuple[tzinfo, str, str] | None:
    """The zone that the file names for all its times, the column whose name says so and the line above the rows.

    One of the two is ''.
    """
    for column in (layout.columns.posted_at, layout.columns.time_of_day):
        if column and (zone := zone_in_header(column)):
            return zone, column, ""
    declared = titles.zone_in_titles(layout.form.titles)
    return (declared[0], "", declared[1][:_LINE]) if declared else None


def _zone_column(layout: Layout, sample: Sequence[Mapping[str, Any]]) -> str | None:
    for column in layout.form.header:
        if bare_name(column) in ZONE_NAMES:
            values = [value for row in sample if (value := value_of(row, column))]
            if values and all(map(named_zone, values)):
                return column
    return None


def _checked(layout: Layout, sample: Sequence[Mapping[str, Any]]) -> Layout:
    """X's ids know the true time: says so when times without an offset were written in another zone than was named."""
    profile = networks.profile(layout.network)
    if not profile.post_ids or layout.rounded_ids or layout.zone_column:
        return layout
    if _common_offset(layout, sample, layout.time_zone) in (0, None):
        return layout
    offset = _common_offset(layout, sample, ZoneInfo("UTC"))
    if offset is None or offset % 60:
        return layout
    zone = f"Etc/GMT{-offset // 60:+d}" if offset else "UTC"  # the sign of these names is turned round
    return layout.with_note(
        f"by {profile.display_name}'s ids these times are {offset // 60:+d} h from UTC: --time-zone {zone} is right",
    )


def _common_offset(layout: Layout, sample: Sequence[Mapping[str, Any]], zone: tzinfo) -> int | None:
    """Minutes by which times without offset, read in `zone`, are ahead of their ids; -1: they differ; None: none."""
    spans = Counter(span for row in sample if (span := _offset_minutes(layout, row, zone)) is not None)
    if sum(spans.values()) < _FEW:
        return None
    span, count = spans.most_common(1)[0]
    return span if count > _MOSTLY * sum(spans.values()) else -1


def _offset_minutes(layout: Layout, row: Mapping[str, Any], zone: tzinfo) -> int | None:
    value, post_id = time_text(row, layout.columns), bare_id(row, layout.columns.id)
    post_ids = networks.profile(layout.network).post_ids
    posted_at = post_ids.time(post_id) if post_id and post_ids else None
    if value is None or posted_at is None or "without" not in times.time_format(value):
        return None
    try:
        return round((times.to_utc(value, zone, layout.day_first is not False) - posted_at).total_seconds() / 60)
    except ValueError:
        return None
