"""`escucha explain`: what would become of a post, by which thresholds, and why; the same as `escucha predict`."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

from monitor.classify.heads import OperatingPoint
from monitor.cli import terminal
from monitor.models.languages import LanguageCode
from monitor.models.posts import Scores
from monitor.pipeline import classify
from tests.cli.command_line import error_text, escucha

POINTS = {
    "": (OperatingPoint(0.2, 0.9, 0.98, 1.0),),
    "es": (OperatingPoint(0.3, 0.8, 0.98, 1.0), OperatingPoint(0.6, 0.9, 0.9, 0.5)),
}
LATE = "Mi pedido no ha llegado, es una vergüenza"


class Measured:
    """A classifier that gives every text the same scores."""

    version = "measured"

    def __init__(self, chance: float, about: float | None = 0.9, category: str = "") -> None:
        self.heads = SimpleNamespace(points=POINTS)
        self._scores = Scores(0.7, 0.2, 0.1, chance, about, category)

    def scores(self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None) -> list[Scores]:
        return [self._scores] * len(texts)


@pytest.fixture
def classifier(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def use(*scores: object) -> None:
        monkeypatch.setattr(classify, "active_model", lambda settings: Measured(*scores))

    return use


def told(*arguments: object) -> str:
    return " ".join(escucha("explain", *arguments).stdout.split())


@pytest.mark.parametrize(
    ("chance", "about", "verdict"),
    [
        (0.6, 0.9, "verdict it would open a case: probability of a complaint 0.60, cases open from 0.60"),
        (
            0.4,
            0.9,
            "verdict it would be left to people, in the Inbox: probability of a complaint 0.40, between 0.30 and 0.60",
        ),
        (0.2, 0.9, "verdict it would be put aside: probability of a complaint 0.20, below 0.30"),
        (0.9, 0.1, "verdict it would be put aside: probability that it is about a company 0.10, below 0.25"),
        (0.598, 0.9, "verdict it would be left to people, in the Inbox: probability of a complaint 0.5980, between"),
        (0.9, 0.249, "verdict it would be put aside: probability that it is about a company 0.2490, below 0.25"),
    ],
)
def test_the_verdict_stands_first_with_what_it_rests_on(
    classifier: Callable[..., None], chance: float, about: float, verdict: str
) -> None:
    classifier(chance, about)
    assert told(LATE).startswith(verdict)


@pytest.mark.parametrize(
    ("text", "settings", "words"),
    [
        (LATE, "", "case from 0.60, review from 0.30: the classifier's, measured on posts in es"),
        (
            "La mia valigia non è arrivata, che vergogna",
            "",
            "measured on posts in all languages ('it' has no thresholds of its own)",
        ),
        (
            LATE,
            "complaint_at = 0.5",
            "case from 0.50: fixed in the settings, complaint_at of [policy] review from 0.30: the classifier's",
        ),
        (
            LATE,
            "[policy.by_language.es]\nunsure_at = 0.1",
            "review from 0.10: fixed in the settings, unsure_at of [policy.by_language.es]",
        ),
        (
            LATE,
            "[policy.by_language.en]\nunsure_at = 0.1",
            "case from 0.60, review from 0.30: the classifier's, measured on posts in es",
        ),
    ],
)
def test_it_says_where_the_thresholds_in_force_come_from(
    classifier: Callable[..., None], tmp_path: Path, text: str, settings: str, words: str
) -> None:
    (tmp_path / "escucha.toml").write_text(f"[policy]\n{settings}\n", encoding="utf-8")
    classifier(0.4)
    assert words in told(text)


def test_without_measured_thresholds_the_targets_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    unmeasured = Measured(0.4)
    unmeasured.heads.points = {}
    monkeypatch.setattr(classify, "active_model", lambda settings: unmeasured)
    assert "case from 0.85: the target complaint_precision itself, nothing was measured with this model" in told(LATE)


@pytest.mark.parametrize(
    ("text", "guess", "language", "words"),
    [
        ("Me han cobrado dos veces la factura", "", "en", "category billing, by its words: "),
        ("Cambiaron el contrato sin previo aviso", "", "en", "category policy, by its words: contrato, sin, previo"),
        ("Cambiaron el contrato sin previo aviso", "", "es", "categoría condiciones, por sus palabras: contrato, sin"),
        ("That is in the fine print", "billing", "es", "categoría condiciones, por sus palabras: fine, print"),
        ("Fatal, qué desastre", "digital", "en", "category digital, by the classifier, as no words tell"),
        ("Fatal, qué desastre", "policy", "es", "categoría condiciones, según el clasificador, porque ninguna palabra"),
        (
            "Fatal, qué desastre",
            "other",
            "en",
            "category other, as no words tell, and the classifier finds none likely",
        ),
        ("Fatal, qué desastre", "", "en", "category other, as no words tell, and the classifier finds none likely"),
        ("Fatal, qué desastre", "", "es", "categoría otra, porque ninguna palabra lo dice y el clasificador no ve"),
    ],
)
def test_the_category_and_who_says_it(
    classifier: Callable[..., None], monkeypatch: pytest.MonkeyPatch, text: str, guess: str, language: str, words: str
) -> None:
    monkeypatch.setenv("ESCUCHA_LANGUAGE", language)
    classifier(0.9, 0.9, guess)
    assert words in told(text)


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("Ha sido un fraude, no respondéis", "en", "severity serious, by its words: fraude"),
        ("Ha sido un fraude, no respondéis", "es", "gravedad grave, por sus palabras: fraude"),
        ("The charger caught fire in our kitchen", "es", "gravedad crítica, por sus palabras: caught, fire"),
        ("Fatal, qué desastre", "en", "severity moderate, as no words tell"),
        ("Fatal, qué desastre", "es", "gravedad moderada, porque ninguna palabra dice otra cosa"),
    ],
)
def test_the_severity_and_the_words_that_say_it(
    classifier: Callable[..., None], monkeypatch: pytest.MonkeyPatch, text: str, language: str, words: str
) -> None:
    monkeypatch.setenv("ESCUCHA_LANGUAGE", language)
    classifier(0.9)
    assert words in told(text)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "category none, as it would open no case language"),
        ("es", "categoría ninguna, porque no abriría un caso idioma"),
    ],
)
def test_what_opens_no_case_has_no_category_and_no_severity(
    classifier: Callable[..., None], monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    monkeypatch.setenv("ESCUCHA_LANGUAGE", language)
    classifier(0.1)
    assert words in told(LATE)
    answer = json.loads(escucha("explain", LATE, "--json").stdout)
    assert (answer["category"], answer["category_by"], answer["severity"], answer["cue"]) == (None,) * 4


@pytest.mark.parametrize(
    ("text", "expected", "words"),
    [
        (LATE, "es", "language es, by its words"),
        ("ok", "es", "language es, as your customers write in it"),
        ("😡", "es", "language es, as your customers write in it"),
    ],
)
def test_the_language_and_what_tells_it(
    classifier: Callable[..., None], monkeypatch: pytest.MonkeyPatch, text: str, expected: str, words: str
) -> None:
    monkeypatch.setenv("ESCUCHA_LANGUAGE", expected)
    classifier(0.9)
    said = told(text)
    assert (
        words.replace("language ", "idioma ")
        .replace("by its words", "por sus palabras")
        .replace("as your customers write in it", "porque tus clientes escriben en ese idioma")
        in said
    )


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b"])
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", 'there is no text to explain. Next: escucha explain "TEXT"'),
        ("es", 'no hay texto que explicar. Siguiente: escucha explain "TEXTO"'),
    ],
)
def test_without_a_text_there_is_an_error_that_says_what_to_write(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, text: str, language: LanguageCode, words: str
) -> None:
    monkeypatch.setenv("ESCUCHA_LANGUAGE", language)
    assert words in error_text(capsys, monkeypatch, "explain", text)


def test_in_json_it_says_what_predict_says(classifier: Callable[..., None], tmp_path: Path) -> None:
    classifier(0.9, 0.9, "digital")
    answer = json.loads(escucha("explain", LATE, "--json", "--words", "2").stdout)
    words = answer.pop("words")
    assert (answer.pop("brands_tried"), answer.pop("queries")) == ([], [])
    assert [set(word) for word in words] == [{"word", "weight"}] * 2
    (tmp_path / "in.jsonl").write_text(json.dumps({"text": LATE}), encoding="utf-8")
    escucha("predict", tmp_path / "in.jsonl", "--output", tmp_path / "out.jsonl")
    assert answer == json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
    assert (answer["decision"], answer["complaint_at"], answer["complaint_at_by"]) == ("complaint", 0.6, "measured")
    assert (answer["category"], answer["category_by"], answer["language_by"]) == ("delivery", "words", "words")
    assert (answer["severity"], answer["cue"]) == ("moderate", None)


def test_it_fits_eighty_columns_in_both_languages(
    classifier: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    classifier(0.4, 0.9, "digital")
    for language in ("en", "es"):
        monkeypatch.setenv("ESCUCHA_LANGUAGE", language)
        monkeypatch.setattr(terminal.stdout, "width", 80)
        assert max(map(len, escucha("explain", LATE).stdout.splitlines())) <= 80


BRANDS = """
[[brands]]
name = "Norvia"
queries = ["Norvia lang:es", "@norvia"]
[[brands]]
name = "Sur"
queries = ['"Aerolínea Sur"']
"""


@pytest.mark.parametrize(
    ("language", "fate", "queries"),
    [
        (
            "en",
            "verdict no query finds it, so it would wait in the Inbox, (no brand), for a person; with a brand it would "
            "open a case: probability of a complaint 0.90",
            "queries none finds this text; those of these brands were tried: Norvia, Sur",
        ),
        (
            "es",
            "resultado ninguna consulta la encuentra, así que esperaría en la bandeja de entrada, en (sin marca), a "
            "que decida una persona; con marca, abriría un caso: probabilidad de queja 0,90",
            "consultas ninguna encuentra este texto; se han probado las de estas marcas: Norvia, Sur",
        ),
    ],
)
def test_a_text_that_no_query_finds_is_said_to_have_no_brand(
    classifier: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, fate: str,
    queries: str,
) -> None:  # fmt: skip
    (tmp_path / "escucha.toml").write_text(BRANDS, encoding="utf-8")
    monkeypatch.setenv("ESCUCHA_LANGUAGE", language)
    classifier(0.9)
    said = told(LATE)
    assert said.startswith(fate)
    assert queries in said
    classifier(0.1)
    assert told(LATE).startswith("verdict it would be put aside" if language == "en" else "resultado se descartaría")


def test_a_text_that_a_query_finds_is_told_with_it(classifier: Callable[..., None], tmp_path: Path) -> None:
    (tmp_path / "escucha.toml").write_text(BRANDS, encoding="utf-8")
    classifier(0.9)
    said = told("Norvia no contesta")
    assert said.startswith("verdict it would open a case")
    assert "queries found by Norvia (Norvia lang:es)" in said
    answer = json.loads(escucha("explain", "Norvia no contesta", "--json").stdout)
    assert answer["brands_tried"] == ["Norvia", "Sur"]
    assert answer["queries"] == [{"brand": "Norvia", "query": "Norvia lang:es", "terms": ["Norvia"]}]


def test_without_brands_no_query_is_said_to_be_tried(classifier: Callable[..., None]) -> None:
    classifier(0.9)
    assert "queries no brand is set up, so none was tried" in told(LATE)
