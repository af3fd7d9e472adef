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
from monitor.training.datasets import Example, digest
from monitor.training.evaluate import MISLEADING, family

CHECKED, REPLAYED = 4_000, 2_000
"""At most so many rows of each kind: together 2.3 MB."""
_REPLAY_EVERY = 4
"""One text in so many is replayed, the others check. A text that occurs twice is on one side only."""
_LOG = logging.getLogger(__name__)


def write(classifier: Classifier, development: Sequence[Example], path: Path) -> None:
    """Write the reference set of `classifier` to `path`; its sha256 belongs into the `model.json` beside it.

    Sources with misleading labels are left out. Small sources are taken whole, large ones in part, so that each
    language and source weighs about the same.
    """
    usable = [one for one in development if family(one.source) not in MISLEADING]
    kinds: tuple[list[Example], list[Example]] = ([], [])
    for one in usable:
        kinds[crc32(one.text.casefold().encode()) % _REPLAY_EVERY == 0].append(one)
    checked, replayed = _sample(kinds[False], CHECKED), _sample(kinds[True], REPLAYED)
    made = _measured(classifier, checked, replayed)
    path.write_bytes(made.packed())
    _LOG.info("%s: %d rows to check, %d to replay", path.name, len(checked), len(replayed))


def _sample(examples: Sequence[Example], limit: int) -> list[Example]:
    """Return at most `limit` examples, one of each kind in turn; the order of `examples` does not matter."""
    kinds: dict[tuple[str, str, bool, bool], list[Example]] = defaultdict(list)
    for one in sorted(examples, key=lambda one: (digest(one.text), one.source, one.sentiment, one.complaint)):
        kinds[one.language, one.source.partition("-")[0], one.sentiment >= 0, one.complaint >= 0].append(one)
    turns = zip_longest(*(kinds[kind] for kind in sorted(kinds)))
    return [one for turn in turns for one in turn if one is not None][:limit]


def _measured(classifier: Classifier, checked: Sequence[Example], replayed: Sequence[Example]) -> Reference:
    rows = [*checked, *replayed]
    vectors: Floats = classifier.vectors([one.text for one in rows]).astype(np.float64)
    return Reference(
        vectors,
        np.array([one.sentiment for one in rows]),
        np.array([one.complaint for one in rows]),
        np.array([one.language for one in rows]),
        np.array([family(one.source) for one in rows]),
        np.arange(len(rows)) >= len(checked),
    )
