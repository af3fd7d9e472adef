"""Figures and temperatures on made-up scores."""

import numpy as np
import pytest

from monitor.models import Scores
from monitor.training.calibrate import calibrate, temperature
from monitor.training.datasets import UNKNOWN, Example
from monitor.training.evaluate import calibration_error, evaluate, family, macro_f1, macro_recall, table


def test_macro_figures() -> None:
    labels, guesses = np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])
    assert macro_f1(labels, guesses) == pytest.approx((0.8 + 2 / 3) / 2)
    assert macro_recall(labels, guesses) == pytest.approx((2 / 3 + 1) / 2)


def test_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    probabilities = np.array([[0.8, 0.2]] * 10)
    assert calibration_error(np.array([0] * 8 + [1] * 2), probabilities) == pytest.approx(0)
    assert calibration_error(np.array([0] * 5 + [1] * 5), probabilities) == pytest.approx(0.3)


def test_overconfidence_is_cooled_down() -> None:
    labels = np.array([0] * 8 + [1] * 2)
    found = temperature(labels, np.array([[0.98, 0.02]] * 10), np.ones(10))
    assert 0.98 ** (1 / found) / (0.98 ** (1 / found) + 0.02 ** (1 / found)) == pytest.approx(0.8, abs=0.01)


def test_figures_are_per_head_source_and_language() -> None:
    examples = [
        Example("a", "es", "ijcnlp17-complaint", UNKNOWN, 1),
        Example("b", "es", "ijcnlp17-comment", UNKNOWN, 0),
        Example("c", "es", "tass2020-mx", 0, UNKNOWN),
    ]
    scores = {"a": Scores(1, 0, 0, 0.9), "b": Scores(0, 1, 0, 0.2), "c": Scores(0.7, 0.2, 0.1, 0.5)}
    figures = evaluate(lambda texts: [scores[text] for text in texts], examples)
    assert [(one.head, one.source, one.rows, one.macro_f1) for one in figures] == [
        ("complaint", "ijcnlp17", 2, 1.0),
        ("sentiment", "tass2020-mx", 1, 1.0),
    ]
    assert "| sentiment | tass2020-mx | es | 1 | 1.000 | 1.000 | 0.300 |" in table(figures)


def test_misleading_sources_do_not_calibrate() -> None:
    good = [Example(str(at), "es", "umsab", int(at >= 8), int(at >= 8)) for at in range(10)]
    easy = [Example(f"easy {at}", "es", "fincorp", 2, 1) for at in range(50)]
    scores = [Scores(0.98, 0.01, 0.01, 0.02)] * 60
    assert calibrate(good + easy, scores) == calibrate(good, scores[:10])


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("us_airline(derived)", "us_airline"),
        ("preotiuc-control", "preotiuc"),
        ("tass2020-mx", "tass2020-mx"),
        ("es_airlines(noisy)", "es_airlines"),
        ("es_brand", "es_brand"),
    ],
)
def test_family(source: str, name: str) -> None:
    assert family(source) == name
