"""Whether the day or the month stands first in a file's dates: by a person's word, its rows, or its header."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Literal, TypeAlias

from monitor import networks
from monitor.sources.files.ids.written import bare_id
from monitor.sources.files.times import years
from monitor.tables import times
from monitor.tables.clock.headers import day_first_in_header
from monitor.tables.file_format import FAULT, ReadProgress
from monitor.tables.layout import Layout, OpenQuestion
from monitor.tables.rows import rows
from monitor.tables.values import time_text, value_of

DateOrder: TypeAlias = Literal["dmy", "mdy", "ymd", "swapped"]
"""What a person says of dates: day first, month first, a year of two digits first, or turned round in a spreadsheet."""
DATE_ROWS = 2_000_000
"""Rows that are read to learn which of 03/04/2020 is the day, while none tells."""
_CLEAR = 100
"""Dates that can be read in one way only, behind which no more are looked for."""
_EXAMPLES = 3
_FEW_SWAPPED = 4
"""Dates from which it is no chance that all written ones are beyond the 12th, and none of the others."""
_FEW_CELLS = 2
"""As many do where the file itself is a spreadsheet: of a column that it made dates it leaves none as text."""
_NEAR = timedelta(hours=26)
"""How far a time may be from what its id tells, in any zone."""
_AHEAD = timedelta(days=1)


def with_order(layout: Layout, sample: Sequence[Mapping[str, Any]], said: DateOrder | None) -> Layout:
    """The layout, with the order of its dates, or the question which it is. `said`: what a person answered."""
    values = [value for row in sample if (value := _dated(row, layout))]
    if said is not None:
        return _said(layout, values, said)
    if not any(map(times.numeric_date, values)):
        return layout
    if layout.day_first is not None:
        return layout.with_note(f"dates are read {_words(layout.day_first)} first, as this export writes them")
    return _found(layout, sample, values)


def _found(layout: Layout, sample: Sequence[Mapping[str, Any]], values: Sequence[str]) -> Layout:
    """The order that the dates themselves tell, all of the file's where those of the sample do not."""
    dates = [date for value in values if (date := times.short_date(value))]
    if dates and (year_first := years.stand_first(dates)) is not False:
        return _year_first(layout) if year_first else _asked_year(layout, values)
    fewest = _FEW_CELLS if layout.form.kind == "spreadsheet" else _FEW_SWAPPED
    if _are_swapped(values, fewest) and _are_swapped(_all_times(layout), fewest):
        return _asked_swapped(layout, values)
    day, month, _ = times.count_date_orders(values)
    if not day and not month:
        day, month, _ = times.count_date_orders(_until_clear(_all_times(layout)))
    if day and month:
        return _asked_order(layout, "some dates are day first and others month first", values, day >= month)
    if day or month:
        return _ordered(layout, day >= month, "")
    return _ordered_otherwise(layout, sample, values)


def _ordered_otherwise(layout: Layout, sample: Sequence[Mapping[str, Any]], values: Sequence[str]) -> Layout:
    """By the header, by what stands above it, by X's ids, by what would lie ahead; else asked, day first for now."""
    if (by_name := day_first_in_header(layout.columns.posted_at or "")) is not None:
        return _ordered(layout, by_name, ", as the column's name says")
    if by_titles := [found for title in layout.form.titles if (found := day_first_in_header(title)) is not None]:
        return _ordered(layout, by_titles[0], ", as the file says above its rows")
    if (by_ids := _by_ids(layout, sample)) is not None:
        return _ordered(layout, by_ids, f", as {networks.profile(layout.network).display_name}'s ids tell")
    if (by_now := _by_now(layout, values)) is not None:
        return _ordered(layout, by_now, ", the other way some would lie ahead")
    return _asked_order(layout, "dates such as 03/04/2020 fit both orders: they are read day first", values, True)


def _year_first(layout: Layout) -> Layout:
    return replace(layout.with_note("dates of two digits a part are read year first"), year_first=True, day_first=False)


def _asked_year(layout: Layout, values: Sequence[str]) -> Layout:
    shown = [value for value in dict.fromkeys(values) if times.short_date(value)][:_EXAMPLES]
    candidates = (
        ("dmy", tuple(f"{value} = {_read(value, layout, day_first=True)}" for value in shown)),
        ("ymd", tuple(f"{value} = {times.with_century(value)[:10]}" for value in shown)),
    )
    layout = replace(layout, day_first=True)
    return _asked(layout, OpenQuestion("date_order", candidates, "--date-order NAME"))


def _asked_order(layout: Layout, note: str, values: Sequence[str], day_first: bool) -> Layout:
    """The layout with the question which of 03/04/2020 is the day, the likelier first."""
    layout = replace(layout.with_note(note), day_first=day_first)
    shown = [value for value in dict.fromkeys(values) if _is_unclear(value)][:_EXAMPLES]
    candidates = tuple(
        (order, tuple(f"{value} = {_read(value, layout, order == 'dmy')}" for value in shown))
        for order in (("dmy", "mdy") if day_first else ("mdy", "dmy"))
    )
    return _asked(layout, OpenQuestion("date_order", candidates, "--date-order NAME"))


def _said(layout: Layout, values: Sequence[str], said: DateOrder) -> Layout:
    if said == "swapped":
        day, month, _ = times.count_date_orders(values)
        note = "cells that a spreadsheet made dates of have day and month turned back"
        return replace(layout.with_note(note), day_first=day >= month, swapped_dates=True)
    if said == "ymd":
        return _year_first(layout)
    return _ordered(layout, said == "dmy", ", as was said")


def _ordered(layout: Layout, day_first: bool, reason: str) -> Layout:
    return replace(layout.with_note(f"dates are read {_words(day_first)} first{reason}"), day_first=day_first)


def _words(day_first: bool) -> str:
    return "day" if day_first else "month"


def _asked(layout: Layout, question: OpenQuestion) -> Layout:
    return replace(layout, questions=(*layout.questions, question))


def _are_swapped(values: Iterable[str], fewest: int) -> bool:
    """Whether a spreadsheet of another country read what it could as dates, and left what it could not as text.

    Then no date that it made is beyond the 12th, and every one that it left is; `fewest` are there at least.
    """
    made = written = 0
    for value in values:
        numbers = times.numeric_date(value)
        if numbers:
            if max(numbers) <= 12:
                return False
            written += 1
        elif (day := times.iso_day(value)) is not None:
            if day > 12:
                return False
            made += 1
    return made > 0 and written > 0 and made + written >= fewest


def _asked_swapped(layout: Layout, values: Sequence[str]) -> Layout:
    day, month, _ = times.count_date_orders(values)
    layout = replace(layout, day_first=day >= month, swapped_dates=True).with_note(
        "some cells are dates and the others, all beyond the 12th, are text: a spreadsheet of another country has "
        "turned day and month round in those it could read; they are turned back"
    )
    made = [value for value in dict.fromkeys(values) if times.iso_day(value) is not None][:_EXAMPLES]
    back = tuple(f"{value} = {times.swapped(value)[:10]}" for value in made)
    order = "dmy" if layout.day_first else "mdy"
    candidates = (("swapped", back), (order, tuple(f"{value} = {value[:10]}" for value in made)))
    return _asked(layout, OpenQuestion("date_order", candidates, "--date-order NAME"))


def _all_times(layout: Layout) -> Iterator[str]:
    for _, _, row in islice(rows(layout.path, layout.form, 0, ReadProgress()), DATE_ROWS):
        if FAULT not in row and (value := _dated(row, layout)):
            yield value


def _dated(row: Mapping[str, Any], layout: Layout) -> str | None:
    """The time of a row's post; of one that counts from when the row was collected that time."""
    value = time_text(row, layout.columns)
    return value_of(row, layout.scraped_at) if value and times.is_relative(value) else value


def _until_clear(values: Iterable[str]) -> Iterator[str]:
    clear = 0
    for value in values:
        numbers = times.numeric_date(value)
        if numbers and max(numbers) > 12:
            clear += 1
            yield value
        if clear >= _CLEAR:
            return


def _is_unclear(value: str) -> bool:
    numbers = times.numeric_date(value)
    return numbers is not None and max(numbers) <= 12 and numbers[0] != numbers[1]


def _instant(value: str, layout: Layout, day_first: bool) -> datetime | None:
    try:
        return times.to_utc(value, layout.time_zone, day_first)
    except (ValueError, OverflowError, OSError):
        return None


def _read(value: str, layout: Layout, day_first: bool) -> str:
    time = _instant(value, layout, day_first)
    return f"{time.astimezone(layout.time_zone):%Y-%m-%d}" if time else "?"


def _by_ids(layout: Layout, sample: Sequence[Mapping[str, Any]]) -> bool | None:
    """Whether the day is first, by the times that the ids of the network tell; None: they tell none, or not which."""
    post_ids = networks.profile(layout.network).post_ids
    if not post_ids or layout.rounded_ids:
        return None
    votes = {True: 0, False: 0}
    for row in sample:
        value, post_id = time_text(row, layout.columns), bare_id(row, layout.columns.id)
        told = post_ids.time(post_id) if post_id else None
        if value is None or told is None or not _is_unclear(value):
            continue
        for day_first in votes:
            read = _instant(value, layout, day_first)
            votes[day_first] += read is not None and abs(read - told) < _NEAR
    return None if votes[True] == votes[False] else votes[True] > votes[False]


def _by_now(layout: Layout, values: Sequence[str]) -> bool | None:
    """Whether the day is first because some posts would lie ahead otherwise; None: neither way, or both."""
    limit = datetime.now(UTC) + _AHEAD
    ahead = {
        day_first: any((read := _instant(value, layout, day_first)) is not None and read > limit for value in values)
        for day_first in (True, False)
    }
    return None if ahead[True] == ahead[False] else ahead[False]
