"""Charts of the overview and of health: counted rows to an Altair chart; words come from the catalogue."""

from collections.abc import Iterable, Sequence
from typing import Any

import altair as alt
import pandas as pd

from dashboard.i18n import language, t
from dashboard.queries.overview import MentionCounts
from dashboard.ui.cards import brand_name, network_name
from dashboard.ui.formatting import CHART_DAY, CHART_LONG_DAY
from monitor.intervals import wilson

NEGATIVE, NEUTRAL, POSITIVE = "#a8432f", "#8a929e", "#2f7d6f"
COMPLAINT, OTHER = "#7a2e57", "#c3cac8"
OWNED = "#1f4f8a"
_LABEL = "#3a4651"
_LETTER = 7.5
"""Pixels of a letter of 12 pixels in the widest of the fonts."""
_LEGEND_COLUMNS = 3
"""So many names fit beside each other on a phone."""
_SENTIMENTS = (("negative", NEGATIVE), ("neutral", NEUTRAL), ("positive", POSITIVE))


def step(days: int) -> str:
    """How days are put together so that a chart keeps at most about a hundred bars: D, W-MON or MS."""
    return "D" if days <= 100 else "W-MON" if days <= 700 else "MS"


def bucket_counts(rows: pd.DataFrame, by: str, kinds: Sequence[str], days: pd.DatetimeIndex) -> pd.DataFrame:
    """Sums `n` by bucket of days and those `kinds` of the column `by`; what there is none of is there with 0."""
    table = rows.groupby(["day", by], observed=True)["n"].sum().unstack(fill_value=0)
    table = table.reindex(index=days, columns=list(kinds), fill_value=0)
    rule = step(len(days))
    if rule != "D":
        table = table.resample(rule, label="left", closed="left").sum()
    table.index.name, table.columns.name = "day", by
    return table.reset_index().melt("day", var_name=by, value_name="n")


def volume(rows: pd.DataFrame, owned_rows: pd.DataFrame, days: pd.DatetimeIndex) -> alt.Chart | alt.LayerChart:
    """Mentions over time, stacked by sentiment; posts of our accounts, where there are any, as a line of their own."""
    buckets = bucket_counts(rows, "sentiment", [name for name, _ in _SENTIMENTS], days)
    names = {name: t(f"sentiment.{name}") for name, _ in _SENTIMENTS}
    buckets["kind"] = buckets["sentiment"].map(names)
    buckets["order"] = buckets["sentiment"].map({name: at for at, (name, _) in enumerate(_SENTIMENTS)})
    kinds, colours = list(names.values()), [colour for _, colour in _SENTIMENTS]
    if owned_rows.empty:
        return _stacked_bars(buckets, kinds, colours, t("post.sentiment"), len(days))
    kinds, colours = [*kinds, t("overview.owned")], [*colours, OWNED]
    bars = _stacked_bars(buckets, kinds, colours, t("post.sentiment"), len(days))
    owned = bucket_counts(owned_rows.assign(kind=kinds[-1]), "kind", kinds[-1:], days)
    line = alt.Chart(owned).mark_line(strokeWidth=2, point=True)
    return alt.layer(bars, line.encode(x="day:T", y="n:Q", color="kind:N")).properties(height=290)


def complaints(rows: pd.DataFrame, days: pd.DatetimeIndex) -> alt.Chart:
    """Complaints over time, and what the model is unsure about."""
    kinds = (("complaint", COMPLAINT), ("unsure", "#c98fae"))
    buckets = bucket_counts(rows, "decision", [name for name, _ in kinds], days)
    names = {name: t(f"decision.{name}") for name, _ in kinds}
    buckets["kind"] = buckets["decision"].map(names)
    buckets["order"] = buckets["decision"].map({name: at for at, (name, _) in enumerate(kinds)})
    return _stacked_bars(
        buckets, list(names.values()), [colour for _, colour in kinds], t("overview.decision"), len(days)
    )


def _stacked_bars(buckets: pd.DataFrame, names: list[str], colours: list[str], title: str, days: int) -> alt.Chart:
    rule = step(days)
    pattern = "%Y" if days > 2_000 else ("%m/%Y" if rule == "MS" else CHART_DAY[language()])
    exact = CHART_LONG_DAY[language()]
    size = max(2.0, min(24.0, 340 / max(1, buckets["day"].nunique())))
    heights = alt.Scale() if buckets["n"].any() else alt.Scale(domain=[0, 1])  # or the axis would read 0.000000
    chart: alt.Chart = (
        alt.Chart(buckets)
        .mark_bar(size=size, stroke="#fbfbf9", strokeWidth=0.5)
        .encode(
            x=alt.X("day:T", title=None, axis=_axis(format=pattern, grid=False, tickCount=8, labelOverlap=True)),
            y=alt.Y("sum(n):Q", title=None, axis=count_axis(), scale=heights),
            color=alt.Color(
                "kind:N",
                scale=alt.Scale(domain=names, range=colours),
                legend=alt.Legend(
                    orient="top",
                    title=None,
                    labelColor=_LABEL,
                    labelFontSize=12,
                    offset=2,
                    columns=min(len(names), _LEGEND_COLUMNS),
                ),
            ),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("day:T", title=t(f"overview.bucket_{rule[0].lower()}"), format=exact),
                alt.Tooltip("kind:N", title=title),
                alt.Tooltip("n:Q", title=t("overview.mentions")),
            ],
        )
        .properties(height=290)
    )
    return chart


def shares(places: Sequence[MentionCounts], by: str) -> alt.LayerChart | alt.FacetChart:
    """Mentions by network or brand as bars, complaints as the dark part; the figures stand beside the bars."""
    name = network_name if by == "network" else brand_name
    bars = pd.DataFrame(
        {
            "name": [name(place.name) for place in places],
            "mentions": [place.mentions for place in places],
            "complaints": [place.complaints for place in places],
            "words": [t("overview.share", n=place.mentions, complaints=place.complaints) for place in places],
        }
    )
    order = bars["name"].tolist()
    axis = _axis(labelLimit=150, labelFontSize=13, domain=False, ticks=False)
    names_axis = alt.Y("name:N", title=None, sort=order, axis=axis)
    most = float(bars["mentions"].max()) if len(bars) else 1.0
    scale = alt.Scale(domain=[0, most])
    tooltip = [alt.Tooltip("name:N", title=t(f"filter.{by}")), alt.Tooltip("words:N", title=t("overview.mentions"))]
    base = alt.Chart(bars).encode(y=names_axis, tooltip=tooltip)
    all_bars = base.mark_bar(color=OTHER, height=14, cornerRadiusEnd=2).encode(
        x=alt.X("mentions:Q", scale=scale, axis=None)
    )
    dark_bars = base.mark_bar(color=COMPLAINT, height=14).encode(x=alt.X("complaints:Q", scale=scale, axis=None))
    words = base.mark_text(align="left", dx=6, color=_LABEL, fontSize=12).encode(
        x=alt.X("mentions:Q", scale=scale), text="words:N"
    )
    layers = alt.layer(all_bars, dark_bars, words)
    return layers.properties(height=max(60, 34 * len(bars)), padding=room_for(bars["words"]))


def agreement(rows: pd.DataFrame) -> alt.LayerChart:
    """How often model and people agree, a point a week and answer; large points stand for many corrections."""
    kinds = {"complaint": COMPLAINT, "sentiment": POSITIVE}
    names = {"complaint": t("people.complaint"), "sentiment": t("people.sentiment")}
    weeks = rows.assign(
        share=rows["agreements"] / rows["corrections"],
        kind=rows["head"].map(names),
        words=[
            t("people.share", n=int(matches), said=int(total))
            for matches, total in zip(rows["agreements"], rows["corrections"], strict=True)
        ],
    )
    weeks["monday"] = weeks["monday"].dt.tz_localize(None)  # or a browser in America would show Sundays
    pattern, exact = CHART_DAY[language()], CHART_LONG_DAY[language()]
    mondays = [alt.DateTime(year=at.year, month=at.month, date=at.day) for at in sorted(weeks["monday"].unique())]
    base = alt.Chart(weeks).encode(
        x=alt.X("monday:T", title=None, axis=_axis(format=pattern, grid=False, values=mondays, labelOverlap=True)),
        y=alt.Y("share:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=_share_axis()),
        color=alt.Color(
            "kind:N",
            scale=alt.Scale(domain=list(names.values()), range=list(kinds.values())),
            legend=alt.Legend(orient="top", title=None, labelColor=_LABEL, labelFontSize=12, offset=2),
        ),
        tooltip=[
            alt.Tooltip("monday:T", title=t("overview.bucket_w"), format=exact),
            alt.Tooltip("kind:N", title=t("people.answer")),
            alt.Tooltip("words:N", title=t("people.agreed")),
        ],
    )
    sizes = alt.Size("corrections:Q", scale=alt.Scale(range=[40, 260]), legend=None)
    dots = base.mark_circle(opacity=0.95).encode(size=sizes)
    return alt.layer(base.mark_line(strokeWidth=1.5, opacity=0.6), dots).properties(height=290)


def promise(rows: pd.DataFrame, target: float) -> alt.LayerChart:
    """What was kept of a promise: a point a week with its 95 % interval, the promise as a dashed line.

    `rows` have monday, judged and right.
    """
    weeks = rows.assign(monday=rows["monday"].dt.tz_localize(None), share=rows["right"] / rows["judged"])
    counts = [(int(right), int(judged)) for right, judged in zip(rows["right"], rows["judged"], strict=True)]
    weeks["low"], weeks["high"] = zip(*(wilson(right, judged) for right, judged in counts), strict=True)
    weeks["words"] = [t("promise.share", right=right, n=judged) for right, judged in counts]
    mondays = [alt.DateTime(year=at.year, month=at.month, date=at.day) for at in sorted(weeks["monday"].unique())]
    days = _axis(format=CHART_DAY[language()], grid=False, values=mondays, labelOverlap=True)
    scale = alt.Scale(domain=[min(0.5, float(weeks["low"].min())), 1])
    base = alt.Chart(weeks).encode(
        x=alt.X("monday:T", title=None, axis=days),
        tooltip=[
            alt.Tooltip("monday:T", title=t("overview.bucket_w"), format=CHART_LONG_DAY[language()]),
            alt.Tooltip("words:N", title=t("promise.right")),
        ],
    )
    shares = _share_axis()
    interval = base.mark_rule(color=_LABEL, opacity=0.4, strokeWidth=4)
    ends = interval.encode(y=alt.Y("low:Q", title=None, scale=scale, axis=shares), y2="high:Q")
    points = base.mark_circle(size=90, color=POSITIVE, opacity=1).encode(y=alt.Y("share:Q", title=None, scale=scale))
    promised = alt.Chart(pd.DataFrame({"at": [target]})).mark_rule(color=COMPLAINT, strokeDash=[5, 4])
    return alt.layer(ends, promised.encode(y=alt.Y("at:Q", title=None, scale=scale)), points).properties(height=190)


def room_for(words: Iterable[str]) -> dict[str, float]:
    """The padding in pixels of a chart with those words beside its bars: the longest one fits in whatever the width."""
    return {"left": 5, "top": 5, "right": 12 + _LETTER * max(map(len, words), default=0)}


def count_axis() -> alt.Axis:
    """An axis of whole numbers, grouped the way the session language does it (see `formatting.number`)."""
    grouped = "format(datum.value, ',')"
    if language() == "es":
        grouped = f"datum.value < 10000 ? datum.value : replace({grouped}, /,/g, '.')"
    return _axis(tickMinStep=1, tickCount=4, labelExpr=grouped)


def _share_axis() -> alt.Axis:
    """An axis of shares from 0 to 1, as percentages in the session language (see `formatting.percent`)."""
    sign = " %" if language() == "es" else "%"
    return _axis(tickCount=4, labelExpr=f"format(100 * datum.value, '.0f') + '{sign}'")


def _axis(**options: Any) -> alt.Axis:
    return alt.Axis(labelColor=_LABEL, labelFontSize=options.pop("labelFontSize", 12), gridColor="#e7ebe9", **options)
