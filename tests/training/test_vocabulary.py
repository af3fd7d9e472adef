"""Trimming of a unigram vocabulary."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from monitor.training import vocabulary

tokenizers = pytest.importorskip("tokenizers")

PIECES = [["<s>", 0.0], ["<pad>", 0.0], ["</s>", 0.0], ["<unk>", 0.0], ["▁", -3.0], ["a", -4.0], ["n", -4.1]]
PIECES += [["▁banco", -5.0], ["▁ban", -5.5], ["co", -5.6], ["▁Bank", -6.0], ["▁банк", -6.1], ["銀", -6.2], ["🙂", -6.3]]
PIECES += [["sehrlang", -9.0], ["<mask>", 0.0]]


def tokenizer() -> dict[str, Any]:
    """Return a tiny tokenizer of the same build as XLM-R's."""
    special = [
        {"id": at, "content": name, "single_word": False, "lstrip": False, "rstrip": False}
        | {"normalized": False, "special": True}
        for at, name in ((0, "<s>"), (1, "<pad>"), (2, "</s>"), (3, "<unk>"), (len(PIECES) - 1, "<mask>"))
    ]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": special,
        "normalizer": None,
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True},
        "post_processor": None,
        "decoder": None,
        "model": {"type": "Unigram", "unk_id": 3, "vocab": PIECES},
    }


def kept(trimmed: vocabulary.Trimmed) -> list[str]:
    return [piece for piece, _ in trimmed.tokenizer["model"]["vocab"]]


def test_keeps_special_used_characters_and_then_the_likeliest() -> None:
    full = tokenizer()
    used = vocabulary.used_pieces(full, ["banco"])
    trimmed = vocabulary.trim(full, used, target=11)
    assert kept(trimmed) == ["<s>", "<pad>", "</s>", "<unk>", "▁", "a", "n", "▁banco", "co", "🙂", "<mask>"]
    assert [PIECES[at][0] for at in trimmed.full_ids] == kept(trimmed)


def test_used_text_is_read_as_before_and_the_unknown_as_unknown() -> None:
    full = tokenizer()
    trimmed = vocabulary.trim(full, vocabulary.used_pieces(full, ["banco Bank"]), target=0)
    before = tokenizers.Tokenizer.from_str(json.dumps(full))
    after = tokenizers.Tokenizer.from_str(json.dumps(trimmed.tokenizer))
    ids = after.encode("banco Bank").ids
    assert trimmed.full_ids[np.array(ids)].tolist() == before.encode("banco Bank").ids
    assert 3 in after.encode("銀банк").ids


def test_the_mask_token_keeps_its_name_under_a_new_id() -> None:
    trimmed = vocabulary.trim(tokenizer(), [], target=0)
    mask = next(token for token in trimmed.tokenizer["added_tokens"] if token["content"] == "<mask>")
    assert mask["id"] == len(trimmed.full_ids) - 1
    assert trimmed.full_ids[-1] == len(PIECES) - 1


def test_written_and_read_is_the_same(tmp_path: Path) -> None:
    trimmed = vocabulary.trim(tokenizer(), [], target=0)
    vocabulary.write(trimmed, tmp_path / "vocabulary.json")
    again = vocabulary.read(tmp_path / "vocabulary.json")
    assert again.tokenizer == trimmed.tokenizer
    assert np.array_equal(again.full_ids, trimmed.full_ids)
