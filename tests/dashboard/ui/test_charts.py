"""What a chart is drawn from is whole: a day or a kind of which there is nothing has a row that says so."""

import json

import pandas as pd
import pytest

from dashboard.ui import charts


def test_days_and_kinds_without_mentions_are_there_with_zero() -> None:
    days = pd.date_range("2026-03-01", periods=3)
    rows = pd.DataFrame({"day": [days[1]], "sentiment": ["neutral"], "decision": ["other"], "n": [2]})
    buckets = charts.bucket_counts(rows, "decision", ["complaint", "unsure"], days)
    assert buckets.groupby("decision")["n"].agg(list).to_dict() == {"complaint": [0, 0, 0], "unsure": [0, 0, 0]}
    buckets = charts.bucket_counts(rows, "sentiment", ["neutral"], days)
    assert buckets["n"].tolist() == [0, 2, 0]


@pytest.mark.parametrize(("language", "sign"), [("es", " %"), ("en", "%")])
def test_shares_are_percentages_as_the_language_writes_them(
    monkeypatch: pytest.MonkeyPatch, language: str, sign: str
) -> None:
    monkeypatch.setattr(charts, "language", lambda: language)
    monday = pd.date_range("2026-03-02", periods=2, freq="7D", tz="UTC")
    promise = charts.promise(pd.DataFrame({"monday": monday, "judged": [12, 20], "right": [9, 19]}), 0.85)
    rows = {"monday": monday, "head": ["complaint"] * 2, "corrections": [12, 20], "agreements": [9, 19]}
    for chart in (promise, charts.agreement(pd.DataFrame(rows))):
        assert f"format(100 * datum.value, '.0f') + '{sign}'" in json.dumps(chart.to_dict())
