"""The overview's figures, of this period and of the one before."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from dashboard.queries import overview
from monitor.settings.loading import Settings
from tests import desk_store
from tests.dashboard.pages import open_page


def test_both_periods_count_what_is_negative_by_the_same_definition(
    config: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    desk_store.post(config, "now", "hoy", now - timedelta(minutes=1))
    desk_store.post(config, "before", "antes", now - timedelta(days=7))
    desk_store.post(config, "older", "mucho antes", now - timedelta(days=30))
    seen: list[overview.Sums] = []
    define = overview.sums

    def watched(rows: pd.DataFrame) -> overview.Sums:
        seen.append(define(rows))
        return seen[-1]

    monkeypatch.setattr(overview, "sums", watched)
    app = open_page("overview", period="7", lang="en")
    assert not app.exception
    assert seen == [overview.Sums(1, 1, 1)] * 2
    negative = next(metric for metric in app.metric if metric.label == "Negative")
    assert (negative.value, negative.delta) == ("100%", "+0.0 points")
