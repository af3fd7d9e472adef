"""Charts of the desk's metrics; words come from the catalogue, figures stand beside the bars."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from dashboard.i18n import language, t
from dashboard.ui.charts import COMPLAINT, NEUTRAL, POSITIVE, count_axis, room_for, step
from dashboard.ui.formatting import CHART_DAY, CHART_LONG_DAY, number
from monitor.store.metrics.flow import CaseFlowDay

_LABEL = "#3a4651"
_TEAL = "#1f6f78"


def flow(days: Sequence[CaseFlowDay]) -> alt.LayerChart:
    """Cases opened and ended, side by side, by day, week or month."""
    rule = step(3 * len(days))
    rows = pd.DataFrame({"day": pd.to_datetime([day.day for day in days]).as_unit("s")})
    rows["opened"], rows["ended"] = [day.opened for day in days], [day.ended for day in days]
    buckets = rows.set_index("day").resample(rule, label="left", closed="left").sum().reset_index()
    kinds = {"opened": t("metrics.flow_opened"), "ended": t("metrics.flow_ended")}
    long = buckets.melt("day", var_name="what", value_name="n")
    long["kind"] = long["what"].map(kinds)
    base = alt.Chart(long).encode(
        x=alt.X("day:T", title=None, axis=_days(rule, len(days), buckets["day"])),
        y=alt.Y("n:Q", title=None, axis=count_axis()),
        color=alt.Color(
            "kind:N",
            scale=alt.Scale(domain=list(kinds.values()), range=[COMPLAINT, POSITIVE]),
            legend=alt.Legend(orient="top", title=None, labelColor=_LABEL, labelFontSize=12, offset=2),
        ),
        tooltip=[
            alt.Tooltip("day:T", title=t(f"overview.bucket_{rule[0].lower()}"), format=CHART_LONG_DAY[language()]),
            alt.Tooltip("kind:N", title=t("metrics.what")),
            alt.Tooltip("n:Q", title=t("metrics.cases")),
        ],
    )
    return alt.layer(base.mark_line(strokeWidth=2), base.mark_circle(size=36, opacity=1)).properties(height=250)


def backlog(days: Sequence[CaseFlowDay]) -> alt.LayerChart:
    """Open cases at the end of each day, with the last figure written at its end."""
    rows = pd.DataFrame({"day": pd.to_datetime([day.day for day in days]).as_unit("s")})
    rows["n"] = [day.backlog for day in days]
    rows["words"] = [number(count) for count in rows["n"]]
    base = alt.Chart(rows).encode(
        x=alt.X("day:T", title=None, axis=_days("D", len(days), None)),
        y=alt.Y("n:Q", title=None, axis=count_axis(), scale=alt.Scale(zero=True)),
        tooltip=[
            alt.Tooltip("day:T", title=t("overview.bucket_d"), format=CHART_LONG_DAY[language()]),
            alt.Tooltip("n:Q", title=t("metrics.backlog_open")),
        ],
    )
    last = alt.Chart(rows.tail(1)).encode(x="day:T", y="n:Q", text="words:N")
    return alt.layer(
        base.mark_area(color=NEUTRAL, opacity=0.25, line={"color": _TEAL, "strokeWidth": 2}),
        last.mark_circle(size=50, color=_TEAL),
        last.mark_text(align="right", dx=-2, dy=-12, color=_LABEL, fontSize=13, fontWeight="bold"),
    ).properties(height=250)


def bars(names: Sequence[str], counts: Sequence[int], words: Sequence[str], colour: str = COMPLAINT) -> alt.LayerChart:
    """Horizontal bars in the given order with words beside them."""
    rows = pd.DataFrame({"name": names, "n": counts, "words": words})
    counts_axis = alt.X("n:Q", scale=alt.Scale(domain=[0, max([*counts, 1])]), axis=None)
    labels = _axis(labelLimit=190, domain=False, ticks=False)
    base = alt.Chart(rows).encode(
        y=alt.Y("name:N", title=None, sort=list(names), axis=labels),
        x=counts_axis,
        tooltip=[alt.Tooltip("name:N", title=t("metrics.group")), alt.Tooltip("words:N", title=t("metrics.cases"))],
    )
    return alt.layer(
        base.mark_bar(color=colour, height=15, cornerRadiusEnd=2),
        base.mark_text(align="left", dx=6, color=_LABEL, fontSize=12).encode(text="words:N"),
    ).properties(height=max(60, 31 * len(names)), padding=room_for(words))


def _days(rule: str, days: int, starts: "pd.Series[pd.Timestamp] | None") -> alt.Axis:
    """Where weeks or months are put together, the axis names the day on which each begins."""
    pattern = "%m/%Y" if rule == "MS" or days > 370 else CHART_DAY[language()]
    values: dict[str, Any] = {"tickCount": 8}
    if rule != "D" and starts is not None:
        values = {"values": [alt.DateTime(year=at.year, month=at.month, date=at.day) for at in starts]}
    return _axis(format=pattern, grid=False, labelOverlap=True, **values)


def _axis(**options: Any) -> alt.Axis:
    return alt.Axis(labelColor=_LABEL, labelFontSize=12, gridColor="#e7ebe9", **options)
