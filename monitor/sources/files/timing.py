"""When the posts of a file were made: how its times are written, where, and in which order of day and month."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitor import networks
from monitor.errors import UnexpectedAnswer
from monitor.tables import times
from monitor.tables.columns import columns_hint
from monitor.tables.layout import FAULT, FileFormat, Layout, PostColumns, ReadProgress
from monitor.tables.rows import rows
from monitor.tables.values import id_of, time_text

_SAMPLE = 2_000
_DATE_SAMPLE = 200_000
"""Rows whose times are looked at, and rows read when they leave open which of 03/04/2020 is the day."""
_FEW, _MOSTLY = 5, 0.9
"""Rows that prove nothing, and the share of rows that does."""
_LONGEST_TIME = 100
"""Characters of what may be a time."""
_NAME_TIMES = (
    "call the one that does posted_at, or import the file by hand: escucha import FILE --column posted_at=NAME"
)


def with_times(layout: Layout, sample: Sequence[Mapping[str, Any]]) -> Layout:
    """The layout, with how its times are read and the notes on them. Raises UnexpectedAnswer when it has none."""
    sample = sample[:: max(1, len(sample) // _SAMPLE)]
    column = layout.columns.posted_at
    if column is None:
        return _without_times(layout, sample)
    values = [value for row in sample if (value := time_text(row, layout.columns))]
    kinds = Counter(kind for value in values if (kind := times.time_format(value)))
    if not kinds:
        raise UnexpectedAnswer(
            f"column {column} of {layout.path.name} holds no times that can be read: {_NAME_TIMES}"
            f"{columns_hint(layout.form.header)}"
        )
    layout = layout.with_note(_formats_note(column, kinds, len(values)))
    if any("without" in kind or "days" in kind for kind in kinds):
        layout = layout.with_note(f"times without offset are read as {layout.time_zone.key}; --time-zone names another")
        layout = _with_zone_check(layout, sample)
    return _with_order(layout, values)


def _without_times(layout: Layout, sample: Sequence[Mapping[str, Any]]) -> Layout:
    ids = [id_of(row, layout.columns.id) for row in sample]
    profile = networks.profile(layout.network)
    if profile.post_ids and not layout.rounded_ids:
        readable_times = sum(post_id is not None and profile.post_ids.time(post_id) is not None for post_id in ids)
        if readable_times > len(ids) * 0.9:
            note = f"no column holds times: {profile.display_name}'s ids tell them"
            return replace(layout.with_note(note), times_from_ids=True)
    raise UnexpectedAnswer(
        f"no column of {layout.path.name} holds the time of the posts, which the clocks of cases need: "
        f"{_NAME_TIMES}{columns_hint(layout.form.header)}"
    )


def _with_order(layout: Layout, values: Sequence[str]) -> Layout:
    """Decides between day and month first by all dates of the sample, or farther when those fit both."""
    day, month, either = times.count_date_orders(list(values))
    if not day + month + either:
        return layout
    if not day and not month:
        day, month, _ = times.count_date_orders(_all_times(layout.path, layout.form, layout.columns))
    if day == month == 0:
        return layout.with_note("dates such as 03/04/2020 fit both orders: they are read day first")
    day_first = day >= month
    doubt = f"; {min(day, month)} of the dates looked at do not fit that" if day and month else ""
    return replace(
        layout.with_note(f"dates are read {'day' if day_first else 'month'} first{doubt}"), day_first=day_first
    )


def _all_times(path: Path, file_format: FileFormat, columns: PostColumns) -> list[str]:
    numbered_rows = islice(rows(path, file_format, 0, ReadProgress()), _DATE_SAMPLE)
    values = (time_text(row, columns) for _, _, row in numbered_rows if FAULT not in row)
    return [value for value in values if value and len(value) <= _LONGEST_TIME]


def _with_zone_check(layout: Layout, sample: Sequence[Mapping[str, Any]]) -> Layout:
    """X's ids know the true time: says so when times without an offset were written in another zone than was named."""
    profile = networks.profile(layout.network)
    if not profile.post_ids or layout.rounded_ids:
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


def _common_offset(layout: Layout, sample: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> int | None:
    """Minutes by which times without offset, read in `zone`, are ahead of their ids; -1: they differ; None: none."""
    spans = Counter(span for row in sample if (span := _offset_minutes(layout, row, zone)) is not None)
    if sum(spans.values()) < _FEW:
        return None
    span, count = spans.most_common(1)[0]
    return span if count > _MOSTLY * sum(spans.values()) else -1


def _offset_minutes(layout: Layout, row: Mapping[str, Any], zone: ZoneInfo) -> int | None:
    value, post_id = time_text(row, layout.columns), id_of(row, layout.columns.id)
    post_ids = networks.profile(layout.network).post_ids
    posted_at = post_ids.time(post_id) if post_id and post_ids else None
    if value is None or posted_at is None or "without" not in times.time_format(value):
        return None
    try:
        return round((times.to_utc(value, zone) - posted_at).total_seconds() / 60)
    except ValueError:
        return None


def _formats_note(column: str, kinds: Counter[str], total: int) -> str:
    formats = ", ".join(f"{kind} ({100 * count / total:.0f} %)" for kind, count in kinds.most_common())
    unread = total - sum(kinds.values())
    return f"times in {column}: {formats}" + (f"; {unread} of {total} looked at cannot be read" if unread else "")
