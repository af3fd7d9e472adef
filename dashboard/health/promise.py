"""The health page's part on the promised precision: whether it is kept, what to do, whether the stream has moved."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pandas as pd
import streamlit as st

from dashboard import session
from dashboard.i18n import t
from dashboard.ui import charts, escaping, filters, tables
from dashboard.ui.formatting import number, percent
from dashboard.ui.labels import LANGUAGES
from monitor.pipeline import classify, drift, promises
from monitor.pipeline.drift import Drift
from monitor.pipeline.promises import KeptPromise, Promises

_WEEKS = timedelta(weeks=26)


def show(now: datetime) -> None:
    """Draws the part."""
    settings = session.load_settings()
    kept, points = promises.read(settings, now, now - _WEEKS), classify.points_in_force(settings)
    with session.read_connection() as connection:
        moved = drift.read(connection, points, now)
    st.subheader(t("promise.title"))
    for words in _findings(kept):
        tables.status_line(words, warn=True)
    tables.table(
        ("promise", "language", "kept", "promised", "judged", "verdict"),  # a phone shows the first four
        [_row(promise) for promise in kept.current],
        figures=(2, 3, 4),
    )
    st.caption(
        t(
            "promise.caption",
            days=promises.LOOK_BACK.days,
            fewest=promises.FEWEST_JUDGED,
            weekly=promises.FEWEST_OF_A_WEEK,
        )
    )
    for language, own in kept.own.items():
        words = t("promise.own", tongue=_language(language), n=own.decisions, drawn=own.drawn)
        tables.status_line(words, warn=False)
    if kept.weeks:
        _chart(kept)
    for words in _moves(moved):
        tables.status_line(words, warn=True)


def _row(promise: KeptPromise) -> tuple[str, ...]:
    low, high = promise.interval
    share = f"{percent(promise.share)} <small>({percent(low)} – {percent(high)})</small>" if promise.judged else "–"
    verdict = f'<span class="chip promise-{promise.state}">{escaping.escape(t(f"promise.{promise.state}"))}</span>'
    name, language = t(f"promise.{promise.name}"), escaping.escape(_language(promise.language))
    return escaping.escape(name), language, share, percent(promise.target), number(promise.judged), verdict


def _language(code: str) -> str:
    if not code:
        return t("promise.all")
    return t(f"tongue.{code}") if code in LANGUAGES else code


def _findings(kept: Promises) -> list[str]:
    """What to say of the promises that are not kept, and what to do."""
    found = []
    for promise in kept.broken:
        low, high = promise.interval
        figures = {"share": percent(promise.share), "low": percent(low), "high": percent(high)}
        what = t(f"promise.broken_{promise.name}", n=promise.judged, target=percent(promise.target), **figures)
        advice = t(f"promise.advice_{promise.remedy}", n=promise.missing, name=promise.name, setting=promise.threshold)
        found.append(f"{_language(promise.language)}: {what} {advice}")
    return found


def _moves(moved: Drift) -> list[str]:
    languages = [move for move in moved.moves if move.what == "language"]
    shares = ", ".join(f"{_language(one.language)} {percent(one.before)} → {percent(one.lately)}" for one in languages)
    told = [t("promise.moved_language", shares=shares)] if languages else []
    told += [
        t(f"promise.moved_{move.what}", lately=percent(move.lately), before=percent(move.before))
        for move in moved.moves
        if move.what != "language"
    ]
    told += [
        t("promise.borrowed", tongue=_language(one.language), n=one.posts, share=percent(one.share))
        for one in moved.borrowed
    ]
    return told


def _chart(kept: Promises) -> None:
    """The judged weeks of one language, or of all together: a chart for each promise that something was judged of."""
    choices = ["", *sorted({promise.language for promise in kept.current if promise.language})]
    language = _chosen(choices) if len(choices) > 1 else ""
    targets = {promise.name: promise.target for promise in kept.current}
    weeks = {
        name: [(week.monday, week.judged, week.right) for week in kept.weeks if (week.name, week.language) == key]
        for name, key in ((name, (name, language)) for name in targets)
    }
    shown = [name for name in targets if weeks[name]]
    with st.container(key="wide-promise"):
        columns = st.columns(len(shown), gap="large") if shown else []
    for column, name in zip(columns, shown, strict=True):
        with column:
            st.caption(t(f"promise.{name}"))
            rows = pd.DataFrame(weeks[name], columns=["monday", "judged", "right"])
            st.altair_chart(charts.promise(rows, targets[name]), width="stretch")


def _chosen(options: Sequence[str]) -> str:
    return filters.choice(
        t("promise.language"), options, _language, name="promise-language", default="", collapsed=True
    )
