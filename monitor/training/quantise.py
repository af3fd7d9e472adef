"""Rounding what a linear layer multiplies so that its answers change least: weights to 7 bits, inputs to 8.

Signed weights of 7 bits beside unsigned 8-bit activations are the only pair that is fast and right on every processor:
the fast kernels want signed weights, and on x86 without VNNI their pairwise sums saturate unless 2 * 255 * the largest
weight stays below 2 ** 15.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from monitor.training.weights import Floats

WEIGHT_PEAK = 64
"""Largest absolute value of a quantised weight; see above before raising it."""
_DAMPING = 0.01
"""Share of the mean moment that is added to all, as in the GPTQ paper."""

_STEPS = 255
_LOUD = 1.5
"""Inputs are loud if they go this many times further than the first that is not."""


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """The least and the greatest value of each input of a layer, as far as seen; both of shape (inputs)."""

    low: Floats
    high: Floats

    def over(self, divisor: Floats) -> "Reach":
        """Return the reach of the inputs divided by positive numbers."""
        return Reach(self.low / divisor, self.high / divisor)


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """How inputs become 8 bits: input = scale * (value - zero).

    `beyond` (inputs) tells how many times further than the span an input goes; 1 for all but the loud ones.
    """

    scale: float
    zero: int
    beyond: Floats

    @property
    def loud(self) -> npt.NDArray[np.int64]:
        """The inputs that go beyond the span."""
        return np.flatnonzero(self.beyond > 1)


def span(reach: Reach, most: int) -> Span:
    """Return the span that holds all inputs but, at most, the `most` loudest, if leaving those out makes it finer."""
    peaks = np.maximum(-reach.low, reach.high)
    order = np.argsort(-peaks)
    inside = order[most:] if peaks[order[0]] > _LOUD * peaks[order[most]] else order
    low, high = min(float(reach.low[inside].min()), 0.0), max(float(reach.high[inside].max()), 0.0)
    scale = max(high - low, 1e-9) / _STEPS
    beyond = np.maximum(peaks / max(high, -low, 1e-9), 1).astype(np.float32)
    return Span(scale, round(-low / scale), beyond)


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
    remainder = (weight / scales[:, None]).T.copy()
    if moments is None:
        return _round(remainder).T.astype(np.int8), scales
    order = np.argsort(-moments.diagonal())
    hessian = moments.astype(np.float64)[np.ix_(order, order)]
    hessian += _DAMPING * hessian.diagonal().mean() * np.eye(len(hessian))
    factor = np.linalg.cholesky(np.linalg.inv(hessian)).T.astype(np.float32)
    remainder = remainder[order]
    for at in range(len(remainder)):
        rounded = _round(remainder[at])
        remainder[at + 1 :] -= np.outer(factor[at, at + 1 :], (remainder[at] - rounded) / factor[at, at])
        remainder[at] = rounded
    values = np.empty(remainder.shape, dtype=np.int8)
    values[order] = remainder
    return values.T, scales


def _round(values: Floats) -> Floats:
    nearest: Floats = np.rint(values).clip(-WEIGHT_PEAK, WEIGHT_PEAK)
    return nearest
