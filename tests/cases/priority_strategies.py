"""Cases and weights of the priority score for property tests: anything a store or a settings file may hold."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from monitor.models.cases import SEVERITIES, Case
from monitor.settings.desk import Priority, SeverityWeights, ValueWeights

VALUES = ("", "low", "medium", "large", "top")
AT = datetime.fromisoformat("2026-02-01T10:00:00+00:00")


def case(**facts: object) -> Case:
    """A case just received, with these fields."""
    bare = Case(1, "ESC-000001-3", "Norvia", "x", "t", "ana", "es", "received", AT, "escucha", AT, AT, AT, 1)
    return replace(bare, **facts)  # type: ignore[arg-type]


some_cases = st.builds(
    case,
    severity=st.sampled_from(SEVERITIES),
    value=st.sampled_from(VALUES),
    reach=st.integers(0, 10**9),
    contacts=st.integers(0, 50),
    asked_at=st.none() | st.timedeltas(timedelta(days=-900), timedelta(days=2_000)).map(lambda ago: AT - ago),
    paused_at=st.none() | st.just(AT),
)
factors = st.floats(0, 3)
some_weights = st.builds(
    Priority,
    severity=st.lists(st.floats(0.1, 20), min_size=4, max_size=4).map(
        lambda four: SeverityWeights(**dict(zip(SEVERITIES, sorted(four), strict=True)))
    ),
    value=st.lists(st.floats(1, 5), min_size=4, max_size=4).map(
        lambda four: ValueWeights(**dict(zip(VALUES[1:], sorted(four), strict=True)))
    ),
    reach=factors,
    waiting=factors,
    waiting_days=st.floats(0, 400),
    repeat=factors,
    repeat_most=st.integers(0, 20),
)
