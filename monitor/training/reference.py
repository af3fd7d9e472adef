"""Makes the frozen reference set of a classifier from development posts: numbers that ship with it, no text."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from zlib import crc32

import numpy as np

from monitor.classify.fitting import Floats
from monitor.classify.model import Classifier
from monitor.classify.reference import Reference
from monitor.training.datasets import Example
from monitor.training.evaluate import MISLEADING, family
from monitor.training.readings import digest

MAX_CHECK_ROWS, MAX_REPLAY_ROWS = 4_000, 2_000
"""At most so many rows of each kind: together 2.3 MB."""
_REPLAY_EVERY = 4
"""One text in so many is replayed, the others check. A text that occurs twice is on one side only."""
logger = logging.getLogger(__name__)


def write(classifier: Classifier, development: Sequence[Example], path: Path) -> None:
    """Write the reference set of `classifier` to `path`; its sha256 belongs into the `model.json` beside it.

    Sources with misleading labels are left out. Small sources are taken whole, large ones in part, so that each
    language and source weighs about the same.
    """
    usable = [example for example in development if family(example.source) not in MISLEADING]
    sides: tuple[list[Example], list[Example]] = ([], [])
    for example in usable:
        sides[crc32(example.text.casefold().encode()) % _REPLAY_EVERY == 0].append(example)
    checked, replayed = _sample(sides[False], MAX_CHECK_ROWS), _sample(sides[True], MAX_REPLAY_ROWS)
    frozen = _reference_set(classifier, checked, replayed)
    path.write_bytes(frozen.pack())
    logger.info("reference set written", extra={"path_name": path.name, "count": len(checked) + len(replayed)})


def _sample(examples: Sequence[Example], limit: int) -> list[Example]:
    """Return at most `limit` examples, one of each kind in turn; the order of `examples` does not matter."""
    kinds: dict[tuple[str, str, bool, bool], list[Example]] = defaultdict(list)
    for example in sorted(
        examples, key=lambda example: (digest(example.text), example.source, example.sentiment, example.complaint)
    ):
        kinds[
            example.language, example.source.partition("-")[0], example.sentiment >= 0, example.complaint >= 0
        ].append(example)
    turns = zip_longest(*(kinds[kind] for kind in sorted(kinds)))
    return [example for turn in turns for example in turn if example is not None][:limit]


def _reference_set(classifier: Classifier, checked: Sequence[Example], replayed: Sequence[Example]) -> Reference:
    rows = [*checked, *replayed]
    vectors: Floats = classifier.vectors([example.text for example in rows]).astype(np.float64)
    return Reference(
        vectors,
        np.array([example.sentiment for example in rows]),
        np.array([example.complaint for example in rows]),
        np.array([example.language for example in rows]),
        np.array([family(example.source) for example in rows]),
        np.arange(len(rows)) >= len(checked),
    )
