"""Figures and calibration on made-up scores."""

from collections.abc import Sequence

import numpy as np
import pytest

from monitor import intervals
from monitor.classify import figures
from monitor.classify.heads import ROWS, Heads, softmax
from monitor.training.calibrate import calibrate, fit
from monitor.training.datasets import Example
from monitor.training.evaluate import answers, by_language, evaluate, family, table
from monitor.training.readings import UNKNOWN


def logits_of(*rows: tuple[Sequence[float], Sequence[float]]) -> np.ndarray:
    """Logits from probabilities of sentiment and complaint; about is anybody's guess."""
    return np.log(np.maximum(np.array([(*sentiment, *complaint, 0.5, 0.5) for sentiment, complaint in rows]), 1e-9))


def of_two(chances: np.ndarray) -> np.ndarray:
    """Probabilities of two classes from those of the second."""
    return np.column_stack((1 - chances, chances))


def test_macro_figures() -> None:
    labels, guesses = np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])
    assert figures.macro_f1(labels, guesses) == pytest.approx((0.8 + 2 / 3) / 2)
    assert figures.macro_recall(labels, guesses) == pytest.approx((2 / 3 + 1) / 2)


def test_a_class_without_rows_is_not_in_the_mean() -> None:
    matrix = figures.confusion(np.array([0, 0]), np.array([0, 2]), 3)
    assert matrix.tolist() == [[1, 0, 1], [0, 0, 0], [0, 0, 0]]
    assert figures.macro(figures.recalls, matrix) == 0.5
    assert figures.precisions(matrix).tolist() == [1, 0, 0]


def test_calibration_error_is_the_gap_between_what_is_said_and_what_happens() -> None:
    probabilities = np.array([[0.8, 0.2]] * 10)
    for error in (figures.calibration, figures.top_calibration):
        assert error(np.array([0] * 8 + [1] * 2), probabilities).error == pytest.approx(0)
        assert error(np.array([0] * 5 + [1] * 5), probabilities).error == pytest.approx(0.3)


def test_a_biased_model_shows_its_bias() -> None:
    """It says .6 of what is true 5 times in 10, .4 of what is 3 times: as much too sure of yes as too unsure of no."""
    said = np.repeat((0.6, 0.4), 500)
    labels = np.array(([1] * 250 + [0] * 250) + ([1] * 150 + [0] * 350))
    found = figures.calibration(labels, of_two(said))
    assert found.error == pytest.approx(0.1)
    assert found.chance < 0.03
    assert figures.top_calibration(labels, of_two(said)).error < found.chance


def test_the_error_of_three_answers_is_the_mean_over_them() -> None:
    probabilities = np.array([[0.5, 0.3, 0.2]] * 100)
    labels = np.repeat((0, 1, 2), (50, 10, 40))
    assert figures.calibration(labels, probabilities).error == pytest.approx((0 + 0.2 + 0.2) / 3)
    assert figures.top_calibration(labels, probabilities).error == pytest.approx(0)


def test_a_perfect_model_shows_an_error_that_shrinks_with_rows() -> None:
    rng = np.random.default_rng(5)
    chances = rng.random(6_400)
    drawn, probabilities = (rng.random(6_400) < chances).astype(np.int64), of_two(chances)
    for error in (figures.calibration, figures.top_calibration):
        few, many = error(drawn[:100], probabilities[:100]), error(drawn, probabilities)
        assert few.chance > 4 * many.chance > 0
        assert many.error == pytest.approx(many.chance, abs=0.01)


def test_rows_weigh_in_the_error() -> None:
    labels, probabilities = np.array([1, 0]), of_two(np.array([0.9, 0.9]))
    assert figures.calibration(labels, probabilities, np.array([1.0, 0.0])).error == pytest.approx(0.1)
    assert figures.calibration(labels, probabilities).error == pytest.approx(0.4)


@pytest.mark.parametrize("rows", [100, 1_000])
def test_the_interval_of_macro_f1_holds_the_truth_nineteen_times_in_twenty(rows: int) -> None:
    rng = np.random.default_rng(3)
    cells = np.array([[0.5, 0.1], [0.05, 0.35]])
    truth = figures.macro(figures.f1s, 10_000 * cells)
    found = [figures.f1_interval(rng.multinomial(rows, cells.ravel()).reshape(2, 2)) for _ in range(60)]
    assert sum(low <= truth <= high for low, high in found) >= 53
    assert found[0] == pytest.approx((truth - 1.96 * 0.36 / rows**0.5, truth + 1.96 * 0.36 / rows**0.5), abs=0.07)


@pytest.mark.parametrize(("matrix", "interval"), [([[3, 0], [0, 2]], (0.566, 1)), ([[0, 3], [2, 0]], (0, 0.434))])
def test_where_all_guesses_are_alike_the_interval_of_macro_f1_is_not_a_point(
    matrix: list[list[int]], interval: tuple[float, float]
) -> None:
    assert figures.f1_interval(np.array(matrix)) == pytest.approx(interval, abs=0.001)


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
    error = figures.calibration(labels, softmax(shifted * change.scale + change.shifts)).error
    only_scaled = fit(shifted, labels, np.ones(4_000), "scale")
    assert error < 0.03 < figures.calibration(labels, softmax(shifted * only_scaled.scale)).error


def spread(count: int, source: str, language: str) -> tuple[list[Example], np.ndarray]:
    """Examples whose labels come true as often as their logits say."""
    rng = np.random.default_rng(len(source) + len(language))
    logits = rng.normal(size=(count, 7))
    moods = [int(rng.choice(3, p=row)) for row in softmax(logits[:, :3])]
    breaches, subjects = (
        (rng.random(count) < softmax(logits[:, ROWS[head]])[:, 1]).astype(int).tolist()
        for head in ("complaint", "about")
    )
    labels = zip(moods, breaches, subjects, strict=True)
    return [
        Example(f"{source} {at}", language, source, mood, breach, about=subject)
        for at, (mood, breach, subject) in enumerate(labels)
    ], logits


def test_calibration_is_chosen_on_groups_it_was_not_fitted_on_and_folds_into_the_heads() -> None:
    here, here_logits = spread(1_200, "umsab", "es")
    there, there_logits = spread(800, "tass2020-mx", "es")
    far, last = spread(600, "umsab", "pt")
    logits = 3 * np.concatenate((here_logits, there_logits, last))  # three times too sure
    chosen = calibrate(here + there + far, logits)
    assert set(chosen.ways.values()) == {"scale"}
    assert chosen.adjustments["complaint"].scale == pytest.approx(1 / 3, abs=0.05)
    assert {(trial.head, trial.rows) for trial in chosen.trials} == {(head, 2_600) for head in ROWS}
    vectors = np.random.default_rng(1).normal(size=(9, 7)).astype(np.float32)
    heads = Heads("v", np.eye(7, dtype=np.float32), np.arange(7, dtype=np.float32), {})
    folded = chosen.apply_to_heads(heads)
    exact = chosen.apply_to_logits((vectors @ heads.weight.T + heads.bias).astype(np.float64))
    assert vectors @ folded.weight.T + folded.bias == pytest.approx(exact, abs=1e-5)


def test_posts_about_no_company_do_not_draw_complaints_down() -> None:
    """What is true of a brand's posts stays true beside as many posts of a whole other set."""
    rng = np.random.default_rng(8)
    about, about_logits = spread(600, "read-banks", "es")
    here = [Example(post.text, "es", post.source, post.sentiment, post.complaint, about=1) for post in about]
    away = [Example(f"away {at}", "es", "read-general", at % 3, 0, about=0) for at in range(1_000)]
    away_logits = rng.normal(loc=(0, 0, 0, 1, -1, 2, -2), size=(1_000, 7))
    change = calibrate(here + away, np.concatenate((about_logits, away_logits))).adjustments["complaint"]
    said = softmax(about_logits[:, 3:5] * change.scale + change.shifts)[:, 1]
    assert said.mean() == pytest.approx(np.mean([post.complaint for post in here]), abs=0.05)


def test_misleading_sources_do_not_calibrate() -> None:
    good, logits = spread(200, "umsab", "es")
    easy = [Example(f"easy {at}", "es", "fincorp", 2, 1) for at in range(50)]
    alone, mixed = calibrate(good, logits), calibrate(good + easy, np.concatenate((logits, np.zeros((50, 7)))))
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
    # the three probabilities are off by .3, .2 and .1
    row = "| sentiment | tass2020-mx | es | 1 | 1.000 | 1.000 | 1.000 (0.207-1.000) | 1.000 | 0.200 |"
    assert row in table(metrics)


def test_posts_about_no_company_are_measured_apart_for_complaint_and_joined_with_none() -> None:
    examples = [Example(str(at), "es", "read-general", at, 0, about=at) for at in (0, 1)]
    groups = answers(examples, np.zeros((2, 7)))
    assert {(head, source): len(group.labels) for (head, source, _), group in groups.items()} == {
        ("about", "read-general"): 2,
        ("complaint", "off-brand"): 1,
        ("complaint", "read-general"): 1,
        ("sentiment", "read-general"): 2,
    }
    assert {head: len(group.labels) for (head, _), group in by_language(groups).items()} == {
        "about": 2,
        "complaint": 1,
        "sentiment": 2,
    }


def test_brand_posts_and_misleading_sources_are_not_joined_with_others() -> None:
    sources = ("umsab", "tass2020-mx", "es_airlines(noisy)", "es_brand")
    examples = [Example(str(at), "es", source, 0, UNKNOWN) for at, source in enumerate(sources)]
    joined = by_language(answers(examples, np.zeros((4, 7))))
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
