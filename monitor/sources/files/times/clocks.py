"""The clock of times whose column holds days only: another column of the file, told by what it holds."""

from dataclasses import replace

from monitor.sources.files import looks, rivals
from monitor.sources.files.evidence import Evidence
from monitor.sources.files.vocabulary import time_names
from monitor.tables.clock import joining
from monitor.tables.clock.zones import zone_in_header
from monitor.tables.layout import Layout
from monitor.tables.times import is_whole_day

_MOSTLY = 0.8


def with_clock(layout: Layout, evidence: Evidence) -> Layout:
    """The layout with the columns of the clock and of a.m. and p.m., where one is needed; asked where several fit."""
    return _with_half(_with_clock(layout, evidence), evidence)


def _with_clock(layout: Layout, evidence: Evidence) -> Layout:
    columns = layout.columns
    if columns.time_of_day or not columns.posted_at:
        return layout
    if evidence.share(columns.posted_at, lambda value: is_whole_day(joining.without_midnight(value))) < _MOSTLY:
        return layout
    found = _clocks(layout, evidence)
    if not found:
        return layout
    chosen = rivals.choose(found, evidence, str.__eq__, lambda _column, _best: False)
    in_utc = [column for column in chosen if zone_in_header(column)]
    chosen = in_utc if len(in_utc) == 1 else chosen
    layout = replace(layout, columns=replace(columns, time_of_day=chosen[0]))
    if len(chosen) > 1:
        return replace(layout, questions=(*layout.questions, rivals.question("time_of_day", chosen, evidence)))
    return layout.with_note(f"{columns.posted_at} holds days only: the time of day is in {chosen[0]}")


def _clocks(layout: Layout, evidence: Evidence) -> list[str]:
    """The columns of clocks: those whose names speak of an hour, or else any."""
    free = _free(layout)
    named = [column for column in free if time_names.is_hour(column) and evidence.share(column, _is_hour) >= _MOSTLY]
    return named or [column for column in free if evidence.share(column, looks.is_clock) >= _MOSTLY]


def _free(layout: Layout) -> list[str]:
    taken = {column for _, column in layout.used_columns()}
    return [column for column in layout.form.header if column not in taken and not time_names.is_no_clock(column)]


def _is_hour(value: str) -> bool:
    if looks.is_clock(value) or joining.is_hour(value):
        return True
    return joining.is_part_of_day(value) or joining.is_cell_clock(value)


def _with_half(layout: Layout, evidence: Evidence) -> Layout:
    """The layout with the column that says a.m. or p.m. beside clocks that do not."""
    columns = layout.columns
    clock = columns.time_of_day or columns.posted_at
    if columns.am_pm or not clock or evidence.share(clock, looks.has_half):
        return layout
    halves = [column for column in _free(layout) if evidence.share(column, looks.is_half) >= _MOSTLY]
    if not halves:
        return layout
    return replace(layout.with_note(f"a.m. and p.m. are in {halves[0]}"), columns=replace(columns, am_pm=halves[0]))
