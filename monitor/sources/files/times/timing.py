"""When the posts of a file were made: how its times are written, in which zone, and what they count from."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any

from monitor import networks
from monitor.errors import RejectedPost, UnexpectedAnswer
from monitor.sources.files.ids.written import bare_id
from monitor.sources.files.times import zoning
from monitor.sources.files.times.ordering import DateOrder, with_order
from monitor.sources.files.vocabulary import time_names
from monitor.tables import times
from monitor.tables.clock.zones import named_zone
from monitor.tables.columns import columns_hint
from monitor.tables.layout import Layout
from monitor.tables.values import time_text, value_of

_SAMPLE = 2_000
"""Rows whose times are looked at."""
_MOSTLY = 0.9
"""The share of rows that proves something."""
_ORDERS = {
    True: " (dates are read day first)",
    False: " (dates are read month first)",
    None: " (nothing says whether dates are written day or month first: --date-order dmy or mdy)",
}
_TWO_NUMBERS = re.compile(r"\d\D+\d")
"""What may be day and month."""
_NAME_TIMES = (
    "call the one that does posted_at, or import the file by hand: escucha import FILE --column posted_at=NAME"
)


def with_times(
    layout: Layout,
    sample: Sequence[Mapping[str, Any]],
    *,
    zone_is_named: bool = False,
    date_order: DateOrder | None = None,
) -> Layout:
    """The layout, with how its times are read and the notes on them.

    `zone_is_named`: a person has named the zone; `date_order`: and the order of dates. Raises UnexpectedAnswer when it
    has no times that can be read.
    """
    sample = sample[:: max(1, len(sample) // _SAMPLE)]
    column = layout.columns.posted_at
    if column is None:
        return _without_times(layout, sample)
    values = [value for row in sample if (value := time_text(row, layout.columns))]
    kinds = Counter(kind for value in values if (kind := times.time_format(value)))
    layout = replace(layout, scraped_at=layout.scraped_at or _scraped_column(layout, sample))
    if not kinds:
        raise _unread(layout, column, values)
    layout = layout.with_note(_formats_note(column, kinds, len(values)))
    if times.RELATIVE in kinds:
        layout = _with_start(layout, column, values, kinds)
    if any("without" in kind or "days" in kind for kind in kinds):
        layout = zoning.with_zone(layout, sample, zone_is_named)
    return zoning.with_changes(with_order(layout, sample, date_order), sample)


def read_time(raw: Mapping[str, Any], layout: Layout) -> datetime:
    """The time of a row's post. Raises RejectedPost, saying why, when it cannot be read."""
    value = time_text(raw, layout.columns)
    if value is None:
        raise RejectedPost(f"no time in column {layout.columns.posted_at}")
    return instant(value, raw, layout)


def instant(value: str, raw: Mapping[str, Any], layout: Layout) -> datetime:
    """The time that a value of this row tells. Raises RejectedPost, saying why, when it cannot be read."""
    zone = layout.time_zone if layout.zone_column is None else _zone_of(raw, layout)
    if layout.swapped_dates:
        value = times.swapped(value)
    if layout.year_first:
        value = times.with_century(value)
    try:
        collected_at = _collected_at(raw, layout, zone) if layout.scraped_at else None
        return times.to_utc(value, zone, layout.day_first, collected_at)
    except (ValueError, OverflowError, OSError):
        order = _ORDERS[layout.day_first] if _TWO_NUMBERS.search(value) else ""
        raise RejectedPost(f"not a time: {value[:60]!r}{order}") from None


def _zone_of(raw: Mapping[str, Any], layout: Layout) -> tzinfo:
    written = value_of(raw, layout.zone_column)
    if written is None:
        return layout.time_zone
    zone = named_zone(written)
    if zone is None:
        raise RejectedPost(f"no time zone: {written[:60]!r} in column {layout.zone_column}")
    return zone


def _collected_at(raw: Mapping[str, Any], layout: Layout, zone: tzinfo) -> datetime | None:
    value = value_of(raw, layout.scraped_at)
    return times.to_utc(value, zone, layout.day_first) if value else None


def _unread(layout: Layout, column: str, values: Sequence[str]) -> UnexpectedAnswer:
    example = f", such as {values[0][:60]!r}" if values else ""
    return UnexpectedAnswer(
        f"column {column} of {layout.path.name} holds no times that can be read{example}; forms that would do: "
        f"{times.FORMS}; {_NAME_TIMES}{columns_hint(layout.form.header)}"
    )


def _scraped_column(layout: Layout, sample: Sequence[Mapping[str, Any]]) -> str | None:
    for column in layout.form.header:
        if time_names.is_scraped(column) and column != layout.columns.posted_at:
            kinds = [times.time_format(value) for row in sample if (value := value_of(row, column))]
            if kinds and all(kind and kind != times.RELATIVE for kind in kinds):
                return column
    return None


def _with_start(layout: Layout, column: str, values: Sequence[str], kinds: Counter[str]) -> Layout:
    """What "hace 3 sem" counts from. Raises UnexpectedAnswer when all are written so and nothing says it."""
    if layout.scraped_at:
        return layout.with_note(
            f"times such as {_relative(values)!r} are counted from {layout.scraped_at}: no more exact than they say"
        )
    if set(kinds) == {times.RELATIVE}:
        raise UnexpectedAnswer(
            f"column {column} of {layout.path.name} holds no times that can be read: {_relative(values)!r} counts from "
            "when the file was collected, and no column says when that was: call the one that does scraped_at, or "
            f"{_NAME_TIMES}{columns_hint(layout.form.header)}"
        )
    return layout.with_note(
        f"times such as {_relative(values)!r} count from when the file was collected, which no column says: these rows "
        "are rejected"
    )


def _relative(values: Sequence[str]) -> str:
    return next((value[:60] for value in values if times.time_format(value) == times.RELATIVE), "")


def _without_times(layout: Layout, sample: Sequence[Mapping[str, Any]]) -> Layout:
    ids = [bare_id(row, layout.columns.id) for row in sample]
    profile = networks.profile(layout.network)
    if profile.post_ids and not layout.rounded_ids:
        readable_times = sum(post_id is not None and profile.post_ids.time(post_id) is not None for post_id in ids)
        if readable_times > len(ids) * _MOSTLY:
            note = f"no column holds times: {profile.display_name}'s ids tell them"
            return replace(layout.with_note(note), times_from_ids=True)
    raise UnexpectedAnswer(
        f"no column of {layout.path.name} holds the time of the posts, which the clocks of cases need: "
        f"{_NAME_TIMES}{columns_hint(layout.form.header)}"
    )


def _formats_note(column: str, kinds: Counter[str], total: int) -> str:
    formats = ", ".join(f"{kind} ({count / total:.0%})" for kind, count in kinds.most_common())
    unread = total - sum(kinds.values())
    return f"times in {column}: {formats}" + (f"; {unread} of {total} looked at cannot be read" if unread else "")
