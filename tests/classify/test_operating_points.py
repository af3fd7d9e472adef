"""What thresholds are worth, on made-up probabilities."""

import numpy as np
import pytest

from monitor.classify.operating_points import FEWEST_ABOVE, FEWEST_ROWS, GRID, isotonic, measure_points


def drawn(rows: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Labels and probabilities of a model that means what it says."""
    rng = np.random.default_rng(seed)
    probabilities = rng.random(rows)
    return rng.random(rows) < probabilities, probabilities


def test_precision_rises_and_cleared_and_recall_fall_with_the_threshold() -> None:
    labels, probabilities = drawn(400)
    points = measure_points(labels, probabilities, ["es"] * 400)["es"]
    assert list(np.diff([point.threshold for point in points]) > 0) == [True] * (len(points) - 1)
    assert all(np.diff([point.precision for point in points]) >= 0)
    assert all(np.diff([point.cleared for point in points]) <= 0)
    assert all(np.diff([point.recall for point in points]) <= 0)


def test_a_calibrated_model_is_worth_what_it_says() -> None:
    labels, probabilities = drawn(20_000)
    points = {point.threshold: point for point in measure_points(labels, probabilities, ["es"] * 20_000)[""]}
    assert points[0.8].precision == pytest.approx(0.9, abs=0.02)
    assert points[0.2].cleared == pytest.approx(0.9, abs=0.02)
    assert points[0.5].recall == pytest.approx(0.75, abs=0.02)


def test_a_language_needs_enough_posts_and_both_labels() -> None:
    labels, probabilities = drawn(3 * FEWEST_ROWS)
    languages = ["es"] * (FEWEST_ROWS + 1) + ["pt"] * (FEWEST_ROWS - 1) + ["fr"] * FEWEST_ROWS
    labels[-FEWEST_ROWS:] = False
    assert set(measure_points(labels, probabilities, languages)) == {"", "es"}
    assert measure_points(labels[:5], probabilities[:5], languages[:5]) == {}


def test_a_threshold_that_hardly_a_post_reaches_is_no_point() -> None:
    labels, probabilities = drawn(200)
    probabilities *= 0.5
    points = measure_points(labels, probabilities, ["es"] * 200)[""]
    assert points[-1].threshold < 0.5
    assert np.sum(probabilities >= points[-1].threshold) >= FEWEST_ABOVE


def test_the_same_posts_in_another_order_give_the_same_points() -> None:
    labels, probabilities = drawn(300)
    order = np.random.default_rng(1).permutation(300)
    again = measure_points(labels[order], probabilities[order], ["es"] * 300)
    assert again == measure_points(labels, probabilities, ["es"] * 300)


def test_isotonic_regression_pools_what_goes_down() -> None:
    fitted = isotonic(np.array([False, True, False, True]), np.array([0.1, 0.2, 0.3, 0.9]))
    assert fitted.tolist() == [0.0, 0.5, 0.5, 1.0]
    assert isotonic(np.array([True, False]), np.array([0.4, 0.4])).tolist() == [0.5, 0.5]


def test_the_grid_rises() -> None:
    assert list(GRID) == sorted(set(GRID))
