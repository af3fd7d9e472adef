"""Which classifier the settings give: of Escucha's kind, another team's, or two that share the questions."""

import json
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from monitor.classify import model
from monitor.classify.selection import CombinedModel, select
from monitor.errors import ModelError, SettingsError
from monitor.models.posts import Scores
from monitor.settings import loading
from monitor.settings.classifier import ClassifierSettings
from tests.classify import tiny_model

TEXTS = ["El pedido no llega nunca", "gracias . bien", "", "hola"] * 200
MOODS = ("NEG", "NEU", "POS")
COMPLAINT_LABELS = {"LABEL_0": "other", "LABEL_1": "complaint"}


def section(**values: Any) -> ClassifierSettings:
    return ClassifierSettings.model_validate(values)


def moods(scores: list[Scores]) -> list[tuple[float, ...]]:
    return [(score.p_negative, score.p_neutral, score.p_positive) for score in scores]


def complaints(scores: list[Scores]) -> list[float]:
    return [score.p_complaint for score in scores]


@pytest.fixture
def for_moods(tmp_path: Path) -> str:
    """The folder of a model for sentiment. Skips where PyTorch is absent."""
    pytest.importorskip("torch")
    return str(tiny_model.build(tmp_path / "moods", MOODS))


@pytest.fixture
def for_complaints(tmp_path: Path) -> str:
    """The folder of a model for complaint, whose labels say nothing."""
    pytest.importorskip("torch")
    return str(tiny_model.build(tmp_path / "complaints", list(COMPLAINT_LABELS), 2))


def test_the_bundled_one_is_the_default() -> None:
    assert select(ClassifierSettings()) is model.load()


def test_a_folder_of_escuchas_kind_needs_no_pytorch(tmp_path: Path) -> None:
    shutil.copytree(model.BUNDLED, tmp_path / "ours")
    classifier = select(section(model=str(tmp_path / "ours")))
    assert isinstance(classifier, model.Classifier)
    assert classifier.scores(TEXTS[:2]) == model.load().scores(TEXTS[:2])


def test_labels_of_escuchas_kind_are_refused(tmp_path: Path) -> None:
    shutil.copytree(model.BUNDLED, tmp_path / "ours")
    with pytest.raises(ModelError, match="labels are for other teams' models"):
        select(section(model=str(tmp_path / "ours"), labels={"NEG": "negative"}))


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no classifier in .*nowhere"):
        select(section(model=str(tmp_path / "nowhere")))


def test_without_pytorch_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.json").write_text("{}")
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ModelError, match=r"pip install 'escucha\[torch\]'"):
        select(section(model=str(tmp_path)))


def test_what_another_model_does_not_answer_the_bundled_one_does(for_moods: str, for_complaints: str) -> None:
    bundled = model.load().scores(TEXTS)
    sentiment = select(section(model=for_moods))
    scores = sentiment.scores(TEXTS)
    assert complaints(scores) == pytest.approx(complaints(bundled), abs=1e-4)
    assert moods(scores)[0] != pytest.approx(moods(bundled)[0], abs=1e-4)
    complaint = select(section(complaint={"model": for_complaints, "labels": COMPLAINT_LABELS}))
    scores = complaint.scores(TEXTS)
    assert moods(scores)[3] == pytest.approx(moods(bundled)[3], abs=1e-4)
    assert complaints(scores)[0] != pytest.approx(complaints(bundled)[0], abs=1e-4)
    assert sentiment.heads is model.load().heads  # its thresholds hold
    assert complaint.heads is None


def test_two_models_share_the_questions_and_the_name(for_moods: str, for_complaints: str) -> None:
    pair = select(section(model=for_moods, complaint={"model": for_complaints, "labels": COMPLAINT_LABELS}))
    assert isinstance(pair, CombinedModel)
    same = select(
        section(sentiment={"model": for_moods}, complaint={"model": for_complaints, "labels": COMPLAINT_LABELS})
    )
    assert same == pair
    assert pair.version == f"{pair.sentiment.version}+{pair.complaint.version}"
    assert pair.version.startswith("moods@")
    assert "+complaints@" in pair.version
    counts: list[int] = []
    scores = pair.scores(TEXTS, counts.append)
    assert sum(counts) == len(scores) == len(TEXTS)
    assert scores[2] == Scores(0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True)
class Fixed:
    """A model that says the same of every text."""

    answer: Scores
    version: str = "fixed"
    heads: None = None

    def scores(self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None) -> list[Scores]:
        return [self.answer] * len(texts)


@pytest.mark.parametrize(
    ("sentiment", "complaint", "told"),
    [
        ((0.3, "billing"), (None, ""), (0.3, "billing")),
        ((None, ""), (0.3, "billing"), (0.3, "billing")),
        ((0.9, "luggage"), (0.3, "billing"), (0.3, "billing")),
        ((None, ""), (None, ""), (None, "")),
    ],
)
def test_what_one_of_two_models_says_besides_is_told_and_first_what_the_one_for_complaints_does(
    sentiment: tuple[float | None, str], complaint: tuple[float | None, str], told: tuple[float | None, str]
) -> None:
    pair = CombinedModel(Fixed(Scores(0.1, 0.2, 0.7, 0.5, *sentiment)), Fixed(Scores(0.0, 1.0, 0.0, 0.9, *complaint)))
    assert pair.scores(["hola"]) == [Scores(0.1, 0.2, 0.7, 0.9, *told)]


def test_one_model_for_both_is_no_pair(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    folder = str(tiny_model.build(tmp_path / "both", ["neg", "neu", "pos", "complaint", "other"]))
    classifier = select(section(model=folder))
    assert not isinstance(classifier, CombinedModel)
    assert select(section(sentiment={"model": folder}, complaint={"model": folder})) is classifier


def test_a_model_for_the_other_question_is_refused(for_moods: str) -> None:
    with pytest.raises(ModelError, match=r"classifier\.complaint\.model: .* say nothing of complaint"):
        select(section(complaint={"model": for_moods}))


def test_labels_can_come_from_the_environment(for_complaints: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCUCHA_CLASSIFIER__COMPLAINT__MODEL", for_complaints)
    monkeypatch.setenv("ESCUCHA_CLASSIFIER__COMPLAINT__LABELS__LABEL_1", "complaint")
    monkeypatch.setenv("ESCUCHA_CLASSIFIER__COMPLAINT__LABELS__LABEL_0", "other")
    first = select(loading.load().classifier)
    monkeypatch.delenv("ESCUCHA_CLASSIFIER__COMPLAINT__LABELS__LABEL_1")
    monkeypatch.delenv("ESCUCHA_CLASSIFIER__COMPLAINT__LABELS__LABEL_0")
    monkeypatch.setenv("ESCUCHA_CLASSIFIER__COMPLAINT__LABELS", json.dumps(COMPLAINT_LABELS))
    assert select(loading.load().classifier).version == first.version


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('labels = {NEG = "negativ"}', "line 2: classifier.labels.NEG: Input should be 'negative', 'neutral'"),
        ('[classifier.sentiment]\nlabels = {NEG = "negative"}', "classifier.sentiment: labels say what"),
        ('[classifier.sentiment]\nmodle = "x"', "did you mean model?"),
    ],
)
def test_wrong_settings_are_placed(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "escucha.toml").write_text(f"[classifier]\n{text}\n")
    with pytest.raises(SettingsError) as caught:
        loading.load(tmp_path / "escucha.toml")
    assert message in str(caught.value)
