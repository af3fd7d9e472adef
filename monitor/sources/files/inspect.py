"""Looking at a file before it is read: `inspect` says how it is laid out, and what it had to guess."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from monitor import networks
from monitor.errors import UnexpectedAnswer
from monitor.sources.files import columns as guessing
from monitor.tables import detect, times
from monitor.tables.layout import FAULT, Columns, Form, Layout, Position
from monitor.tables.rows import rows
from monitor.tables.values import flat_names, id_of, is_rounded, time_written, value_of

_SAMPLE, _LOOKED_AT = 10_000, 2_000
_FARTHER = 200_000
"""Rows read, those whose times are looked at, and rows read when they leave open which of 03/04/2020 is the day."""
_FEW, _MOSTLY = 5, 0.9
"""Rows that prove nothing, and the share of rows that does."""
_NONE: Mapping[str, str] = MappingProxyType({})


def inspect(path: Path, *, network: str, time_zone: ZoneInfo, columns: Mapping[str, str] = _NONE) -> Layout:
    """How the file is laid out. `columns` names columns by hand: {"text": "Mensaje"}; the keys are those of `Columns`.

    `time_zone` is where times without offset were written; `network` whose posts they are: the ids of "x" tell times.
    Raises UnexpectedAnswer, saying what to do, when the file cannot be read, a named column does not exist, or no
    column holds the text or the time. Reads at most the first 200,000 rows.
    """
    form = detect.guess(path)
    sample = [row for _, _, row in islice(rows(path, form, 0, Position()), _SAMPLE)]
    readable = [row for row in sample if FAULT not in row]
    if form.kind in ("json", "jsonl"):
        form = replace(form, header=tuple(dict.fromkeys(name for row in readable for name in flat_names(row))))
    if not sample:
        raise detect.no_rows(path, form.header)
    if not readable:
        raise UnexpectedAnswer(f"{path.name}: no row can be read, the first: {sample[0][FAULT]}; export it as CSV")
    found = guessing.find(form.header, readable, columns)
    layout = Layout(path, network, path.stat().st_size, form, found, time_zone)
    return _with_times(_with_ids(layout, readable), readable[:: max(1, len(readable) // _LOOKED_AT)])


def _with_ids(layout: Layout, sample: Sequence[Mapping[str, Any]]) -> Layout:
    if layout.columns.id is None:
        return _noted(layout, "no column holds ids: they are made from author, time and text")
    values = [value for row in sample if (value := value_of(row, layout.columns.id))]
    lost = sum(id_of(row, layout.columns.id) is None for row in sample)
    long = [value for value in values if value.isdigit() and len(value) > 16]
    rounded = len(long) >= _FEW and all(map(is_rounded, long))
    if rounded or (lost and lost > len(sample) / 2):
        note = f"a spreadsheet rounded the ids in {layout.columns.id}: they are made from author, time and text instead"
        return replace(_noted(layout, note), rounded_ids=rounded)
    return layout


def _with_times(layout: Layout, sample: Sequence[Mapping[str, Any]]) -> Layout:
    column = layout.columns.posted_at
    if column is None:
        return _without_times(layout, sample)
    values = [value for row in sample if (value := time_written(row, layout.columns))]
    kinds = Counter(kind for value in values if (kind := times.kind_of(value)))
    if not kinds:
        raise UnexpectedAnswer(
            f"column {column} holds no times that can be read; name another: --column posted_at=NAME"
            f"{guessing.columns_hint(layout.form.header)}"
        )
    layout = _noted(layout, _kinds_told(column, kinds, len(values)))
    if any("without" in kind or "days" in kind for kind in kinds):
        layout = _noted(layout, f"times without offset are read as {layout.time_zone.key}; --time-zone names another")
        layout = _compared_with_ids(layout, sample)
    return _with_order(layout, values)


def _without_times(layout: Layout, sample: Sequence[Mapping[str, Any]]) -> Layout:
    ids = [id_of(row, layout.columns.id) for row in sample]
    profile = networks.profile(layout.network)
    if profile.post_ids and not layout.rounded_ids:
        dated = sum(post_id is not None and profile.post_ids.time(post_id) is not None for post_id in ids)
        if dated > len(ids) * 0.9:
            note = f"no column holds times: {profile.display_name}'s ids tell them"
            return replace(_noted(layout, note), times_from_ids=True)
    raise UnexpectedAnswer(
        f"no column of {layout.path.name} holds the time of the posts, which the clocks of cases need; "
        f"name it: --column posted_at=NAME{guessing.columns_hint(layout.form.header)}"
    )


def _with_order(layout: Layout, values: Sequence[str]) -> Layout:
    """Decides between day and month first by all dates of the sample, or farther when those fit both."""
    day, month, either = times.order(list(values))
    if not day + month + either:
        return layout
    if not day and not month:
        day, month, _ = times.order(_all_times(layout.path, layout.form, layout.columns))
    if day == month == 0:
        return _noted(layout, "dates such as 03/04/2020 fit both orders: they are read day first")
    first = day >= month
    doubt = f"; {min(day, month)} of the dates looked at do not fit that" if day and month else ""
    return replace(_noted(layout, f"dates are read {'day' if first else 'month'} first{doubt}"), day_first=first)


def _all_times(path: Path, form: Form, columns: Columns) -> list[str]:
    every = islice(rows(path, form, 0, Position()), _FARTHER)
    return [value for _, _, row in every if FAULT not in row and (value := time_written(row, columns))]


def _compared_with_ids(layout: Layout, sample: Sequence[Mapping[str, Any]]) -> Layout:
    """X's ids know the true time: says so when times without an offset were written in another zone than was named."""
    profile = networks.profile(layout.network)
    if not profile.post_ids or layout.rounded_ids:
        return layout
    if _agreed(layout, sample, layout.time_zone) in (0, None):
        return layout
    ahead = _agreed(layout, sample, ZoneInfo("UTC"))
    if ahead is None or ahead % 60:
        return layout
    zone = f"Etc/GMT{-ahead // 60:+d}" if ahead else "UTC"  # the sign of these names is turned round
    return _noted(
        layout,
        f"by {profile.display_name}'s ids these times are {ahead // 60:+d} h from UTC: --time-zone {zone} is right",
    )


def _agreed(layout: Layout, sample: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> int | None:
    """Minutes by which times without offset, read in `zone`, are ahead of their ids; -1: they differ; None: none."""
    spans = Counter(span for row in sample if (span := _span(layout, row, zone)) is not None)
    if sum(spans.values()) < _FEW:
        return None
    span, count = spans.most_common(1)[0]
    return span if count > _MOSTLY * sum(spans.values()) else -1


def _span(layout: Layout, row: Mapping[str, Any], zone: ZoneInfo) -> int | None:
    value, own = time_written(row, layout.columns), id_of(row, layout.columns.id)
    post_ids = networks.profile(layout.network).post_ids
    made = post_ids.time(own) if own and post_ids else None
    if value is None or made is None or "without" not in times.kind_of(value):
        return None
    try:
        return round((times.to_utc(value, zone) - made).total_seconds() / 60)
    except ValueError:
        return None


def _kinds_told(column: str, kinds: Counter[str], total: int) -> str:
    told = ", ".join(f"{kind} ({100 * count / total:.0f} %)" for kind, count in kinds.most_common())
    unread = total - sum(kinds.values())
    return f"times in {column}: {told}" + (f"; {unread} of {total} looked at cannot be read" if unread else "")


def _noted(layout: Layout, note: str) -> Layout:
    return replace(layout, notes=(*layout.notes, note))
