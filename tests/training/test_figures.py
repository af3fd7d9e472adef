"""Figures and calibration on made-up scores."""

from collections.abc import Sequence

import numpy as np
import pytest

from monitor import intervals
from monitor.classify import figures
from monitor.classify.heads import Heads, softmax
from monitor.training.calibrate import calibrate, fit
from monitor.training.datasets import Example
from monitor.training.evaluate import answers, by_language, evaluate, family, table
from monitor.training.readings import UNKNOWN


def logits_of(*rows: tuple[Sequence[float], Sequence[float]]) -> np.ndarray:
    """Logits from probabilities of both heads."""
    return np.log(np.maximum(np.array([(*sentiment, *complaint) for sentiment, complaint in rows]), 1e-9))


def test_macro_figures() -> None:
    labels, guesses = np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])
    assert figures.macro_f1(labels, guesses) == pytest.approx((0.8 + 2 / 3) / 2)
    assert figures.macro_recall(labels, guesses) == pytest.approx((2 / 3 + 1) / 2)


def test_a_class_without_rows_is_not_in_the_mean() -> None:
    matrix = figures.confusion(np.array([0, 0]), np.array([0, 2]), 3)
    assert matrix.tolist() == [[1, 0, 1], [0, 0, 0], [0, 0, 0]]
    assert figures.macro(figures.recalls, matrix) == 0.5
    assert figures.precisions(matrix).tolist() == [1, 0, 0]


def test_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    probabilities = np.array([[0.8, 0.2]] * 10)
    assert figures.calibration_error(np.array([0] * 8 + [1] * 2), probabilities) == pytest.approx(0)
    assert figures.calibration_error(np.array([0] * 5 + [1] * 5), probabilities) == pytest.approx(0.3)


def test_a_perfect_model_shows_an_error_that_shrinks_with_rows() -> None:
    rng = np.random.default_rng(5)
    chances = rng.random(6_400)
    probabilities = np.column_stack((1 - chances, chances))
    few, many = figures.chance_error(probabilities[:100]), figures.chance_error(probabilities)
    assert few > 4 * many > 0
    drawn = (rng.random(6_400) < chances).astype(np.int64)
    assert figures.calibration_error(drawn, probabilities) == pytest.approx(many, abs=0.01)


def test_reliability_sets_what_came_true_beside_what_was_said() -> None:
    bins = figures.reliability(np.array([0.1, 0.1, 0.9, 1.0]), np.array([False, True, True, True]), bins=2)
    assert [(interval.rows, interval.happened) for interval in bins] == [(2, 0.5), (2, 1.0)]
    assert bins[1].expected == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("hits", "rows", "low", "high"), [(8, 10, 0.490, 0.943), (10, 10, 0.722, 1.0), (0, 10, 0.0, 0.278), (0, 0, 0, 1)]
)
def test_the_interval_of_a_share(hits: int, rows: int, low: float, high: float) -> None:
    assert intervals.wilson(hits, rows) == pytest.approx((low, high), abs=0.001)


def test_overconfidence_is_cooled_down() -> None:
    labels = np.array([0] * 8 + [1] * 2)
    logits = np.log(np.array([[0.98, 0.02]] * 10))
    change = fit(logits, labels, np.ones(10), "scale")
    assert softmax(logits * change.scale + change.shifts)[0, 0] == pytest.approx(0.8, abs=0.001)


def test_shifts_mend_what_no_scale_can() -> None:
    rng = np.random.default_rng(2)
    true = rng.normal(size=(4_000, 3)) * 2
    labels = np.array([rng.choice(3, p=row) for row in softmax(true)])
    shifted = true + np.array((0.0, 1.0, -1.0))
    change = fit(shifted, labels, np.ones(4_000), "scale and shifts")
    error = figures.calibration_error(labels, softmax(shifted * change.scale + change.shifts))
    only_scaled = fit(shifted, labels, np.ones(4_000), "scale")
    assert error < 0.03 < figures.calibration_error(labels, softmax(shifted * only_scaled.scale))


def spread(count: int, source: str, language: str) -> tuple[list[Example], np.ndarray]:
    """Examples whose labels come true as often as their logits say."""
    rng = np.random.default_rng(len(source) + len(language))
    logits = rng.normal(size=(count, 5))
    moods = [int(rng.choice(3, p=row)) for row in softmax(logits[:, :3])]
    breaches = (rng.random(count) < softmax(logits[:, 3:])[:, 1]).astype(int).tolist()
    pairs = zip(moods, breaches, strict=True)
    return [Example(f"{source} {at}", language, source, *pair) for at, pair in enumerate(pairs)], logits


def test_calibration_is_chosen_on_groups_it_was_not_fitted_on_and_folds_into_the_heads() -> None:
    here, here_logits = spread(600, "umsab", "es")
    there, there_logits = spread(400, "tass2020-mx", "es")
    far, last = spread(300, "umsab", "pt")
    logits = 3 * np.concatenate((here_logits, there_logits, last))  # three times too sure
    chosen = calibrate(here + there + far, logits)
    assert set(chosen.ways.values()) == {"scale"}
    assert chosen.adjustments["complaint"].scale == pytest.approx(1 / 3, abs=0.05)
    assert {trial.language for trial in chosen.trials} == {"es", "pt"}
    vectors = np.random.default_rng(1).normal(size=(7, 5)).astype(np.float32)
    heads = Heads("v", np.eye(5, dtype=np.float32), np.arange(5, dtype=np.float32), {})
    folded = chosen.apply_to_heads(heads)
    exact = chosen.apply_to_logits((vectors @ heads.weight.T + heads.bias).astype(np.float64))
    assert vectors @ folded.weight.T + folded.bias == pytest.approx(exact, abs=1e-5)


def test_misleading_sources_do_not_calibrate() -> None:
    good, logits = spread(200, "umsab", "es")
    easy = [Example(f"easy {at}", "es", "fincorp", 2, 1) for at in range(50)]
    alone, mixed = calibrate(good, logits), calibrate(good + easy, np.concatenate((logits, np.zeros((50, 5)))))
    assert alone.ways == mixed.ways
    assert alone.adjustments["sentiment"].scale == mixed.adjustments["sentiment"].scale


def test_figures_are_per_head_source_and_language() -> None:
    examples = [
        Example("a", "es", "ijcnlp17-complaint", UNKNOWN, 1),
        Example("b", "es", "ijcnlp17-comment", UNKNOWN, 0),
        Example("c", "es", "tass2020-mx", 0, UNKNOWN),
    ]
    logits = logits_of(((1, 0, 0), (0.1, 0.9)), ((0, 1, 0), (0.8, 0.2)), ((0.7, 0.2, 0.1), (0.5, 0.5)))
    metrics = evaluate(answers(examples, logits))
    assert [(line.head, line.source, line.rows, line.macro_f1, line.precision) for line in metrics] == [
        ("complaint", "ijcnlp17", 2, 1.0, 1.0),
        ("sentiment", "tass2020-mx", 1, 1.0, 1.0),
    ]
    assert "| sentiment | tass2020-mx | es | 1 | 1.000 | 1.000 | 1.000 | 1.000 | 0.300 |" in table(metrics)


def test_brand_posts_and_misleading_sources_are_not_joined_with_others() -> None:
    sources = ("umsab", "tass2020-mx", "es_airlines(noisy)", "es_brand")
    examples = [Example(str(at), "es", source, 0, UNKNOWN) for at, source in enumerate(sources)]
    joined = by_language(answers(examples, np.zeros((4, 5))))
    assert {key: len(group.labels) for key, group in joined.items()} == {
        ("sentiment", "es"): 2,
        ("sentiment", "es_brand"): 1,
    }


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("us_airline(derived)", "us_airline"),
        ("preotiuc-control", "preotiuc"),
        ("tass2020-mx", "tass2020-mx"),
        ("read-banks", "read-banks"),
        ("es_airlines(noisy)", "es_airlines"),
        ("es_brand", "es_brand"),
    ],
)
def test_family(source: str, name: str) -> None:
    assert family(source) == name
