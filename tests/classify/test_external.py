"""Another team's model through PyTorch: a tiny one, built here. Skipped where PyTorch is absent (`make test-torch`)."""

import json
import random
from pathlib import Path

import numpy as np
import pytest

from monitor.classify import external
from monitor.classify.external import ExternalModel
from monitor.classify.text import prepare
from monitor.errors import ModelError
from monitor.models.posts import Scores
from tests.classify import tiny_model

torch = pytest.importorskip("torch")

TEXTS = [
    "hola",
    "@norvia el pedido no llega nunca !",
    "gracias . bien",
    "mal servicio " * 300,
    "servicio mal mal mal . nunca llega http://norvia.example/x",
    "\x00 🙂 未 \ud800",
]
MOODS = ("NEG", "NEU", "POS")


def values(scores: Scores) -> list[float]:
    return [scores.p_negative, scores.p_neutral, scores.p_positive, scores.p_complaint]


@pytest.fixture
def moods(tmp_path: Path) -> Path:
    """The folder of a model for sentiment."""
    return tiny_model.build(tmp_path / "moods", MOODS)


def logits(folder: Path, text: str) -> np.ndarray:
    """What the network says by itself, one text, no padding."""
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    network = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    tokens = AutoTokenizer.from_pretrained(folder)(prepare(text), truncation=True, max_length=62, return_tensors="pt")
    with torch.inference_mode():
        return network(**tokens).logits[0].double().numpy()


def test_scores_are_the_networks_own_probabilities(moods: Path) -> None:
    for text, scores in zip(TEXTS, ExternalModel(str(moods), {}).scores(TEXTS), strict=True):
        raised = np.exp(logits(moods, text))
        assert values(scores) == pytest.approx([*(raised / raised.sum()), 0.0], abs=1e-4)


def test_batches_do_not_matter(moods: Path) -> None:
    classifier = ExternalModel(str(moods), {})
    alone = {text: values(classifier.scores([text])[0]) for text in TEXTS}
    assert len({tuple(np.round(row, 3)) for row in alone.values()}) == len(TEXTS)
    mixed = TEXTS * 40 + [" ".join(random.Random(at).choices(tiny_model.WORDS, k=at % 50)) for at in range(1, 300)]
    random.Random(1).shuffle(mixed)
    for text, scores in zip(mixed, classifier.scores(mixed), strict=True):
        if text in alone:
            assert values(scores) == pytest.approx(alone[text], abs=1e-4)


def test_silence_and_duplicates_are_told_and_not_read(moods: Path) -> None:
    counts: list[int] = []
    scores = ExternalModel(str(moods), {}).scores(["", "hola", "hola", " \n "] * 20, counts.append)
    assert sum(counts) == 80
    assert scores[0] == scores[3] == Scores(0.0, 1.0, 0.0, 0.0)
    assert ExternalModel(str(moods), {}).scores([]) == []


def test_labels_that_do_not_exclude_one_another_go_through_a_sigmoid(tmp_path: Path) -> None:
    names = ("negative", "neutral", "positive", "complaint", "other")
    folder = tiny_model.build(tmp_path / "both", names, problem_type="multi_label_classification")
    classifier = ExternalModel(str(folder), {})
    each = 1 / (1 + np.exp(-logits(folder, "pedido no llega")))
    assert classifier.answers == {"sentiment", "complaint"}
    assert values(classifier.scores(["pedido no llega"])[0]) == pytest.approx(
        [*(each[:3] / each[:3].sum()), each[3]], abs=1e-4
    )


def test_a_single_output_is_a_probability(tmp_path: Path) -> None:
    folder = tiny_model.build(tmp_path / "one", ["LABEL_0"])
    (scores,) = ExternalModel(str(folder), {"LABEL_0": "complaint"}).scores(["hola"])
    assert scores.p_complaint == pytest.approx(1 / (1 + np.exp(-logits(folder, "hola")[0])), abs=1e-4)


def test_a_regression_is_no_classifier(tmp_path: Path) -> None:
    folder = tiny_model.build(tmp_path / "stars", ["stars"], problem_type="regression")
    with pytest.raises(ModelError, match="a number, not labels"):
        ExternalModel(str(folder), {"stars": "complaint"})


def test_the_version_changes_with_weights_and_meanings(tmp_path: Path) -> None:
    plain = {"LABEL_0": "negative", "LABEL_1": "positive"}
    turned = {"LABEL_0": "positive", "LABEL_1": "negative"}
    first, second = (str(tiny_model.build(tmp_path / str(seed) / "moods", list(plain), seed)) for seed in (1, 2))
    versions = [
        ExternalModel(folder, meanings).version
        for folder, meanings in ((first, plain), (second, plain), (first, turned))
    ]
    assert len(set(versions)) == 3
    assert all(version.startswith("moods@") and len(version) == 14 for version in versions)
    assert ExternalModel(first, plain).version == versions[0]


def test_loaded_once(moods: Path) -> None:
    assert external.load(str(moods), {}) is external.load(str(moods), {})


def test_an_unexplained_label_is_shown_with_the_line_to_write(tmp_path: Path) -> None:
    folder = tiny_model.build(tmp_path / "unnamed", ["LABEL_0", "LABEL_1"])
    with pytest.raises(ModelError, match=r'labels = \{LABEL_0 = "\?", LABEL_1 = "\?"\}'):
        ExternalModel(str(folder), {})


def test_an_encoder_without_a_trained_head_is_refused(moods: Path) -> None:
    from transformers import AutoModel

    AutoModel.from_pretrained(moods).save_pretrained(moods)
    stated = json.loads((moods / "config.json").read_text())
    (moods / "config.json").write_text(json.dumps(stated | {"id2label": dict(enumerate(MOODS))}))
    with pytest.raises(ModelError, match=r"not trained to classify: it lacks classifier\."):
        ExternalModel(str(moods), {}).scores(["hola"])


def test_pickled_weights_are_not_read(moods: Path) -> None:
    (moods / "model.safetensors").rename(moods / "pytorch_model.bin")
    with pytest.raises(ModelError, match="no weights as safetensors"):
        ExternalModel(str(moods), {}).scores(["hola"])


def test_code_that_comes_with_a_model_is_not_run(moods: Path, tmp_path: Path) -> None:
    (moods / "code.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    stated = json.loads((moods / "config.json").read_text())
    calls = {"AutoConfig": "code.C", "AutoModelForSequenceClassification": "code.M"}
    (moods / "config.json").write_text(json.dumps(stated | {"model_type": "own", "auto_map": calls}))
    with pytest.raises(ModelError, match="cannot be used"):
        ExternalModel(str(moods), {})
    assert not (tmp_path / "ran").exists()


def test_damaged_weights_are_told(moods: Path) -> None:
    (moods / "model.safetensors").write_bytes(b"broken")
    with pytest.raises(ModelError, match="moods cannot be used"):
        ExternalModel(str(moods), {}).scores(["hola"])


def test_a_tokenizer_of_another_model_is_refused(moods: Path) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(moods)
    tokenizer.add_tokens(["queja", "factura"])
    tokenizer.save_pretrained(moods)
    with pytest.raises(ModelError, match="more tokens than the network"):
        ExternalModel(str(moods), {}).scores(["queja"])


def test_answers_that_are_no_numbers_are_told(moods: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(moods / "model.safetensors")
    weights["classifier.bias"].fill_(float("nan"))
    save_file(weights, moods / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match="not numbers"):
        ExternalModel(str(moods), {}).scores(["hola"])
