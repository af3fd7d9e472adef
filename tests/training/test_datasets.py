"""Labelled files become examples, with what each source needs. The rows are made up."""

from pathlib import Path

import pytest

from monitor.training import datasets
from monitor.training.datasets import UNKNOWN


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """A labels folder with a row for every caveat."""
    files = {
        "sentiment.train": [
            "1\ten\tus_airline\tneg\t@AirNorth lost my bag",
            "2\tes\tes_airlines(noisy)\tneg\t@AirSur perdieron mi maleta",
            "3\tja\tumsab\tneu\t荷物",
            "4\tes\ttass2020-mx\tpos\tQué buen día",
            "5\ten\tsemeval2013-16\tneu\tWell\\u002c fine",
            "6\tes\tumsab\tneg\testo está en desarrollo",
            "7\tes\tumsab\tneg\testo está en marcas",
        ],
        "complaint.train": [
            "8\ten\tus_airline(derived)\t1\t@AirNorth lost my bag",
            "9\tes\tijcnlp17-undetermined\t0\tno se sabe",
        ],
        "sentiment.dev": ["10\tes\tumsab\tneg\tESTO está en desarrollo"],
        "complaint.dev": ["11\tes\tijcnlp17-complaint\t1\tno sirve"],
    }
    for name, rows in files.items():
        (tmp_path / f"{name}.tsv").write_text("\n".join(["id\tlang\tsource\tlabel\ttext", *rows]), encoding="utf-8")
    header = "id\tlang\tsource\tcomplaint\tsentiment\tcategory\turgency\ttext"
    brand = "0\tes\tes_brand\t?\tneg\t?\t?\testo está en marcas"
    (tmp_path / "es_brand.dev.tsv").write_text(f"{header}\n{brand}\n", encoding="utf-8")
    return tmp_path


def test_both_labels_of_a_text_are_joined(labels: Path) -> None:
    (bag,) = [one for one in datasets.training_examples(labels, 1) if "lost" in one.text]
    assert (bag.text, bag.sentiment, bag.complaint) == ("@user lost my bag", 0, 1)


def test_nothing_of_development_is_trained_on(labels: Path) -> None:
    texts = {one.text for one in datasets.training_examples(labels, 1)}
    assert not {text for text in texts if "desarrollo" in text or "marcas" in text}


def test_other_languages_and_undecided_rows_are_left_out(labels: Path) -> None:
    examples = datasets.training_examples(labels, 1)
    assert {one.language for one in examples} == {"es", "en"}
    assert "no se sabe" not in {one.text for one in examples}


def test_sources_are_weighted_copied_and_repaired(labels: Path) -> None:
    examples = datasets.training_examples(labels, 1)
    assert sum(one.text == "Qué buen día" for one in examples) == 2
    (noisy,) = [one for one in examples if "maleta" in one.text]
    assert noisy.weight < 1
    assert noisy.complaint == 1
    assert "Well, fine" in {one.text for one in examples}


def test_a_seed_gives_one_order(labels: Path) -> None:
    assert datasets.training_examples(labels, 3) == datasets.training_examples(labels, 3)


def test_disagreement_of_readers_is_unknown(labels: Path) -> None:
    (one,) = datasets.brand_examples(labels)
    assert (one.sentiment, one.complaint) == (0, UNKNOWN)
