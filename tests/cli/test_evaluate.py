"""`escucha evaluate`: what it reads, what it leaves out, what it advises; on sentences made up here."""

import csv
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from monitor.classify.evaluation import evaluate
from monitor.classify.threshold_choices import LabelledPost
from monitor.cli import app, terminal
from monitor.cli.classifier.labelled import LabelledRow, SkippedRows, read
from monitor.errors import UnexpectedAnswer
from monitor.models.languages import LanguageCode
from monitor.models.posts import Scores
from monitor.pipeline import classify
from monitor.settings import loading
from monitor.settings.classifier import Policy

BAD, GOOD = "Mi pedido no ha llegado y nadie contesta", "Muchas gracias por la excelente atención"
OFF = "Me duele la cabeza y no puedo más"


class Decided:
    """A classifier that is 90 % sure of a complaint where a text has the word `no`."""

    version = "decided"
    heads = None

    def scores(self, texts: Sequence[str], on_batch: object = None) -> list[Scores]:
        bad, good = Scores(0.8, 0.1, 0.1, 0.9, 0.95), Scores(0.1, 0.1, 0.8, 0.01, 0.3)
        return [bad if " no " in text else good for text in texts]


@pytest.fixture
def decided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classify, "active_model", lambda settings: Decided())


def write(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def escucha(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["evaluate", *map(str, arguments)], catch_exceptions=False)


def as_json(*arguments: object) -> dict[str, Any]:
    return dict(json.loads(escucha(*arguments, "--json").stdout))


@pytest.mark.parametrize("yes", ["sí", "Si", "1", "1.0", "TRUE", "queja", "Yes"])
@pytest.mark.parametrize("no", ["no", "0", "falso", "N", "other"])
def test_yes_and_no_may_be_written_in_many_ways(tmp_path: Path, yes: str, no: str) -> None:
    file = write(tmp_path / "a.csv", ("Texto", "¿Queja?"), [(BAD, yes), (GOOD, no)])
    assert [row.complaint for row in read(file, {}, SkippedRows())] == [True, False]


def test_sentiments_and_languages_may_be_written_in_many_ways(tmp_path: Path) -> None:
    rows = [(BAD, "Negativo", "es-MX"), (GOOD, "pos", "Spanish"), (GOOD, "NEU", "")]
    file = write(tmp_path / "a.csv", ("text", "Sentimiento", "idioma"), rows)
    assert list(read(file, {}, SkippedRows())) == [
        LabelledRow(BAD, None, 0, "es"),
        LabelledRow(GOOD, None, 2, "es"),
        LabelledRow(GOOD, None, 1, None),
    ]


def test_json_lines_may_hold_true_and_false(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        "\n".join(json.dumps({"text": BAD, "complaint": label}) for label in (True, False))
    )
    assert [row.complaint for row in read(tmp_path / "a.jsonl", {}, SkippedRows())] == [True, False]


@pytest.mark.usefixtures("decided")
def test_rows_that_cannot_be_used_are_counted_and_named_and_their_texts_are_not_shown(tmp_path: Path) -> None:
    rows = [(BAD, 1, ""), ("", 1, "neg"), (GOOD, "quizás", ""), (GOOD, "", "?"), (GOOD, 0, "-1")]
    file = write(tmp_path / "a.csv", ("text", "complaint", "sentiment"), rows)
    output = escucha(file).stdout
    assert "1 posts of" in output
    assert "no usable text (row 3)" in output
    assert "complaint is neither yes nor no (row 4)" in output
    assert "no label (row 5)" in output
    assert "sentiment is not negative, neutral or positive (row 6)" in output
    assert "pedido" not in output
    assert "gracias" not in output


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            ("text", "other thing"),
            "holds labels: --complaint-column NAME, --sentiment-column NAME, --about-column NAME or --category-column",
        ),
        (("palabras", "complaint"), "holds the texts: --text-column NAME (the file has: palabras, complaint)"),
    ],
)
def test_missing_columns_are_told_with_those_there_are(tmp_path: Path, header: tuple[str, str], message: str) -> None:
    file = write(tmp_path / "a.csv", header, [(BAD, "si")])
    with pytest.raises(UnexpectedAnswer) as caught:
        list(read(file, {}, SkippedRows()))
    assert message in str(caught.value)


def test_two_texts_that_differ_are_asked_about(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", ("comentario", "mensaje", "queja"), [(BAD, GOOD, "si"), (GOOD, BAD, "no")])
    with pytest.raises(UnexpectedAnswer, match="--text-column mensaje, --text-column comentario"):
        list(read(file, {}, SkippedRows()))
    assert [row.text for row in read(file, {"text": "comentario"}, SkippedRows())] == [BAD, GOOD]


@pytest.mark.usefixtures("decided")
def test_columns_can_be_named(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", ("palabras", "juicio"), [(BAD, "si"), (GOOD, "no")])
    measured = as_json(file, "--text-column", "palabras", "--complaint-column", "juicio")
    assert measured["rows"] == 2
    with pytest.raises(UnexpectedAnswer, match="has no column nada: --complaint-column NAME"):
        list(read(file, {"text": "palabras", "complaint": "nada"}, SkippedRows()))


@pytest.mark.usefixtures("decided")
def test_figures_are_those_of_the_labels(tmp_path: Path) -> None:
    rows = [(BAD, 1, "es")] * 30 + [(BAD, 0, "es")] * 10 + [(GOOD, 1, "en")] * 10 + [(GOOD, 0, "en")] * 50
    measured = as_json(write(tmp_path / "a.csv", ("text", "complaint", "lang"), rows))
    overall, *languages = [outcome for outcome in measured["outcomes"] if outcome["head"] == "complaint"]
    assert overall["confusion"] == [[50, 10], [10, 30]]
    assert (overall["precision"][1], overall["recall"][1]) == (0.75, 0.75)
    assert {outcome["language"]: outcome["rows"] for outcome in languages} == {"es": 40, "en": 60}
    assert overall["reliability"][-1] == {"rows": 40, "expected": pytest.approx(0.9), "happened": 0.75}


@pytest.mark.usefixtures("decided")
@pytest.mark.parametrize(
    ("language", "separator", "headings", "last"),
    [
        ("en", r"\.", "language posts precision recall F1 macro F1 (95%)", "Next: write these lines"),
        ("es", ",", "idioma publicaciones precisión cobertura F1 F1 macro (95 %)", "Siguiente: escribe estas líneas"),
    ],
)
def test_tables_fit_eighty_columns_with_whole_headings_and_the_last_line_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: LanguageCode, separator: str, headings: str, last: str
) -> None:
    monkeypatch.setattr(terminal._speech, "language", language)
    monkeypatch.setenv("ESCUCHA_LANGUAGE", language)
    monkeypatch.setattr(terminal.stdout, "width", 80)
    rows = [(BAD, 1, "neg", "es", 1, "delivery")] * 530 + [(GOOD, 0, "pos", "en", 0, "")] * 530
    rows += [(GOOD, 0, "neu", "pt", 1, "digital")] * 530
    file = write(tmp_path / "a.csv", ("text", "complaint", "sentiment", "lang", "about", "category"), rows)
    output = escucha(file).stdout
    lines = output.splitlines()
    assert max(len(line.rstrip()) for line in lines if "─" in line or "  " in line) <= 80
    assert "…" not in output.removeprefix(str(file))
    heads = [" ".join(line.split()) for line in lines]
    assert sum(headings in line for line in heads) == 2  # complaint, about
    assert len(re.findall(rf" \d{separator}\d{{3}} \(\d{separator}\d\d-\d{separator}\d\d\) ", output)) == 3 * 4
    assert lines[-1].startswith(last)


@pytest.mark.usefixtures("decided")
def test_a_bias_is_told_whichever_way_the_likeliest_answers_are_wrong(tmp_path: Path) -> None:
    """It says .9 of what is true in 5 of 6, and .01 of what is true in 1 of 6: most answers are right, none is true."""
    rows = [(BAD, 1)] * 50 + [(BAD, 0)] * 10 + [(GOOD, 1)] * 10 + [(GOOD, 0)] * 50
    outcome, *_ = as_json(write(tmp_path / "a.csv", ("text", "complaint"), rows))["outcomes"]
    assert (outcome["predicted"][1], outcome["actual"][1]) == (pytest.approx(0.455), 0.5)
    assert outcome["ece"] == pytest.approx((60 * (0.9 - 5 / 6) + 60 * (1 / 6 - 0.01)) / 120)
    assert outcome["chance"] < outcome["ece"]
    assert outcome["macro_f1"] == pytest.approx(5 / 6)
    assert outcome["macro_f1_low"] < 5 / 6 < outcome["macro_f1_high"]


@pytest.mark.usefixtures("decided")
@pytest.mark.parametrize("column", ["about", "sobre_marca"])
def test_what_is_about_a_company_is_measured_where_the_file_says_it(tmp_path: Path, column: str) -> None:
    rows = [(BAD, "sí")] * 20 + [(GOOD, "no")] * 10 + [(GOOD, "sí")] * 10
    outcome, *_ = as_json(write(tmp_path / "a.csv", ("text", column), rows))["outcomes"]
    assert (outcome["head"], outcome["confusion"]) == ("about", [[10, 0], [10, 20]])


@pytest.mark.usefixtures("decided")
def test_a_column_called_about_that_holds_something_else_is_no_label(tmp_path: Path) -> None:
    rows = [(BAD, 1, "envío"), (GOOD, 0, "trato")] * 10
    file = write(tmp_path / "a.csv", ("text", "complaint", "about"), rows)
    answer = escucha(file, "--json")
    assert [outcome["head"] for outcome in json.loads(answer.stdout)["outcomes"]] == ["complaint"]
    assert "the column about holds no yes or no" in answer.stderr
    assert as_json(file, "--about-column", "about")["left_out"] == {"about is neither yes nor no": 20}


def test_a_model_that_does_not_say_what_is_about_a_company_tells_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = Decided()
    monkeypatch.setattr(silent, "scores", lambda texts: [Scores(0.1, 0.8, 0.1, 0.5)] * len(texts), raising=False)
    monkeypatch.setattr(classify, "active_model", lambda settings: silent)
    file = write(tmp_path / "a.csv", ("text", "complaint", "about"), [(BAD, 1, 1), (GOOD, 0, 0)])
    assert "decided does not say what is about a company" in " ".join(escucha(file).stdout.split())
    assert [outcome["head"] for outcome in as_json(file)["outcomes"]] == ["complaint"]


@pytest.mark.usefixtures("decided")
def test_the_lines_for_the_settings_are_given(tmp_path: Path) -> None:
    rows = [(BAD, 1)] * 290 + [(BAD, 0)] * 10 + [(GOOD, 0)] * 300
    output = escucha(write(tmp_path / "a.csv", ("text", "complaint", "lang"), [(*row, "es") for row in rows])).stdout
    given = (
        "[policy.by_language.es]  # 600 posts, 290 of them complaints\n    complaint_at = 0.02\n    unsure_at = 0.02\n"
    )
    assert given in output
    assert "94%-98%" in output  # 290 of 300
    assert output.splitlines()[-1].startswith("Next: write these lines into escucha.toml")


def labelled(language: str, *, right: int, wrong: int, others: int) -> list[tuple[str, int, str]]:
    """Rows of a language: complaints that are seen, false alarms, and what is rightly put aside."""
    return [(BAD, 1, language)] * right + [(BAD, 0, language)] * wrong + [(GOOD, 0, language)] * others


@pytest.mark.usefixtures("decided")
def test_a_language_with_enough_posts_has_advice_of_its_own_and_the_rest_one_together(tmp_path: Path) -> None:
    rows = labelled("es", right=100, wrong=5, others=100) + labelled("pt", right=40, wrong=2, others=50)
    rows += labelled("it", right=30, wrong=2, others=40)
    file = write(tmp_path / "a.csv", ("text", "complaint", "lang"), rows)
    advice = [(one["language"], one["rows"], one["complaints"]) for one in as_json(file)["advice"]]
    assert advice == [("es", 205, 100), ("", 164, 70)]
    output = escucha(file).stdout
    assert "    [policy]  # all other languages: 164 posts, 70 of them complaints\n    complaint_at = " in output
    assert "    [policy.by_language.es]  # 205 posts, 100 of them complaints\n    complaint_at = " in output
    assert "es: only 100 of 205 posts are complaints: take the thresholds as a hint" in output
    (tmp_path / "escucha.toml").write_text(
        "\n".join(line for line in output.splitlines() if line.startswith("    ") and ("[" in line or "_at = " in line))
    )
    assert loading.load(tmp_path / "escucha.toml").policy.fixed("es") == (0.02, 0.02)


@pytest.mark.usefixtures("decided")
def test_a_language_with_too_few_posts_keeps_its_thresholds_and_is_told(tmp_path: Path) -> None:
    rows = labelled("es", right=100, wrong=5, others=100) + labelled("pt", right=3, wrong=0, others=20)
    file = write(tmp_path / "a.csv", ("text", "complaint", "lang"), rows)
    assert [one["language"] for one in as_json(file)["advice"]] == ["es"]
    output = escucha(file).stdout
    assert "too few posts for advice, the thresholds in force stay: pt 23" in output
    assert "[policy]" not in output


class Choosy(Decided):
    """The same, but finds one sentence to be about no company."""

    def scores(self, texts: Sequence[str], on_batch: object = None) -> list[Scores]:
        found = super().scores(texts)
        aside = Scores(0.8, 0.1, 0.1, 0.9, 0.1)
        return [aside if "cabeza" in text else one for text, one in zip(texts, found, strict=True)]


@pytest.fixture
def choosy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classify, "active_model", lambda settings: Choosy())


@pytest.mark.usefixtures("choosy")
def test_what_about_at_does_is_told(tmp_path: Path) -> None:
    rows = [(BAD, 1, 1)] * 30 + [(OFF, 0, 0)] * 20 + [(OFF, 1, 1)] * 2 + [(BAD, 0, 0)] * 3 + [(GOOD, 0, 0)] * 5
    file = write(tmp_path / "a.csv", ("text", "complaint", "about"), rows)
    (effect,) = as_json(file)["about"]
    assert effect == {
        "language": "", "rows": 60, "put_aside": 22, "complaints": 32, "lost": 2,
        "off_brand": 28, "opened": 3, "opened_without": 23, "waiting": 0, "waiting_without": 0,
    }  # fmt: skip
    output = escucha(file).stdout
    assert "about_at puts aside 2 of 32 complaints that would stay without it" in output
    assert (
        "3 of 28 posts labelled as about no company open a case and 0 wait for people; without about_at 23 and"
        in output
    )
    (choice,) = as_json(file)["choices"]
    assert (choice["flagged"]["rows"], choice["put_aside"]["rows"]) == (33, 27)  # as the pipeline decides


def test_what_about_at_keeps_from_waiting_for_people_is_told() -> None:
    scores = [(0.5, 0.1), (0.5, 0.9), (0.9, 0.9), (0.9, 0.1), (0.01, 0.1)]
    posts = [LabelledPost(Scores(0.1, 0.8, 0.1, *one), "es", None, None, about=False) for one in scores]
    (effect,) = evaluate(posts, None, Policy()).about
    assert (effect.waiting, effect.waiting_without, effect.opened, effect.opened_without) == (1, 2, 1, 2)


@pytest.mark.usefixtures("choosy")
def test_what_names_an_account_is_not_put_aside_and_0_asks_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brand = '[[brands]]\nname = "Sol"\nqueries = ["sol"]\nown_accounts = ["sol_ayuda"]\n'
    (tmp_path / "escucha.toml").write_text(brand, encoding="utf-8")
    rows = [(f"@sol_ayuda {OFF}", 1)] * 3 + [(OFF, 0)] * 4
    file = write(tmp_path / "a.csv", ("text", "complaint"), rows)
    (effect,) = as_json(file)["about"]
    assert (effect["put_aside"], effect["lost"]) == (4, 0)
    monkeypatch.setenv("ESCUCHA_POLICY__ABOUT_AT", "0")
    assert as_json(file)["about"] == []
    assert "about_at is 0: nothing is put aside" in escucha(file).stdout


@pytest.mark.usefixtures("decided")
@pytest.mark.parametrize(("column", "billing"), [("category", "billing"), ("Categoría", "Cobros")])
def test_categories_are_measured_where_the_file_has_them(tmp_path: Path, column: str, billing: str) -> None:
    charged = "Me han cobrado dos veces la factura"
    rows = [(charged, billing)] * 3 + [(charged, "digital")] + [("Fatal, qué desastre", "other")] * 2
    file = write(tmp_path / "a.csv", ("text", column), rows)
    found = as_json(file)["category"]
    assert (found["rows"], found["right"], found["by"]) == (6, 5, {"nothing": [2, 2], "words": [4, 3]})
    assert {one["name"]: (one["rows"], one["filed"], one["right"]) for one in found["categories"]} == {
        "billing": (3, 4, 3), "digital": (1, 0, 0), "other": (2, 2, 2),
    }  # fmt: skip
    output = escucha(file).stdout
    assert "of 6 posts with a category are filed right" in output
    assert "by words 3 of 4 right" in output


@pytest.mark.usefixtures("decided")
def test_a_column_called_category_that_holds_something_else_is_no_label(tmp_path: Path) -> None:
    rows = [(BAD, 1, "envío urgente"), (GOOD, 0, "trato")] * 10
    file = write(tmp_path / "a.csv", ("text", "complaint", "category"), rows)
    answer = escucha(file, "--json")
    assert json.loads(answer.stdout)["category"] is None
    assert "the column category holds no category of the desk's" in answer.stderr
    assert as_json(file, "--category-column", "category")["left_out"] == {"category is none of the desk's": 20}


@pytest.mark.usefixtures("decided")
def test_a_text_is_in_the_language_that_the_pipeline_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_LANGUAGE", "es")
    file = write(tmp_path / "a.csv", ("text", "complaint"), [("penca", "yes"), ("re mala onda", "no")] * 20)
    assert {outcome["language"] for outcome in as_json(file)["outcomes"]} == {""}  # all in one: no line of its own


def test_what_is_advised_keeps_the_target_on_these_very_posts() -> None:
    """From .32 on 84 % complain, smoothed 86 %."""
    groups = ((0.05, 0, 100), (0.31, 4, 4), (0.35, 10, 20), (0.9, 57, 60))
    posts = [
        LabelledPost(Scores(0.0, 1.0, 0.0, chance), "es", at < complaints, None)
        for chance, complaints, count in groups
        for at in range(count)
    ]
    (choice,) = evaluate(posts, None, Policy(complaint_precision=0.85)).choices
    assert choice.better_flagged is not None
    assert (choice.better_flagged.rows, choice.better_flagged.right) == (60, 0.95)


def test_thresholds_by_too_few_posts_are_a_hint_only() -> None:
    posts = [LabelledPost(Scores(0.1, 0.8, 0.1, at / 50), "es", at > 25, None) for at in range(50)]
    (choice,) = evaluate(posts, None, Policy()).choices
    assert choice.better_flagged is None
    assert (choice.flagged.threshold, choice.flagged.rows, choice.flagged.right) == (0.85, 7, 1.0)
    assert choice.flagged.low == pytest.approx(0.646, abs=0.001)


def test_without_any_post_nothing_is_claimed() -> None:
    measured = evaluate([], None, Policy())
    assert (measured.outcomes, measured.choices) == ([], [])


def test_the_bundled_classifier_is_measured(tmp_path: Path) -> None:
    rows = [(BAD, "sí", "neg"), (GOOD, "no", "pos")]
    measured = as_json(write(tmp_path / "a.csv", ("texto", "queja", "sentimiento"), rows))
    assert {outcome["head"]: outcome["macro_f1"] for outcome in measured["outcomes"]} == {
        "complaint": 1.0,
        "sentiment": 1.0,
    }


@pytest.mark.usefixtures("decided")
@pytest.mark.parametrize(("language", "written"), [("en", r"\d(\.\d)?%"), ("es", r"\d(,\d)? %")])
def test_percentages_are_written_as_the_language_writes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: LanguageCode, written: str
) -> None:
    monkeypatch.setattr(terminal._speech, "language", language)
    monkeypatch.setenv("ESCUCHA_LANGUAGE", language)
    rows = [(BAD, 1, "es", "delivery")] * 290 + [(BAD, 0, "es", "")] * 10 + [(GOOD, 0, "es", "")] * 300
    for count in (600, 20):
        file = write(tmp_path / "a.csv", ("text", "complaint", "lang", "category"), rows[:: 600 // count])
        output = escucha(file).stdout
        assert output.count("%") > 9
        assert len(re.findall(written, output)) == output.count("%")


@pytest.mark.usefixtures("decided")
@pytest.mark.parametrize(
    ("language", "right", "wrong", "said"),
    [
        ("en", 90, 10, ["good answers (macro F1 0.96)", "probabilities that hold (ECE 0.0"]),
        ("en", 90, 100, ["fair answers, to be looked over by people (macro F1 0.72)"]),
        ("en", 20, 120, ["poor answers, not to be relied on (macro F1", "probabilities that are not to be believed"]),
        ("es", 90, 10, ["aciertos buenos (F1 macro 0,96)", "probabilidades que se cumplen (ECE 0,0"]),
        ("es", 20, 120, ["aciertos malos, de los que no te puedes fiar (F1 macro", "probabilidades que no se cumplen"]),
    ],
)
def test_figures_are_told_in_words_with_what_is_good_and_what_is_bad(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: LanguageCode, right: int, wrong: int, said: list[str]
) -> None:
    monkeypatch.setattr(terminal._speech, "language", language)
    monkeypatch.setenv("ESCUCHA_LANGUAGE", language)
    monkeypatch.setattr(terminal.stdout, "width", 80)
    rows = [(BAD, 1)] * right + [(BAD, 0)] * wrong + [(GOOD, 0)] * 200
    output = escucha(write(tmp_path / "a.csv", ("text", "complaint"), rows)).stdout
    words = " ".join(output.split())
    assert [part for part in said if part not in words] == []
    short, means, last = {
        "en": ("In short", "What the figures mean", "good up to 0.05 (5 points of 100), bad above 0.10"),
        "es": (
            "En resumen",
            "Qué significan las cifras",
            "bueno hasta 0,05 (5 puntos de 100), malo por encima de 0,10",
        ),
    }[language]
    assert short in words
    assert last in words.partition(means)[2]
