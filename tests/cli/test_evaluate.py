"""`escucha evaluate`: what it reads, what it leaves out, what it advises; on sentences made up here."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from monitor.classify.evaluation import LabelledPost, evaluate
from monitor.cli import app
from monitor.cli.classifier.labelled import LabelledRow, SkippedRows, read
from monitor.errors import UnexpectedAnswer
from monitor.models.posts import Scores
from monitor.pipeline import classify
from monitor.settings.classifier import Policy

BAD, GOOD = "Mi pedido no ha llegado y nadie contesta", "Muchas gracias por la excelente atención"


class Decided:
    """A classifier that is 90 % sure of a complaint where a text has the word `no`."""

    version = "decided"
    heads = None

    def scores(self, texts: Sequence[str], on_batch: object = None) -> list[Scores]:
        bad, good = Scores(0.8, 0.1, 0.1, 0.9), Scores(0.1, 0.1, 0.8, 0.01)
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
        (("text", "other thing"), "holds labels: --complaint-column NAME or --sentiment-column NAME"),
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
def test_tables_fit_a_hundred_columns_and_the_last_line_says_what_to_do(tmp_path: Path) -> None:
    rows = [(BAD, 1, "neg", "es")] * 30 + [(GOOD, 0, "pos", "en")] * 30 + [(GOOD, 0, "neu", "pt")] * 30
    lines = escucha(write(tmp_path / "a.csv", ("text", "complaint", "sentiment", "lang"), rows)).stdout.splitlines()
    assert max(len(line.rstrip()) for line in lines if "─" in line or "  " in line) <= 100
    assert lines[-1] == "Next: label more posts, chosen at random, then escucha evaluate FILE"


@pytest.mark.usefixtures("decided")
def test_the_lines_for_the_settings_are_given(tmp_path: Path) -> None:
    rows = [(BAD, 1)] * 290 + [(BAD, 0)] * 10 + [(GOOD, 0)] * 300
    output = escucha(write(tmp_path / "a.csv", ("text", "complaint"), rows)).stdout
    assert "[policy]\n    complaint_at = 0.02\n    unsure_at = 0.02\n" in output
    assert "94%-98%" in output  # 290 of 300
    assert output.splitlines()[-1].startswith("Next: write these lines into escucha.toml")


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
