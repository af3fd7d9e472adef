"""The frozen reference set: what must not be forgotten while learning. It ships with the model, as numbers only.

It is made by `monitor.training.reference` from development posts, and holds their vectors and labels, no text.
"""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from monitor.classify.fitting import Floats
from monitor.classify.model import describe
from monitor.errors import ModelError

NAME = "reference.npz"
UNKNOWN = -1
"""The label of a row that has none for a head."""
_REPAIR = "Without it nothing can be learned. Reinstall Escucha (pip install --force-reinstall --no-deps escucha)."


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """Rows: `vectors` (rows, width), labels by class number or UNKNOWN, language, source.

    Rows with `replay` are read again while learning, so that they keep the answers that they have; their labels are
    not used. All others check what was learned; nothing is fitted to them but one scale per head.
    """

    vectors: Floats
    sentiment: npt.NDArray[np.int64]
    complaint: npt.NDArray[np.int64]
    language: npt.NDArray[np.str_]
    source: npt.NDArray[np.str_]
    replay: npt.NDArray[np.bool_]

    def pack(self) -> bytes:
        """Return the rows as `unpack` takes them back, a byte a number with a scale per row. Always the same."""
        scale = np.maximum(np.abs(self.vectors).max(axis=1), 1e-12) / 127
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer,
            vectors=np.rint(self.vectors / scale[:, None]).astype(np.int8),
            scale=scale.astype(np.float32),
            sentiment=self.sentiment.astype(np.int8),
            complaint=self.complaint.astype(np.int8),
            language=self.language,
            source=self.source,
            replay=self.replay,
        )
        return buffer.getvalue()


def unpack(content: bytes) -> Reference:
    """Return the rows that `Reference.pack` wrote. Raises KeyError, OSError or ValueError if it is anything else."""
    with np.load(io.BytesIO(content)) as archive:
        vectors = archive["vectors"].astype(np.float64) * archive["scale"].astype(np.float64)[:, None]
        labels = archive["sentiment"].astype(np.int64), archive["complaint"].astype(np.int64)
        return Reference(vectors, *labels, archive["language"], archive["source"], archive["replay"])


def read(folder: Path, width: int) -> Reference:
    """Return the reference set of the model in `folder`, whose vectors are `width` wide.

    Raises ModelError when it is missing, damaged, or of another model.
    """
    path = folder / NAME
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"The classifier in {folder} has no reference set ({NAME}). {_REPAIR}") from error
    if hashlib.sha256(content).hexdigest() != describe(folder).digests.get(NAME):
        raise ModelError(f"{path} is damaged: its sha256 is not the one in model.json. {_REPAIR}")
    try:
        reference = unpack(content)
    except (KeyError, OSError, ValueError) as error:
        raise ModelError(f"{path} is no reference set ({error!r}). {_REPAIR}") from error
    if reference.vectors.shape[1] != width:
        size = reference.vectors.shape[1]
        raise ModelError(f"{path} is of another model: {size} numbers a text, not {width}. {_REPAIR}")
    return reference
