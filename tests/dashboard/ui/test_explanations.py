from dashboard.ui import explanations
from monitor.classify.explain import Explanation, WeightedWord


def explained(*weights: float) -> Explanation:
    return Explanation(0.8, tuple(WeightedWord(10 * at, 10 * at + 5, weight) for at, weight in enumerate(weights)))


def test_marks_are_in_the_order_of_the_text_and_tell_how_much() -> None:
    assert explanations.marks(explained(0.7, 0.1, 2.0, -0.5, -1.5)) == (
        (0, 5, "some"),
        (20, 25, "much"),
        (40, 45, "against"),
    )


def test_words_that_hardly_count_have_no_mark() -> None:
    assert explanations.marks(explained(0.1, -0.1, 0.0)) == ()
    assert explanations.marks(explained()) == ()


def test_marks_are_few() -> None:
    assert len(explanations.marks(explained(*[1.0] * 40))) == 6
