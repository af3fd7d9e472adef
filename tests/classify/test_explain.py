"""Which words count, on the classifier in the package and on one made up here."""

from collections.abc import Callable, Sequence

import pytest

from monitor.classify.explain import Explanation, explain, explain_all
from monitor.classify.model import Classifier, load
from monitor.models.posts import Scores
from tests.classify.odd_texts import ODD

COMPLAINT = (
    "Hola @norvia, llevo tres semanas esperando el reembolso &amp; nadie contesta 😡 https://norvia.example/x?a=1"
)


class Counting:
    """A model for which every "rota" makes a complaint likelier and every "gracias" less likely."""

    version, heads = "counting", None

    def __init__(self) -> None:
        self.questions: list[str] = []

    def scores(self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None) -> list[Scores]:
        self.questions += texts
        chances = [0.5 + 0.2 * min(2, text.count("rota")) - 0.2 * min(2, text.count("gracias")) for text in texts]
        return [Scores(0.3, 0.4, 0.3, chance) for chance in chances]


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return load()


def named(text: str, explanation: Explanation) -> dict[str, float]:
    return {text[word.start : word.end]: word.weight for word in explanation.words}


def test_what_speaks_for_a_complaint_weighs_more_than_nothing_and_what_speaks_against_less() -> None:
    text = "La lavadora llegó rota, gracias"
    weights = named(text, explain(Counting(), text))
    assert max(weights, key=weights.__getitem__) == "rota"
    assert min(weights, key=weights.__getitem__) == "gracias"
    assert weights["rota"] > 0 > weights["gracias"]
    assert weights["lavadora"] == 0


def test_words_are_parts_of_the_text_as_it_was_given(classifier: Classifier) -> None:
    text = "  ¡Hoooooola @norvia!\n¿Y mi reembolso...? &amp; «nada» (https://norvia.example/a?b=1&c=2) 😡😡 ñandú&gt;1"
    assert list(named(text, explain(classifier, text))) == [
        "Hoooooola", "@norvia", "Y", "mi", "reembolso", "&amp;", "nada", "https://norvia.example/a?b=1&c=2)", "😡😡",
        "ñandú&gt;1",
    ]  # fmt: skip


def test_without_its_three_heaviest_words_a_complaint_is_less_of_one(classifier: Classifier) -> None:
    full, *less = classifier.scores([COMPLAINT, *(without(COMPLAINT, spans) for spans in both_ends(classifier))])
    heaviest, lightest = less
    assert heaviest.p_complaint < full.p_complaint
    assert heaviest.p_complaint < lightest.p_complaint


def both_ends(classifier: Classifier) -> list[list[tuple[int, int]]]:
    """The three words with the largest weights and the three with the smallest."""
    words = sorted(explain(classifier, COMPLAINT).words, key=lambda word: -word.weight)
    return [[(word.start, word.end) for word in part] for part in (words[:3], words[-3:])]


def without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + text[end:]
    return text


def test_the_same_text_has_the_same_explanation_alone_and_among_others(classifier: Classifier) -> None:
    alone = explain(classifier, COMPLAINT)
    _, among = explain_all(classifier, ["otra cosa", COMPLAINT])
    assert explain(classifier, COMPLAINT) == alone
    assert [(word.start, word.end) for word in among.words] == [(word.start, word.end) for word in alone.words]
    assert [word.weight for word in among.words] == pytest.approx([word.weight for word in alone.words], abs=1e-3)
    assert alone.p_complaint == pytest.approx(classifier.scores([COMPLAINT])[0].p_complaint, abs=1e-4)


@pytest.mark.parametrize("text", [*ODD, "#" + "SinRespuesta" * 30, "cafe\u0301 frio\u0301", "شكرا, لا أحد يرد"])
def test_odd_texts_have_an_explanation(text: str, classifier: Classifier) -> None:
    explanation = explain(classifier, text)
    ends = [0, *(at for word in explanation.words for at in (word.start, word.end)), len(text)]
    assert ends == sorted(ends)
    assert all(word.end > word.start for word in explanation.words)
    assert all(abs(word.weight) < 40 for word in explanation.words)


def test_one_word_is_weighed_against_even_odds() -> None:
    (word,) = explain(Counting(), "¡rota!").words
    assert (word.start, word.end) == (1, 5)
    assert word.weight == pytest.approx(0.847, abs=1e-3)  # log(0.7 / 0.3)


def test_a_long_text_asks_a_bounded_number_of_questions_and_finds_what_counts() -> None:
    model = Counting()
    text = "la lavadora del tercero " * 20 + "llegó rota " + "y así sigue todo " * 500
    explanation = explain(model, text)
    assert max(named(text, explanation), key=named(text, explanation).__getitem__) == "rota"
    assert len([question for question in model.questions if len(question) > 100]) <= 13
    assert explanation.words[-1].end < 1_000


def test_nothing_to_explain() -> None:
    assert explain(Counting(), " \n").words == ()
    assert explain_all(Counting(), []) == []
