"""Learning a head from corrections, on clusters that are made up: no text, no encoder."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.classify import learning
from monitor.classify.fitting import Floats, TrainingRows, fit
from monitor.classify.heads import softmax
from monitor.classify.learning import Lessons
from monitor.classify.reference import UNKNOWN, Reference
from monitor.classify.reference_check import HeadComparison, HeadMetrics, ReferenceCheck, logits_of, within_tolerance

WIDTH = 12
SHIPPED = np.zeros((2, WIDTH + 1))
SHIPPED[1, 0], SHIPPED[0, 0] = 1.0, -1.0
"""The shipped head looks at the first number only."""


def texts(count: int, seed: int, *, domain: bool) -> tuple[Floats, learning.Labels]:
    """Vectors and labels. In the new domain a number tells the labels apart that is always 0 in the old one."""
    source = np.random.default_rng(seed)
    labels = source.integers(0, 2, count)
    vectors = source.normal(size=(count, WIDTH))
    sign = 2.0 * labels - 1
    vectors[:, 0] += sign * (0.3 if domain else 1.5)
    vectors[:, 1] = (vectors[:, 1] + 2 * sign) * domain
    vectors[:, 2] += 3.0 * domain
    return vectors, labels


def frozen(seed: int = 5) -> Reference:
    vectors, labels = texts(900, seed, domain=False)
    rows = np.arange(900)
    return Reference(
        vectors,
        np.full(900, UNKNOWN),
        labels,
        np.where(rows % 2 == 0, "es", "en"),
        np.full(900, "made up"),
        rows % 3 == 0,
    )


def lessons(count: int, seed: int = 1, *, domain: bool = True) -> Lessons:
    vectors, labels = texts(count, seed, domain=domain)
    return Lessons(vectors, labels, softmax(logits_of(vectors, SHIPPED)))


def right(weights: Floats, *, domain: bool) -> float:
    vectors, labels = texts(2_000, 99, domain=domain)
    return float(np.mean(logits_of(vectors, weights).argmax(axis=1) == labels))


def test_a_shifted_domain_is_learned_and_the_old_one_is_kept() -> None:
    learned = learning.learn(lessons(200), frozen(), "complaint", SHIPPED)
    assert learned.verdict == "better"
    assert right(learned.weights, domain=True) > right(SHIPPED, domain=True) + 0.15
    assert right(learned.weights, domain=False) > right(SHIPPED, domain=False) - 0.02
    assert learned.after.log_loss < learned.before.log_loss
    assert set(learned.reference) == {"es", "en"}


def test_the_figures_hold_on_texts_that_were_not_seen() -> None:
    learned = learning.learn(lessons(200), frozen(), "complaint", SHIPPED)
    assert learned.after.macro_f1 == pytest.approx(right(learned.weights, domain=True), abs=0.06)


def test_labels_by_chance_teach_nothing() -> None:
    honest = lessons(100, domain=False)
    tossed = Lessons(honest.vectors, np.random.default_rng(3).integers(0, 2, 100), honest.rival)
    learned = learning.learn(tossed, frozen(), "complaint", SHIPPED)
    assert learned.after.macro_f1 < 0.65
    assert learned.verdict != "better" or learned.after.log_loss < learned.before.log_loss


def test_what_is_known_already_is_not_better() -> None:
    learned = learning.learn(lessons(60, domain=False), frozen(), "complaint", SHIPPED * 1.5)
    assert learned.verdict == "not better"


def test_lessons_against_everything_known_are_refused() -> None:
    honest = lessons(400, domain=False)
    turned = Lessons(honest.vectors, 1 - honest.labels, honest.rival)
    learned = learning.learn(turned, frozen(), "complaint", SHIPPED * 1.5)
    assert learned.verdict == "forgets"


def test_the_same_lessons_teach_the_same() -> None:
    first, second = (learning.learn(lessons(50), frozen(), "complaint", SHIPPED) for _ in range(2))
    assert np.array_equal(first.weights, second.weights)
    assert np.array_equal(first.unseen, second.unseen)


def test_progress_comes_to_its_end() -> None:
    steps: list[tuple[int, int]] = []
    learning.learn(lessons(30), frozen(), "complaint", SHIPPED, lambda done, total: steps.append((done, total)))
    assert steps[-1][0] == steps[-1][1] == len(steps)


@pytest.mark.parametrize(
    ("counts", "missing"), [((0, 0), 30), ((29, 0), 5), ((30, 0), 5), ((25, 5), 0), ((3, 40), 2), ((20, 5), 5)]
)
def test_too_few_corrections_are_counted(counts: tuple[int, int], missing: int) -> None:
    labels = np.repeat([0, 1], counts)
    assert learning.missing_corrections(labels) == missing


def test_the_prior_alone_changes_nothing() -> None:
    rows = TrainingRows(np.ones((3, WIDTH)), softmax(logits_of(np.ones((3, WIDTH)), SHIPPED)), np.ones(3))
    assert fit(rows, SHIPPED, 1.0) == pytest.approx(SHIPPED, abs=1e-6)


def test_one_row_moves_little_and_many_move_much() -> None:
    vectors, labels = texts(300, 2, domain=True)
    few, many = (
        fit(TrainingRows(vectors[:count], np.eye(2)[labels[:count]], np.ones(count)), SHIPPED, 0.5) - SHIPPED
        for count in (1, 300)
    )
    assert np.linalg.norm(few) < 0.3 * np.linalg.norm(many)


@given(seed=st.integers(0, 10_000), spread=st.floats(0.05, 20), count=st.integers(1, 60))
@settings(max_examples=40)
def test_the_fit_is_the_lowest_point(seed: int, spread: float, count: int) -> None:
    source = np.random.default_rng(seed)
    vectors = source.normal(size=(count, 4)) * 10 ** source.uniform(-2, 2)
    rows = TrainingRows(vectors, np.eye(3)[source.integers(0, 3, count)], source.uniform(0.1, 3, count))
    start = source.normal(size=(3, 5))
    weights = fit(rows, start, spread)
    lowest = objective(rows, start, spread, weights)
    assert lowest <= objective(rows, start, spread, start) + 1e-9
    for _ in range(5):
        nearby = weights + source.normal(size=weights.shape) * 0.05 * (1 + abs(weights))
        assert objective(rows, start, spread, nearby) >= lowest - 1e-3 * (1 + abs(lowest))


def objective(rows: TrainingRows, start: Floats, spread: float, place: Floats) -> float:
    """The loss as the docstrings state it, written a second time."""
    size = np.sqrt(np.mean(np.sum(rows.vectors**2, axis=1)))
    away = (place - start) * np.append(np.full(rows.vectors.shape[1], size), 1.0)
    probabilities = softmax(logits_of(rows.vectors, place))
    entropy = -np.sum(rows.targets * np.log(np.maximum(probabilities, 1e-300)), axis=1)
    return float(rows.weights @ entropy + np.sum(away**2) / (2 * spread**2))


def test_only_checking_rows_with_a_label_are_checked() -> None:
    reference = frozen()
    check = ReferenceCheck(reference, "complaint", SHIPPED)
    assert len(check.labels) == 600
    assert check.compare(SHIPPED)["es"].rows == 300
    assert ReferenceCheck(reference, "sentiment", np.zeros((3, WIDTH + 1))).compare(np.zeros((3, WIDTH + 1))) == {}


@pytest.mark.parametrize(("f1", "loss", "accepted"), [(0.79, 0.41, True), (0.77, 0.4, False), (0.8, 0.43, False)])
def test_a_language_that_gets_worse_is_noticed(f1: float, loss: float, accepted: bool) -> None:
    same = HeadComparison(300, HeadMetrics(0.8, 0.4), HeadMetrics(0.8, 0.4))
    assert (
        within_tolerance(
            {"es": HeadComparison(300, HeadMetrics(0.8, 0.4), HeadMetrics(f1, loss)), "en": same, "fr": same}
        )
        == accepted
    )


def test_many_languages_that_get_a_little_worse_are_noticed() -> None:
    comparison = HeadComparison(300, HeadMetrics(0.8, 0.4), HeadMetrics(0.785, 0.4))
    assert not within_tolerance({"es": comparison, "en": comparison, "fr": comparison})
