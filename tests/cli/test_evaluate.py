"""`escucha evaluate`: what it reads, what it leaves out, what it advises; on sentences made up here."""

import csv
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from monitor.classify.evaluation import LabelledPost, evaluate
from monitor.cli import app, terminal
from monitor.cli.classifier.labelled import LabelledRow, SkippedRows, read
from monitor.errors import UnexpectedAnswer
from monitor.models.languages import LanguageCode
from monitor.models.posts import Scores
from monitor.pipeline import classify
from monitor.settings.classifier import Policy

BAD, GOOD = "Mi pedido no ha llegado y nadie contesta", "Muchas gracias por la excelente atención"


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
            "holds labels: --complaint-column NAME, --sentiment-column NAME or --about-column NAME",
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
        ("en", r"\.", "language posts precision recall F1 macro F1 (95 %)", "Next: write these lines"),
        ("es", ",", "idioma publicaciones precisión cobertura F1 F1 macro (95 %)", "Siguiente: escribe estas líneas"),
    ],
)
def test_tables_fit_eighty_columns_with_whole_headings_and_the_last_line_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: LanguageCode, separator: str, headings: str, last: str
) -> None:
    monkeypatch.setattr(terminal._speech, "language", language)
    monkeypatch.setenv("ESCUCHA_LANGUAGE", language)
    monkeypatch.setattr(terminal.stdout, "width", 80)
    rows = [(BAD, 1, "neg", "es", 1)] * 530 + [(GOOD, 0, "pos", "en", 0)] * 530 + [(GOOD, 0, "neu", "pt", 1)] * 530
    file = write(tmp_path / "a.csv", ("text", "complaint", "sentiment", "lang", "about"), rows)
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
    output = escucha(write(tmp_path / "a.csv", ("text", "complaint"), rows)).stdout
    assert "[policy]\n    complaint_at = 0.02\n    unsure_at = 0.02\n" in output
    assert "94%-98%" in output  # 290 of 300
    assert output.splitlines()[-1].startswith("Next: write these lines into escucha.toml")


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
