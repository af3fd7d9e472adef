"""The order of cases in lists: SQL that gives what `monitor.cases.priority.score` gives."""

from datetime import datetime
from typing import Any

from monitor.settings.desk import Priority


def score_sql(weights: Priority, now: datetime, alias: str = "cases") -> tuple[str, dict[str, Any]]:
    """The score of a row of `cases` as SQL, and the named parameters it takes; sort by it downwards.

    The customer does not wait, so that nothing is added, once they have our answer or while the clocks rest.
    """
    expression = f"""
        ({alias}.base * (1 + $rank_waiting * CASE WHEN {alias}.asked_at IS NULL OR {alias}.paused_at IS NOT NULL THEN 0
            ELSE least(greatest(($rank_now - epoch_us({alias}.asked_at))::FLOAT8 / 86400000000.0, 0), $rank_days) END))
    """
    moment = round(now.timestamp() * 1_000_000)
    return expression.strip(), {
        "rank_waiting": float(weights.waiting),
        "rank_days": float(weights.waiting_days),
        "rank_now": moment,
    }
