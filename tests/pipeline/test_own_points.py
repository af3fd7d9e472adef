"""Thresholds by what a desk decided: its stream is rebuilt from what was judged, and nothing is told that it lacks."""

from dataclasses import replace

import numpy as np
import pytest

from monitor.classify.heads import OperatingPoint
from monitor.classify.operating_points import GRID
from monitor.classify.policy import thresholds
from monitor.models.posts import Decision
from monitor.pipeline.own_points import FEWEST_DECISIONS, FEWEST_DRAWN, DeskDecisions, Stream, fit, missing
from monitor.settings.classifier import Policy

POLICY = Policy()
SHIPPED = {"": tuple(OperatingPoint(at, min(1.0, at + 0.15), 1 - at / 8, 1 - at) for at in GRID)}
SHIPPED["es"] = SHIPPED[""]
CASE_AT, REVIEW_AT = 0.70, 0.24  # what SHIPPED gives for 85 % and 97 %


def desk(posts: int, drawn: float, seed: int = 1, bias: float = 0.75) -> tuple[DeskDecisions, Stream, np.ndarray]:
    """A stream of Spanish posts that complain less often than the model says, and the part of it that was judged."""
    rng = np.random.default_rng(seed)
    chances = rng.beta(0.4, 1.6, posts)
    truth = rng.random(posts) < bias * chances
    decided: list[Decision] = [
        "complaint" if chance >= CASE_AT else "unsure" if chance >= REVIEW_AT else "other" for chance in chances
    ]
    decisions = np.array(decided)
    shares = {"complaint": 0.9, "unsure": 0.5, "other": drawn}
    judged = rng.random(posts) < np.array([shares[decision] for decision in decided])
    stream: Stream = {("es", decision): int(np.sum(decisions == decision)) for decision in sorted(set(decided))}
    rows = np.flatnonzero(judged)
    texts = DeskDecisions(
        truth[rows],
        chances[rows],
        ["es"] * len(rows),
        [decided[row] for row in rows],
        decisions[rows] == "other",
    )
    return texts, stream, np.column_stack((chances, truth))


def test_shipped_points_give_the_thresholds_that_the_tests_begin_with() -> None:
    limits = thresholds(SHIPPED, "es", POLICY)
    assert (limits.complaint_at, limits.unsure_at) == (CASE_AT, REVIEW_AT)


@pytest.mark.parametrize("seed", range(5))
def test_a_promise_that_the_shipped_points_break_is_kept_by_the_desks_own(seed: int) -> None:
    policy = Policy(complaint_precision=0.68, other_precision=0.95)
    judged, stream, _ = desk(6_000, drawn=0.05, seed=seed)
    _, _, everything = desk(60_000, drawn=0.05, seed=100 + seed)
    chances, truth = everything.T
    points, origins = fit(judged, stream, SHIPPED, policy)
    assert origins["es"].decisions == len(judged.complaints)
    assert origins["es"].drawn >= FEWEST_DRAWN
    limits = thresholds(points, "es", policy)
    assert truth[chances >= limits.complaint_at].mean() == pytest.approx(0.68, abs=0.06)
    assert 1 - truth[chances < limits.unsure_at].mean() >= 0.93
    shipped = thresholds(SHIPPED, "es", policy)
    before = truth[chances >= shipped.complaint_at].mean()
    assert abs(truth[chances >= limits.complaint_at].mean() - 0.68) < abs(before - 0.68)


def test_without_weights_what_is_put_aside_would_look_better_than_it_is() -> None:
    """The sample stands for a hundred times its number: were it counted as it is, thresholds would be too low."""
    judged, stream, everything = desk(40_000, drawn=0.01)
    points, _ = fit(judged, stream, SHIPPED, POLICY)
    at = next(point for point in points["es"] if point.threshold == 0.4)
    chances, truth = everything.T
    assert at.cleared == pytest.approx(1 - truth[chances < 0.4].mean(), abs=0.02)
    alike = replace(judged, decisions=["other"] * len(judged.decisions))
    assert 1 - alike.complaints[alike.probabilities < 0.4].mean() < at.cleared - 0.05


def test_too_few_decisions_leave_everything_as_it_is() -> None:
    judged, stream, _ = desk(6_000, drawn=0.05)
    few = judged.of(np.arange(len(judged.complaints)) < FEWEST_DECISIONS - 1)
    assert fit(few, stream, SHIPPED, POLICY) == ({}, {})
    none = replace(judged, complaints=np.zeros(len(judged.complaints), dtype=bool))
    assert fit(none, stream, SHIPPED, POLICY) == ({}, {})


def test_without_the_sample_nothing_new_is_said_of_what_is_put_aside() -> None:
    judged, stream, _ = desk(6_000, drawn=0.0)
    points, origins = fit(judged, stream, SHIPPED, POLICY)
    assert origins["es"].drawn == 0
    shipped = {point.threshold: point.cleared for point in SHIPPED["es"]}
    assert all(point.cleared == shipped[point.threshold] for point in points["es"])
    assert thresholds(points, "es", POLICY).unsure_at == thresholds(SHIPPED, "es", POLICY).unsure_at


def test_where_nobody_judged_what_waits_no_threshold_goes_below_the_one_in_force() -> None:
    judged, stream, _ = desk(6_000, drawn=0.0, bias=1.3)  # more complaints than the model says
    flagged = judged.of(np.array(judged.decisions) == "complaint")
    points, _ = fit(flagged, stream, SHIPPED, POLICY)
    assert thresholds(points, "es", POLICY).complaint_at >= CASE_AT


def test_languages_without_points_share_theirs_and_a_language_with_enough_gets_its_own() -> None:
    judged, stream, _ = desk(6_000, drawn=0.05)
    count = len(judged.complaints)
    languages = ["pt" if at % 2 else "nl" for at in range(count)]
    languages[-5:] = ["ca"] * 5
    few = replace(judged, languages=languages)
    halves = {(code, decision): posts // 2 for (_, decision), posts in stream.items() for code in ("pt", "nl")}
    points, origins = fit(few, halves, SHIPPED, POLICY)
    assert set(points) == {"pt", "nl"}
    scattered = replace(judged, languages=[f"x{at % 9}" for at in range(count)])
    spread = {(f"x{at}", decision): posts // 9 for (_, decision), posts in stream.items() for at in range(9)}
    points, origins = fit(scattered, spread, SHIPPED, POLICY)
    assert set(points) == {""}
    assert origins[""].decisions == count


@pytest.mark.parametrize(
    ("complaints", "others", "lacking"), [(0, 0, 200), (100, 100, 0), (500, 5, 15), (3, 4, 193), (190, 5, 15)]
)
def test_what_is_missing_is_told(complaints: int, others: int, lacking: int) -> None:
    assert missing(complaints, others) == lacking
