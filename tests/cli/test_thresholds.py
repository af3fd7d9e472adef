"""The thresholds in force, as `escucha status`, `escucha doctor` and `escucha predict` tell and use them."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from monitor import store
from monitor.classify.heads import OperatingPoint
from monitor.cli import app
from monitor.models.posts import Scores
from monitor.pipeline import classify
from monitor.settings.loading import Settings
from monitor.store import runs as run_rows
from monitor.store.posts import mentions
from tests.conftest import NOW, about, mention

POINTS = {
    "": (OperatingPoint(0.2, 0.7, 0.98, 1.0), OperatingPoint(0.4, 0.9, 0.9, 0.7)),
    "es": (OperatingPoint(0.6, 0.8, 0.9, 0.5),),
}


class Unsure:
    """A classifier that finds a complaint a little likelier where a text has the word `no` or `not`."""

    version = "unsure"
    heads = SimpleNamespace(points=POINTS)

    def scores(self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None) -> list[Scores]:
        if on_batch is not None:
            on_batch(len(texts))
        return [Scores(0.5, 0.4, 0.1, 0.5 if {"no", "not"} & set(text.split()) else 0.1) for text in texts]


@pytest.fixture
def heads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classify, "active_model", lambda settings: Unsure())


def escucha(*arguments: object) -> str:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False).stdout


@pytest.mark.usefixtures("heads")
def test_status_tells_thresholds_by_language_and_targets_that_are_not_reached() -> None:
    output = " ".join(escucha("status").split())
    assert (
        "es: case from 0.60, review from 0.60 (targets not reached: complaint_precision, other_precision) · "
        "others: case from 0.40, review from 0.20 · about no company below 0.25 (about_at)" in output
    )
    answer = json.loads(escucha("status", "--json"))
    assert answer["thresholds"]["others"] == {"complaint_at": 0.4, "unsure_at": 0.2, "missed": []}
    assert answer["about_at"] == 0.25


@pytest.mark.usefixtures("heads")
def test_doctor_tells_them_too() -> None:
    assert "✓ thresholds   es: case from 0.60, review from 0.60 (targets not reached: complaint_precision" in escucha(
        "doctor"
    )


@pytest.mark.usefixtures("heads")
@pytest.mark.parametrize(
    ("language", "about_at", "told"),
    [
        ("en", "0.4", "about no company below 0.40 (about_at)"),
        ("es", "0.4", "no habla de ninguna empresa por debajo de 0,40 (about_at)"),
        ("en", "0", "about_at 0: about a company is not asked"),
        ("es", "0", "about_at 0: no se pregunta si habla de una empresa"),
    ],
)
def test_status_and_doctor_tell_below_what_a_post_is_about_no_company(
    monkeypatch: pytest.MonkeyPatch, language: str, about_at: str, told: str
) -> None:
    monkeypatch.setenv("ESCUCHA_LANGUAGE", language)
    monkeypatch.setenv("ESCUCHA_POLICY__ABOUT_AT", about_at)
    for command in ("status", "doctor"):
        assert told in " ".join(escucha(command).split())


def test_predict_decides_by_the_thresholds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_POLICY__COMPLAINT_AT", "1")
    monkeypatch.setenv("ESCUCHA_POLICY__UNSURE_AT", "0")
    (tmp_path / "in.jsonl").write_text(json.dumps({"text": "Mi pedido no ha llegado y nadie contesta"}))
    escucha("predict", tmp_path / "in.jsonl", "--output", tmp_path / "out.jsonl")
    answer = json.loads((tmp_path / "out.jsonl").read_text())
    assert (answer["complaint"], answer["decision"]) == (False, "unsure")


@pytest.mark.usefixtures("heads")
def test_a_mention_is_decided_by_the_thresholds_of_its_own_language(settings: Settings) -> None:
    with store.connect(settings.store) as connection:
        run_id = run_rows.start(connection, "import", "", NOW)
        spanish, english = mention("1", "Mi pedido no ha llegado todavía"), mention("2", "My order has not arrived yet")
        mentions.save(connection, run_id, about("Norvia", spanish, english), NOW)
    assert classify.classify_pending(settings) == 2
    with store.connect(settings.store, read_only=True) as connection:
        decisions = connection.execute("SELECT language, decision FROM classifications ORDER BY language").fetchall()
    assert decisions == [("en", "complaint"), ("es", "other")]
