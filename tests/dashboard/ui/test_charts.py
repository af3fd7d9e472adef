"""What a chart is drawn from is whole: a day or a kind of which there is nothing has a row that says so."""

import pandas as pd

from dashboard.ui import charts


def test_days_and_kinds_without_mentions_are_there_with_zero() -> None:
    days = pd.date_range("2026-03-01", periods=3)
    rows = pd.DataFrame({"day": [days[1]], "sentiment": ["neutral"], "decision": ["other"], "n": [2]})
    buckets = charts.bucket_counts(rows, "decision", ["complaint", "unsure"], days)
    assert buckets.groupby("decision")["n"].agg(list).to_dict() == {"complaint": [0, 0, 0], "unsure": [0, 0, 0]}
    buckets = charts.bucket_counts(rows, "sentiment", ["neutral"], days)
    assert buckets["n"].tolist() == [0, 2, 0]
