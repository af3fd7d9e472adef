"""Labelled files become examples, with what each source needs. The rows are made up."""

from pathlib import Path

import pytest

from monitor.classify.text import prepare
from monitor.training import datasets, readings
from monitor.training.disturb import disturb
from monitor.training.readings import UNKNOWN


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """A labels folder with a row for every caveat."""
    files = {
        "sentiment.train": [
            "1\ten\tus_airline\tneg\t@AirNorth lost my bag",
            "2\tes\tes_airlines(noisy)\tneg\t@AirSur perdieron mi maleta",
            "3\tja\tumsab\tneu\t荷物",
            "4\tpt\tumsab\tpos\tQue dia bom",
            "5\ten\tsemeval2013-16\tneu\tWell\\u002c fine",
            "12\ten\tsemeval2013-16\tpos\tGreat game tonight",
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


@pytest.fixture
def posts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of posts, three of which were read: one to train on, one held back, one that corrects a wrong label.

    Of the labelled posts two were read too, one of them for development.
    """
    (tmp_path / "es_banks.csv").write_text("text\nNo abre la app\nGracias por nada\n", encoding="utf-8")
    (tmp_path / "es_airlines.csv").write_text("text\n@AirSur perdieron mi maleta\n", encoding="utf-8")
    rows = [
        "no abre la app\t1\tneg\t1\tdigital\thigh\ttrain",
        "gracias por nada\t?\tneg\t\t\t\tdev",
        "@AirSur perdieron mi maleta\t1\tneu\t1\tdelivery\tmedium\ttrain",
        "Que dia bom\t0\tpos neu\t0\t\t\ttrain",
        "Great game tonight\t0\tneu\t0\t\t\ttrain",
        "Well, fine\t0\t\t0\t\t\tdev",
        "@AirNorth lost my bag\t?\tneu\t1\t\t\ttrain",
    ]
    digests = [
        f"{readings.digest(prepare(text))}\t{labels}" for text, _, labels in (row.partition("\t") for row in rows)
    ]
    header = "text\tcomplaint\tsentiment\tabout\tcategory\turgency\tpart"
    file = tmp_path / "readings.tsv"
    file.write_text("\n".join([header, *digests]), encoding="utf-8")
    monkeypatch.setattr(readings, "FILE", file)
    return tmp_path


def train_rows(labels: Path, posts: Path, seed: int = 1) -> list[datasets.Example]:
    """What the variant that has all labels learns from."""
    return datasets.training_examples(labels, posts, seed, "research")


@pytest.fixture(autouse=True)
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one post of our own."""
    folder = tmp_path / "written"
    folder.mkdir()
    header = "country\tcomplaint\tsentiment\tabout\tcategory\turgency\ttext"
    (folder / "it.tsv").write_text(
        f"{header}\nIT\t1\tneg\t1\tdelivery\tmedium\tIl pacco\\nnon arriva\n", encoding="utf-8"
    )
    monkeypatch.setattr(datasets, "WRITTEN", folder)
    return folder


def test_readings_are_found_by_their_text_and_outrank_wrong_labels(labels: Path, posts: Path) -> None:
    examples = train_rows(labels, posts)
    (app,) = {example for example in examples if example.text == "No abre la app"}
    assert (app.source, app.sentiment, app.complaint) == ("read-banks", 0, 1)
    (bag,) = {example for example in examples if "maleta" in example.text}
    assert (bag.source, bag.sentiment) == ("read-airlines", 1)


def test_readings_held_back_are_development(labels: Path, posts: Path) -> None:
    assert "Gracias por nada" not in {example.text for example in train_rows(labels, posts)}
    (held,) = [example for example in datasets.development_examples(labels, posts) if example.source == "read-banks"]
    assert (held.text, held.sentiment, held.complaint) == ("Gracias por nada", 0, UNKNOWN)


def test_general_posts_have_the_complaint_that_was_read_and_say_whether_they_are_about_a_company(
    labels: Path, posts: Path
) -> None:
    examples = train_rows(labels, posts)
    (day,) = {example for example in examples if example.language == "pt"}
    assert (day.source, day.sentiment, day.complaint, day.about) == ("umsab", 2, 0, 0)
    assert "Well, fine" not in {example.text for example in examples}
    (held,) = [example for example in datasets.development_examples(labels, posts) if example.source == "read-general"]
    assert (held.text, held.sentiment, held.complaint, held.about) == ("Well, fine", UNKNOWN, 0, 0)


def test_the_permissive_variant_learns_no_label_but_free_ones_readings_and_our_own(labels: Path, posts: Path) -> None:
    """Whatever the labels of the source say: the bag is negative there. SemEval's are for everybody."""
    examples = {example.text: example for example in datasets.training_examples(labels, posts, 1, "permissive")}
    assert {text: example.source for text, example in examples.items()} == {
        "No abre la app": "read-banks",
        "@user perdieron mi maleta": "read-airlines",
        "Que dia bom": "read-general",
        "@user lost my bag": "read-general",
        "Il pacco non arriva": "written",
        "Great game tonight": "semeval2013-16",
    }
    game = examples["Great game tonight"]
    assert (game.sentiment, game.complaint, game.about) == (2, 0, 0)
    bag, day = examples["@user lost my bag"], examples["Que dia bom"]
    assert (bag.sentiment, bag.complaint, bag.about) == (1, UNKNOWN, 1)
    assert (day.language, day.sentiment_again, day.complaint, day.about) == ("pt", 1, 0, 0)


def test_what_two_readers_felt_is_learned_half_and_half(labels: Path, posts: Path) -> None:
    examples = datasets.training_examples(labels, posts, 1, "permissive")
    assert sorted(example.sentiment for example in examples if example.text == "Que dia bom") == [1, 2]


def test_a_complaint_is_about_a_company_whoever_was_not_asked(labels: Path) -> None:
    examples = train_rows(labels, labels)
    assert {example.about for example in examples if example.complaint == 1} == {1}


def test_posts_of_our_own_are_examples(labels: Path) -> None:
    (own,) = [example for example in train_rows(labels, labels) if example.source == "written"]
    assert own == datasets.Example("Il pacco non arriva", "it", "written", 0, 1, about=1, category="delivery")


def test_disturbed_posts_keep_their_labels() -> None:
    examples = [datasets.Example("La línea está caída otra vez", "es", "umsab", 0, 1)] * 50
    noisy = disturb(examples, 0.5, 1)
    assert {(example.sentiment, example.complaint) for example in noisy} == {(0, 1)}
    texts = {example.text for example in noisy}
    assert {examples[0].text, examples[0].text.upper(), "La linea esta caida otra vez"} <= texts
    assert noisy == disturb(examples, 0.5, 1)


def test_both_labels_of_a_text_are_joined(labels: Path) -> None:
    (bag,) = [example for example in train_rows(labels, labels) if "lost" in example.text]
    assert (bag.text, bag.sentiment, bag.complaint) == ("@user lost my bag", 0, 1)


def test_nothing_of_development_is_trained_on(labels: Path) -> None:
    texts = {example.text for example in train_rows(labels, labels)}
    assert not {text for text in texts if "desarrollo" in text or "marcas" in text}


def test_other_languages_and_undecided_rows_are_left_out(labels: Path) -> None:
    examples = train_rows(labels, labels)
    assert {example.language for example in examples} == {"es", "en", "pt", "it"}
    assert "no se sabe" not in {example.text for example in examples}


def test_sources_are_weighted_copied_and_repaired(labels: Path) -> None:
    examples = train_rows(labels, labels)
    assert sum(example.text == "Que dia bom" for example in examples) == 3
    (noisy,) = [example for example in examples if "maleta" in example.text]
    assert noisy.weight < 1
    assert noisy.complaint == 1
    assert "Well, fine" in {example.text for example in examples}


def test_a_seed_gives_one_order(labels: Path) -> None:
    assert train_rows(labels, labels, 3) == datasets.training_examples(labels, labels, 3, "research")


def test_disagreement_of_readers_is_unknown(labels: Path) -> None:
    (example,) = datasets.brand_examples(labels)
    assert (example.sentiment, example.complaint) == (0, UNKNOWN)
