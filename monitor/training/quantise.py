"""Rounding a linear layer's weights to 7 bits so that the layer's answers change least.

Signed weights of 7 bits beside unsigned 8-bit activations are the only pair that is fast and right on every processor:
the fast kernels want signed weights, and on x86 without VNNI their pairwise sums saturate unless 2 * 255 * the largest
weight stays below 2 ** 15.
"""

import numpy as np
import numpy.typing as npt

from monitor.training.weights import Floats

WEIGHT_PEAK = 64
"""Largest absolute value of a quantised weight; see above before raising it."""
_DAMPING = 0.01
"""Share of the mean moment that is added to all, as in the GPTQ paper."""


def loudness(moments: Floats) -> Floats:
    """Return by how much each input is to be divided before it is quantised: around 1, the root of its usual size."""
    sizes = np.sqrt(moments.diagonal())
    loud: Floats = np.sqrt(np.maximum(sizes / sizes.mean(), 1e-3)).astype(np.float32)
    return loud


def quantise(weight: Floats, moments: Floats | None = None) -> tuple[npt.NDArray[np.int8], Floats]:
    """Return values (outputs, inputs) in -WEIGHT_PEAK..WEIGHT_PEAK and scales (outputs).

    `moments` (inputs, inputs) are the second moments of what the layer reads. With them, what rounding loses at one
    input is made up for at those that are not rounded yet (GPTQ, Frantar et al. 2022), largest input first.
    """
    scales = np.maximum(np.abs(weight).max(axis=1) / WEIGHT_PEAK, 1e-12).astype(np.float32)
    rest = (weight / scales[:, None]).T.copy()
    if moments is None:
        return _rounded(rest).T.astype(np.int8), scales
    order = np.argsort(-moments.diagonal())
    exact = moments.astype(np.float64)[np.ix_(order, order)]
    exact += _DAMPING * exact.diagonal().mean() * np.eye(len(exact))
    factor = np.linalg.cholesky(np.linalg.inv(exact)).T.astype(np.float32)
    rest = rest[order]
    for at in range(len(rest)):
        rounded = _rounded(rest[at])
        rest[at + 1 :] -= np.outer(factor[at, at + 1 :], (rest[at] - rounded) / factor[at, at])
        rest[at] = rounded
    values = np.empty(rest.shape, dtype=np.int8)
    values[order] = rest
    return values.T, scales


def _rounded(values: Floats) -> Floats:
    nearest: Floats = np.rint(values).clip(-WEIGHT_PEAK, WEIGHT_PEAK)
    return nearest
