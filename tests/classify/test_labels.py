"""From the outputs of another team's model to scores."""

import math

import numpy as np
import pytest

from monitor.classify.labels import Reading, read
from monitor.errors import ModelError
from monitor.models.posts import Scores

BOTH = frozenset({"sentiment", "complaint"})


def scores(reading: Reading, *logits: float) -> Scores:
    return reading.scores(np.array([logits], dtype=np.float32))[0]


@pytest.mark.parametrize(
    ("labels", "answers"),
    [
        (["NEG", "NEU", "POS"], {"sentiment"}),
        (["Positive", "Negative"], {"sentiment"}),
        (["Very_Negative", "neutral", "very-positive", "POSITIVE", "negativo"], {"sentiment"}),
        (["no_complaint", "complaint"], {"complaint"}),
        (["negative", "neutral", "positive", "complaint", "other"], BOTH),
    ],
)
def test_usual_names_need_no_map(labels: list[str], answers: set[str]) -> None:
    assert read("m", labels, {}, False).answers == answers


@pytest.mark.parametrize(
    ("labels", "configured", "message"),
    [
        (["LABEL_0", "NEG"], {}, 'does not know: labels = {LABEL_0 = "?", NEG = "negative"}'),
        (["1 star", "5 stars"], {}, 'labels = {"1 star" = "?", "5 stars" = "?"}'),
        (["P", "N"], {}, 'labels = {P = "?", N = "?"}'),
        (["a", "b"], {"a": "complaint"}, 'labels = {a = "complaint", b = "?"}'),
        (["NEG", "POS"], {"NEG": "negative", "POS": "positive", "NEU": "neutral"}, "has no label neu"),
        (["a", "b"], {"a": "negative", "b": "neutral"}, "answers neither"),
        (["a", "b"], {"a": "other", "b": "other"}, "answers neither"),
    ],
)
def test_what_is_not_clear_is_asked_for(labels: list[str], configured: dict[str, str], message: str) -> None:
    with pytest.raises(ModelError) as caught:
        read("org/name", labels, configured, False)  # type: ignore[arg-type]
    assert message.removeprefix("does not know: ") in str(caught.value)
    assert "org/name" in str(caught.value)


def test_the_line_to_write_is_toml_whatever_the_labels_hold() -> None:
    import tomllib

    odd = ['say "so"', "tab\there", "ñ", "a = b", ""]
    with pytest.raises(ModelError) as caught:
        read("m", odd, {}, False)
    assert list(tomllib.loads(str(caught.value)[str(caught.value).index("labels = {") :])["labels"]) == odd


def test_case_does_not_count_in_a_map() -> None:
    configured = {"label_0": "other", "label_1": "complaint"}
    assert read("m", ["LABEL_0", "LABEL_1"], configured, False).meanings == ("other", "complaint")  # type: ignore[arg-type]


def test_outputs_of_one_meaning_count_together() -> None:
    stars = Reading(("negative", "negative", "neutral", "positive", "positive"))
    answer = scores(stars, *(math.log(share) for share in (0.1, 0.2, 0.3, 0.15, 0.25)))
    assert (answer.p_negative, answer.p_neutral, answer.p_positive) == pytest.approx((0.3, 0.3, 0.4))
    assert answer.p_complaint == 0


def test_without_a_neutral_label_nothing_is_neutral() -> None:
    answer = scores(Reading(("positive", "negative")), math.log(0.2), math.log(0.8))
    assert (answer.p_negative, answer.p_neutral, answer.p_positive) == pytest.approx((0.8, 0.0, 0.2))


def test_each_question_has_its_own_hundred_percent() -> None:
    reading = Reading(("negative", "neutral", "positive", "other", "complaint"))
    answer = scores(reading, 0, 0, 0, math.log(0.9) + 7, math.log(0.1) + 7)
    assert (answer.p_negative, answer.p_neutral, answer.p_positive) == pytest.approx((1 / 3, 1 / 3, 1 / 3))
    assert answer.p_complaint == pytest.approx(0.1)


def test_a_complaint_beside_moods_competes_with_them() -> None:
    kinds = Reading(("complaint", "negative", "positive"))
    answer = scores(kinds, *(math.log(share) for share in (0.6, 0.3, 0.1)))
    assert (answer.p_negative, answer.p_positive, answer.p_complaint) == pytest.approx((0.75, 0.25, 0.6))


def test_a_question_without_an_answer_is_neutral() -> None:
    answer = scores(Reading(("other", "complaint")), 0, 0)
    assert answer == Scores(0.0, 1.0, 0.0, 0.5)


def test_independent_labels_are_read_one_by_one() -> None:
    answer = scores(Reading(("negative", "positive", "complaint", "complaint", "other"), True), 0, 0, -2, 1, 5)
    assert answer.p_complaint == pytest.approx(1 / (1 + math.exp(-1)))
    assert (answer.p_negative, answer.p_neutral, answer.p_positive) == pytest.approx((0.5, 0.0, 0.5))


@pytest.mark.parametrize("independent", [False, True])
def test_extreme_logits_stay_probabilities(independent: bool) -> None:
    reading = Reading(("negative", "neutral", "positive", "complaint", "other"), independent)
    for extreme in (-1e30, 1e30):
        answer = scores(reading, extreme, extreme, extreme, extreme, 0)
        assert answer.p_negative + answer.p_neutral + answer.p_positive == pytest.approx(1)
        assert 0 <= answer.p_complaint <= 1
