"""A smaller vocabulary for the encoder: only the pieces that the languages we serve use.

A unigram tokenizer picks the segmentation with the best total score. When every piece of the best segmentation is
kept, that segmentation stays the best, so texts made of kept pieces are read exactly as before.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

LANGUAGES = ("es", "en", "pt", "fr", "it", "de")
_SPECIAL = 4
"""`<s> <pad> </s> <unk>`, first in every XLM-R vocabulary."""
_METASPACE = "▁"
_LATIN = re.compile(r"▁?[a-zA-ZáéíóúüñçàèìòùâêîôûäëïößœæãõÁÉÍÓÚÜÑÇÀÈÌÒÙÂÊÎÔÛÄËÏÖÃÕ]+")
_SHORT = 3


@dataclass(frozen=True, slots=True)
class Trimmed:
    """A trimmed `tokenizer.json` and, for each of its ids, the id in the full vocabulary."""

    tokenizer: dict[str, Any]
    full_ids: npt.NDArray[np.int64]


def trim(tokenizer: dict[str, Any], used: Iterable[int], target: int) -> Trimmed:
    """Keep special tokens, `used` ids, single characters, short Latin pieces, then the likeliest Latin pieces.

    `target` is the number of pieces aimed at; pieces in `used` and characters are kept even beyond it.
    """
    pieces: list[list[Any]] = tokenizer["model"]["vocab"]
    mask = len(pieces) - 1
    keep = set(range(_SPECIAL)) | {mask} | set(used)
    keep |= {at for at, (piece, _) in enumerate(pieces) if _is_character(piece)}
    latin = [at for at, (piece, _) in enumerate(pieces) if _LATIN.fullmatch(piece)]
    latin.sort(key=lambda at: (len(pieces[at][0]) > _SHORT, -pieces[at][1]))
    for at in latin:
        if len(keep) >= target:
            break
        keep.add(at)
    order = sorted(keep)
    return Trimmed(_with_pieces(tokenizer, [pieces[at] for at in order]), np.array(order, dtype=np.int64))


def used_pieces(tokenizer: dict[str, Any], texts: Sequence[str], at_least: int = 1) -> set[int]:
    """Return the ids that `texts` need, those seen `at_least` times."""
    from tokenizers import Tokenizer

    engine = Tokenizer.from_str(json.dumps(tokenizer))
    counts = np.zeros(len(tokenizer["model"]["vocab"]), dtype=np.int64)
    for start in range(0, len(texts), 4096):
        for encoding in engine.encode_batch(list(texts[start : start + 4096]), add_special_tokens=False):
            np.add.at(counts, encoding.ids, 1)
    return set(np.flatnonzero(counts >= at_least).tolist())


def frequent_words(language: str, count: int) -> list[str]:
    """Return the `count` most frequent words of a language, as written and capitalised (source: wordfreq)."""
    from wordfreq import top_n_list

    words: list[str] = top_n_list(language, count)
    return [form for word in words for form in (word, word.capitalize())]


def write(trimmed: Trimmed, path: Path) -> None:
    """Write a trimmed vocabulary, so that a resumed run uses the same one."""
    record = {"full_ids": trimmed.full_ids.tolist(), "tokenizer": trimmed.tokenizer}
    path.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")


def read(path: Path) -> Trimmed:
    """Read what `write` wrote."""
    record = json.loads(path.read_text(encoding="utf-8"))
    return Trimmed(record["tokenizer"], np.array(record["full_ids"], dtype=np.int64))


def _with_pieces(tokenizer: dict[str, Any], pieces: list[list[Any]]) -> dict[str, Any]:
    """Return a copy of a tokenizer with other pieces; special tokens get their new ids."""
    copy: dict[str, Any] = json.loads(json.dumps({**tokenizer, "model": {**tokenizer["model"], "vocab": pieces}}))
    ids = {piece: at for at, (piece, _) in enumerate(pieces)}
    for token in copy["added_tokens"]:
        token["id"] = ids[token["content"]]
    return copy


def _is_character(piece: str) -> bool:
    """Tell whether a piece is one character outside the Han, Hangul and Kana blocks (emoji lie beyond those)."""
    bare = piece.removeprefix(_METASPACE)
    return len(bare) <= 1 and (bare < "\u2e80" or bare >= "\U0001f000" or "\ufe00" <= bare <= "\uffff")
