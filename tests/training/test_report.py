"""The report of training, on made-up figures. Skipped where matplotlib is absent (extra `[train]`)."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from monitor.classify.heads import OperatingPoint
from monitor.training import evaluate
from monitor.training.calibrate import calibrate
from monitor.training.datasets import Example
from monitor.training.documents import pictures, report
from monitor.training.evaluate import Answers, answers
from monitor.training.readings import UNKNOWN

SECRET = "una frase que no debe salir"


@pytest.fixture
def findings() -> report.Findings:
    rng = np.random.default_rng(4)
    kinds = [("umsab", "es"), ("umsab", "en"), ("es_brand", "es")] * 40
    examples = [
        Example(f"{SECRET} {at}", language, source, at % 3, at % 2, about=1 if at % 2 else UNKNOWN)
        for at, (source, language) in enumerate(kinds)
    ]
    logits = rng.normal(size=(len(examples), 7))
    points = {"": (OperatingPoint(0.3, 0.82, 0.98, 0.9), OperatingPoint(0.6, 0.91, 0.9, 0.6))}
    same = {"sentiment": 0.991, "complaint": 0.996}
    return report.Findings(
        "made-up", answers(examples, logits), calibrate(examples, logits), points, same, {"broad": examples}
    )


def test_the_report_has_every_table_and_picture_and_no_text(tmp_path: Path, findings: report.Findings) -> None:
    report.write(tmp_path, findings)
    written = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    pictures = {"confusion.svg", *(f"reliability-{head}.svg" for head in evaluate.HEADS)}
    assert set(written) == {"report.md", *pictures}
    report_text = written["report.md"]
    assert "| complaint | umsab | es | 40 |" in report_text
    assert "| all | 0.30 (90%) | 0.60 (60%) | 0.60 (60%) | not reached |" in report_text
    assert "| umsab, es | sentiment and complaint and about | 40 | 1.0 | 40 |" in report_text
    assert "sentiment 99.10%, complaint 99.60%" in report_text
    assert "| broad | all | 0% | 0.0001 | 0.0005 | 0 |" in report_text
    assert "such posts are 10% of all" in report_text
    assert all(SECRET not in text for text in written.values())
    assert sum(map(len, written.values())) < 300_000
    assert all(f"]({name})" in report_text for name in written if name.endswith(".svg"))


def test_a_picture_has_a_panel_for_each_language_and_no_empty_one(tmp_path: Path) -> None:
    answered = Answers(np.array([0, 1] * 10), np.full((20, 2), 0.5))
    pooled = {("complaint", language): answered for language in ("de", "en", "es", "fr", "pt")}
    pictures.reliabilities(tmp_path / "picture.svg", "complaint", pooled)
    assert (tmp_path / "picture.svg").read_text(encoding="utf-8").count('id="matplotlib.axis_') == 2 * len(pooled)


def test_the_same_figures_give_the_same_files(tmp_path: Path, findings: report.Findings) -> None:
    for name in ("one", "two"):
        report.write(tmp_path / name, findings)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_notes_are_put_at_the_end(tmp_path: Path, findings: report.Findings) -> None:
    (tmp_path / "notes.md").write_text("## Speed\nFast.\n")
    report.write(tmp_path, findings)
    assert (tmp_path / "report.md").read_text().endswith("\n## Speed\nFast.\n")
