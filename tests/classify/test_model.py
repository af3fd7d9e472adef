"""The bundled classifier, for real."""

import json
import random
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from monitor.classify.model import BUNDLED, Classifier, load
from monitor.errors import ModelError
from monitor.models.posts import Scores
from tests.classify.odd_texts import ODD

TEXTS = [
    "@BancoSur llevo tres días sin poder entrar a la app y nadie me contesta, ¿van a hacer algo?",
    "Gracias @BancoSur por la atención tan rápida, excelente servicio",
    "Buenos días, ¿a qué hora abre la oficina del centro?",
    "@AirNorth you lost my suitcase again and your desk is closed. I want my money back.",
    "Love flying with @AirNorth, best crew ever!",
    "BancoSur anuncia sus resultados del tercer trimestre",
    "o aplicativo não funciona desde ontem",
]


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return load()


def close(first: Scores, second: Scores, within: float = 1e-4) -> bool:
    return all(
        abs(getattr(first, name) - getattr(second, name)) <= within
        for name in ("p_negative", "p_neutral", "p_positive", "p_complaint")
    )


def test_clear_cases_are_right(classifier: Classifier) -> None:
    complaint, praise, *_, lost, love, news, _ = classifier.scores(TEXTS)
    assert complaint.p_complaint > 0.5
    assert complaint.sentiment == "negative"
    assert praise.p_complaint < 0.5
    assert praise.sentiment == "positive"
    assert lost.p_complaint > 0.5
    assert lost.sentiment == "negative"
    assert love.p_complaint < 0.5
    assert love.sentiment == "positive"
    assert news.p_complaint < 0.5


def test_order_is_kept_and_batches_do_not_matter(classifier: Classifier) -> None:
    alone = {text: classifier.scores([text])[0] for text in TEXTS + ODD}
    mixed = (TEXTS + ODD) * 3 + [f"relleno número {at} de una tanda larga" for at in range(200)]
    random.Random(1).shuffle(mixed)
    for text, scores in zip(mixed, classifier.scores(mixed), strict=True):
        if text in alone:
            assert close(scores, alone[text]), text[:80]


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_texts_have_an_answer(classifier: Classifier, text: str) -> None:
    (scores,) = classifier.scores([text])
    assert scores.p_negative + scores.p_neutral + scores.p_positive == pytest.approx(1, abs=1e-9)
    assert 0 <= scores.p_complaint <= 1


def test_silence_is_neutral_and_no_complaint(classifier: Classifier) -> None:
    assert classifier.scores(["", "  "]) == [Scores(0.0, 1.0, 0.0, 0.0)] * 2


def test_no_texts_no_scores(classifier: Classifier) -> None:
    assert classifier.scores([]) == []


def test_progress_adds_up_with_duplicates(classifier: Classifier) -> None:
    counts: list[int] = []
    classifier.scores(["", "hola", "hola", "otra cosa", ""] * 50, counts.append)
    assert sum(counts) == 250
    assert min(counts) > 0


def test_loaded_once_even_by_several_threads(classifier: Classifier) -> None:
    classifiers: list[Classifier] = []
    threads = [threading.Thread(target=lambda: classifiers.append(load(BUNDLED))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert classifiers == [classifier] * 4


def test_shipped_files_are_small_and_carded() -> None:
    assert sum(path.stat().st_size for path in BUNDLED.iterdir()) < 60_000_000
    stated = json.loads((BUNDLED / "model.json").read_text(encoding="utf-8"))
    assert stated["version"] in (BUNDLED / "MODEL_CARD.md").read_text(encoding="utf-8")


def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no classifier in .*nowhere"):
        load(tmp_path / "nowhere")


def test_damaged_network_is_noticed(tmp_path: Path) -> None:
    shutil.copytree(BUNDLED, tmp_path / "copy")
    with (tmp_path / "copy" / "model.onnx").open("r+b") as content:
        content.write(b"broken")
    with pytest.raises(ModelError, match=r"model\.onnx is damaged"):
        load(tmp_path / "copy")


def test_missing_tokenizer_is_named(tmp_path: Path) -> None:
    shutil.copytree(BUNDLED, tmp_path / "copy")
    (tmp_path / "copy" / "tokenizer.json").unlink()
    with pytest.raises(ModelError, match=r"lacks tokenizer\.json"):
        load(tmp_path / "copy")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"version": 1, "sha256": []}'])
def test_bad_description_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "model.json").write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match="not a classifier's description"):
        load(tmp_path)


def test_importing_loads_no_runtime() -> None:
    heavy = "{'transformers', 'onnxruntime', 'torch', 'tokenizers'}"
    code = f"import sys, monitor.classify.model; assert not {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
