"""Which of several columns holds a role: whether two say the same, and which then says more."""

import html
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.sources.files.evidence import Evidence
from monitor.tables.clock.zones import zone_in_header
from monitor.tables.layout import OpenQuestion
from monitor.tables.times import time_format, to_utc

MOST_RIVALS = 5
"""Columns that a question names."""
_EXAMPLES, _LONGEST_EXAMPLE = 3, 80
_SAME = 0.8
"""The share of rows in which two columns say the same, from which they are one."""
_SHARED = 0.05
"""The share of rows in which both must say something to be compared."""
_PIECE = 10
"""Characters of a text that is found inside another."""
_ZONES = timedelta(hours=14)
"""The most that clocks differ between zones."""
_QUARTER, _NEAR = timedelta(minutes=15), timedelta(minutes=5)
_WEIGHED = 50
"""Times that are looked at to tell which of two columns says more."""
_UTC = ZoneInfo("UTC")
_DAY, _BASE = timedelta(days=1), datetime(2024, 7, 15, 12, tzinfo=_UTC)
"""A day; and from when spans are counted, any time."""

Same = Callable[[str, str], bool]
"""Whether two values say the same."""


def question(role: str, columns: Sequence[str], evidence: Evidence) -> OpenQuestion:
    """What a person has to say: which of these columns, the likeliest first, holds the role."""
    candidates = tuple((column, examples(evidence, column)) for column in columns[:MOST_RIVALS])
    return OpenQuestion(role, candidates, f"--column {role}=NAME")


def examples(evidence: Evidence, column: str) -> tuple[str, ...]:
    """Up to three different values, the longer ones cut."""
    values = dict.fromkeys(" ".join(value.split()) for value in evidence.values(column))
    return tuple(value[:_LONGEST_EXAMPLE] for value in list(values)[:_EXAMPLES])


def choose(columns: Sequence[str], evidence: Evidence, same: Same, better: Callable[[str, str], bool]) -> list[str]:
    """The column to take, the first of those that say the same unless another is `better`; and then its rivals."""
    best, rivals = columns[0], []
    for column in columns[1:MOST_RIVALS]:
        if not are_one(best, column, evidence, same):
            rivals.append(column)
        elif better(column, best):
            best = column
    return [best, *rivals]


def are_one(best: str, other: str, evidence: Evidence, same: Same) -> bool:
    """Whether two columns say the same in nearly all rows."""
    pairs = evidence.pairs(best, other)
    if len(pairs) < _SHARED * min(len(evidence.values(best)), len(evidence.values(other))):
        return False
    return sum(same(one, second) for one, second in pairs) >= _SAME * len(pairs)


def same_text(one: str, other: str) -> bool:
    """Whether one text is the other, or its beginning or a piece of it (a snippet)."""
    left, right = _plain(one), _plain(other)
    short, long = sorted((left, right), key=len)
    return left == right or (len(short) >= _PIECE and short in long) or (bool(short) and long.startswith(short))


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", html.unescape(re.sub(r"<[^<>]{1,200}>", " ", text))).strip().lower()


def same_time(one: str, other: str) -> bool:
    """Whether two times are one, written in two zones or once without its clock."""
    first, second = _instant(one), _instant(other)
    if first is None or second is None:
        return False
    apart = abs(first - second)
    if _is_day(one) or _is_day(other):
        return apart < _ZONES + timedelta(days=1)
    rest = apart % _QUARTER
    return apart < _NEAR or (apart <= _ZONES and min(rest, _QUARTER - rest) < timedelta(minutes=1))


def count_alike(relative: str, absolute: str, evidence: Evidence) -> bool:
    """Whether times such as "hace 2 semanas" and those of another column were seen at one moment, as exact as they are.

    A span may be off by as much as it is long: "hace 1 año" is said for nearly two. Times at which rows were seen
    differ less among each other than what they would so come to.
    """
    spans, times = list[timedelta](), list[datetime]()
    for told, at in evidence.pairs(relative, absolute)[:_WEIGHED]:
        time, before = _instant(at), _instant(told, _BASE)
        if time is not None and before is not None:
            spans.append(_BASE - before)
            times.append(time)
    seen = [time + span for time, span in zip(times, spans, strict=True)]
    return bool(seen) and _spread(seen) <= max(spans) + 2 * _DAY and _spread(seen) < _spread(times)


def _spread(times: Sequence[datetime]) -> timedelta:
    return max(times) - min(times)


def says_more(evidence: Evidence) -> Callable[[str, str], bool]:
    """Of two columns with the same times: whether the first says the zone, or the clock, where the second does not."""

    def weight(column: str) -> int:
        formats = [(value, time_format(value)) for value in evidence.values(column)[:_WEIGHED]]
        is_exact = _has_zone(column) or all("with offset" in kind or "since 1970" in kind for _, kind in formats)
        has_clock = all(":" in value or "since 1970" in kind for value, kind in formats)
        return 2 * is_exact + has_clock

    return lambda column, best: weight(column) > weight(best)


def _has_zone(column: str) -> bool:
    return zone_in_header(column) is not None


def are_of_two_zones(best: str, other: str, evidence: Evidence) -> bool:
    """Whether two columns tell the same times hours apart, and nothing says in which zone each was written."""
    pairs = [(one, two) for one, two in evidence.pairs(best, other)[:_WEIGHED] if ":" in one and ":" in two]
    if not pairs or _has_zone(best) or _has_zone(other):
        return False
    if not all(time_format(value).endswith("without offset") for pair in pairs for value in pair):
        return False
    spans = [abs(first - second) for one, two in pairs if (first := _instant(one)) and (second := _instant(two))]
    return bool(spans) and all(_QUARTER <= span <= _ZONES and span % _QUARTER == timedelta() for span in spans)


def _is_day(value: str) -> bool:
    return ":" not in value and not value.isdigit()


def _instant(value: str, base: datetime | None = None) -> datetime | None:
    for day_first in (True, False):
        try:
            return to_utc(value, _UTC, day_first, base)
        except (ValueError, OverflowError, OSError):
            continue
    return None
