"""The part of Health on reading: where the data has gaps, who asks to wait, what it cost, how far it has come."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

import streamlit as st

from dashboard import session
from dashboard.health import queries
from dashboard.i18n import t
from dashboard.ui import cards, escaping, formatting, tables
from dashboard.ui.formatting import dollars, number
from monitor.collect import watermark
from monitor.collect.watermark import Watermark
from monitor.errors import SettingsError
from monitor.models.listings import WITHHELD
from monitor.settings.network import NetworkSettings
from monitor.store.posts.collection_state import Pause

_Amount = TypeVar("_Amount", int, float)
_GAPS = 20
_REASONS = {
    watermark.CAPPED: "health.gap_cap",
    watermark.TOO_LATE: "health.gap_too_late",
    watermark.OUTLIVED: "health.gap_outlived",
    watermark.ENDLESS: "health.gap_endless",
    WITHHELD: "health.gap_withheld",
}
_SENTENCES = {
    re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>\\d+)", re.escape(reason))): key for reason, key in _REASONS.items()
}


def gaps(times: Sequence[queries.Gap], pauses: Sequence[Pause], now: datetime) -> None:
    """Times without data, the latest first, and the networks that are left alone for now."""
    st.subheader(t("health.gaps"))
    if times:
        tables.status_line(t("health.some_gaps", n=len(times)), warn=True)
    else:
        tables.status_line(t("health.no_gaps"), warn=False)
    for pause in pauses:
        name = pause.subject.partition(": ")[0]
        until = _time_or_date(pause.until, now)
        words = t("health.paused", network=_subject(pause.subject), until=until, name=name)
        tables.status_line(words, warn=True)
    if times:
        latest = sorted(times, key=lambda gap: gap.since, reverse=True)[:_GAPS]
        tables.table(("day", "gap", "lasting", "cause"), (_gap(gap, now) for gap in latest))


def _time_or_date(at: datetime, today: datetime) -> str:
    """The time, with the date unless it is that of `today`."""
    zone = session.load_settings().zone
    same_day = at.astimezone(zone).date() == today.astimezone(zone).date()
    return formatting.time_of_day(at) if same_day else formatting.date_time(at)


def _gap(gap: queries.Gap, now: datetime) -> tuple[str, ...]:
    return (
        f'<span class="fixed">{escaping.escape(formatting.local_day(gap.since))}</span>',
        f'<span class="told">{escaping.escape(_gap_sentence(gap))}</span>',
        escaping.escape(formatting.span((gap.until or now) - gap.since, minutes_below=120)),
        f'<span class="told">{escaping.escape(_cause(gap))}</span>',
    )


def _gap_sentence(gap: queries.Gap) -> str:
    """The gap as a sentence: "X: nothing between 03:00 and 05:10"."""
    subject = _subject(gap.subject)
    since = _time_or_date(gap.since, gap.since)
    if gap.until is None:
        return t("health.gap_open", subject=subject, since=since)
    until = _time_or_date(gap.until, gap.since)
    words = "health.gap_days" if until == formatting.date_time(gap.until) else "health.gap_hours"
    return t(words, subject=subject, since=since, until=until)


def _subject(name: str) -> str:
    """A network, or "network: listing", with the network's own spelling of its name."""
    network, colon, listing = name.partition(": ")
    return f"{cards.network_name(network)}{colon}{escaping.clean(listing)}"


def _cause(gap: queries.Gap) -> str:
    for sentence, key in _SENTENCES.items():
        if match := sentence.fullmatch(gap.reason):
            return t(key, **{name: int(value) for name, value in match.groupdict().items()})
    return gap.reason or (t("health.gap_failed", n=gap.failed) if gap.failed else t("health.gap_idle"))


def ledger(rows: Sequence[queries.SpentRow]) -> None:
    """What each network has cost today, beside its budget, and in seven days; nothing when none was asked."""
    if not rows:
        return
    st.subheader(t("health.ledger"))
    st.caption(t("health.ledger_help"))
    names = ("network", "requests_today", "reads_today", "dollars_today", "requests_week", "reads_week", "dollars_week")
    tables.table(names, (_ledger_row(row) for row in rows), figures=(1, 2, 3, 4, 5, 6))


def _ledger_row(row: queries.SpentRow) -> tuple[str, ...]:
    try:
        section: NetworkSettings = session.load_settings().networks.of(row.network)
    except KeyError:
        section = NetworkSettings()
    return (
        escaping.escape(cards.network_name(row.network)),
        _budget_use(row.today.requests, section.daily_requests, number),
        _budget_use(row.today.reads, section.daily_reads, number),
        _budget_use(row.today.dollars, section.daily_dollars, dollars),
        number(row.week.requests),
        number(row.week.reads),
        dollars(row.week.dollars),
    )


def _budget_use(amount: _Amount, budget: _Amount | None, write: Callable[[_Amount], str]) -> str:
    """HTML of a sum; beside its budget, if there is one, and marked when that is used up."""
    if budget is None:
        return write(amount)
    words = escaping.escape(t("health.of_budget", used=write(amount), budget=write(budget)))
    return f'<b class="fixed over">{words}</b>' if amount >= budget else f'<span class="fixed">{words}</span>'


def watermarks(marks: Sequence[queries.WatermarkRow], now: datetime) -> None:
    """How far each query has been read."""
    st.subheader(t("health.watermarks"))
    if not marks:
        tables.status_line(t("health.no_watermarks"), warn=False)
        return
    rows = (
        (
            escaping.escape(cards.network_name(mark.network)),
            f'<span class="long">{escaping.escape(mark.query)}</span>',
            f'<span class="told">{escaping.escape(_watermark_text(mark.position))}</span>',
            cards.time_tag(mark.moved_at, now),
        )
        for mark in marks
    )
    tables.table(("network", "query", "position", "moved"), rows)


def _watermark_text(text: str) -> str:
    """A watermark in words: of a network a time, of a file a row."""
    if text == "end":
        return t("health.read_whole")
    if text.isascii() and text.isdigit():
        return t("health.read_row", row=number(int(text)))
    try:
        place = watermark.parse(text)
    except SettingsError:
        return text
    parts = [_position(place)]
    if place.walk:
        parts.append(t("health.under_way", n=place.walk.seen))
    return " · ".join(filter(None, parts))


def _position(place: Watermark) -> str:
    if place.reached:
        return t("health.read_until", at=formatting.date_time(place.reached))
    return t("health.read_nothing") if place.read_at else ""
