"""`escucha doctor` tries the classifier that the settings name. The last test needs PyTorch (`make test-torch`)."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from monitor.cli import app
from tests.classify import tiny_model


def doctor() -> Result:
    return CliRunner().invoke(app, ["doctor"], catch_exceptions=False, env={"COLUMNS": "200"})


def test_the_classifier_is_timed() -> None:
    done = doctor()
    assert done.exit_code == 0
    assert "short posts/s" in done.stdout


def test_a_classifier_that_cannot_be_had_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ESCUCHA_CLASSIFIER__MODEL", str(tmp_path / "nowhere"))
    done = doctor()
    assert done.exit_code == 1
    assert "There is no classifier in" in done.stdout


def test_a_model_whose_labels_are_turned_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    monkeypatch.setenv(
        "ESCUCHA_CLASSIFIER__COMPLAINT__MODEL", str(tiny_model.build(tmp_path / "own", ["LABEL_0", "LABEL_1"]))
    )
    reports = []
    for meanings in (("other", "complaint"), ("complaint", "other")):
        for at, meaning in enumerate(meanings):
            monkeypatch.setenv(f"ESCUCHA_CLASSIFIER__COMPLAINT__LABELS__LABEL_{at}", meaning)
        reports.append(doctor().stdout)
    assert sorted("takes praise for a complaint: correct its labels" in report for report in reports) == [False, True]
    assert all("own@" in report for report in reports)
