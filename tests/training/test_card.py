"""The model card says whose terms hold for the weights, and what they were learned from."""

from pathlib import Path

import pytest

from monitor.classify import model
from monitor.training import readings
from monitor.training.datasets import VARIANTS, Variant
from monitor.training.documents import card
from monitor.training.evaluate import SourceMetrics

COMPLAINT = SourceMetrics("complaint", "es_brand", "es", 287, 0.85, 0.95, 0.9, 0.86, 0.93, 0.9, 0.05, 0.06, 0.04)


def of(variant: Variant, folder: Path) -> str:
    """The card of a variant, in one line."""
    card.write(folder / "card.md", "made-up", [COMPLAINT], {"complaint": 0.996}, 54_013, variant)
    return " ".join((folder / "card.md").read_text(encoding="utf-8").split())


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_card_says_whose_terms_hold_and_where_labels_and_texts_are_from(tmp_path: Path, variant: Variant) -> None:
    text = of(variant, tmp_path)
    assert f"# made-up ({variant}) **Terms of the weights: {card.LICENCES[variant]}.**" in text
    assert "Nothing in this card is legal advice." in text
    assert f"{len(readings.load()):,} texts were read by a language model" in text
    assert "under X's terms" in text
    assert "0.900 (0.860-0.930)" in text


def test_the_permissive_variant_learned_from_no_labels_of_others_but_free_ones(tmp_path: Path) -> None:
    research, permissive = of("research", tmp_path), of("permissive", tmp_path)
    assert card.LICENCES["research"] == model.RESEARCH_ONLY
    assert ("learned, measured" in research, "measured only" in research) == (True, False)
    assert "| SemEval 2013-16 Task 4 | en | 11,500 | sentiment: learned, measured | CC BY 3.0" in permissive
    assert permissive.count("learned, measured") == len(card._FREE)
    assert "non-commercial use only" not in permissive


def test_the_texts_read_of_each_set_add_up_to_the_readings() -> None:
    assert sum(read for _, _, read, _, _ in card._SETS) == len(readings.load())
