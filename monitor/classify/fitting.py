"""Multinomial logistic regression that starts from weights which are good already. Pure numpy.

The objective is the cross entropy of weighted rows plus a Gaussian prior centred on the given weights; it is strictly
convex, so there is one answer, and it is the same on every machine up to rounding.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from monitor.classify.heads import softmax

Floats: TypeAlias = npt.NDArray[np.float64]

_STEPS = 50
_TOLERANCE = 1e-4
"""Where to stop: the gradient's length as a share of the first one's."""


@dataclass(frozen=True, slots=True)
class TrainingRows:
    """Texts to fit to: `vectors` (n, width), `targets` (n, classes) with rows that add up to 1, `weights` (n,)."""

    vectors: Floats
    targets: Floats
    weights: Floats


def fit(rows: TrainingRows, start: Floats, spread: float) -> Floats:
    """Return weights (classes, width + 1), the bias last, near `start`, which has the same shape.

    `spread` is the prior's standard deviation in logits: how far the score of an ordinary text is expected to move,
    by its weights and again by the bias. Truncated Newton: conjugate gradients on the Hessian and a line search that
    halves (Nocedal and Wright 2006, algorithm 7.1; Lin, Weng and Keerthi 2008 for this loss).
    """
    scale = float(np.sqrt(np.mean(np.sum(rows.vectors**2, axis=1)))) or 1.0
    # Single precision is enough for the two products that take the time; what they are put together to is double.
    features = np.column_stack((rows.vectors / scale, np.ones(len(rows.vectors)))).astype(np.float32)
    unit = np.append(np.full(rows.vectors.shape[1], scale), 1.0)
    scaled_start = start * unit
    problem = _Problem(features, rows.targets, rows.weights, scaled_start, 1 / spread**2)
    scaled, loss, gradient = scaled_start, *problem.at(scaled_start)
    enough = _TOLERANCE * float(np.linalg.norm(gradient))
    for _ in range(_STEPS):
        if np.linalg.norm(gradient) <= enough:
            break
        step = problem.newton_step(scaled, gradient)
        slope = float(np.sum(step * gradient))
        share = 1.0
        while (trial := problem.at(scaled + share * step))[0] > loss + 1e-4 * share * slope and share > 1e-6:
            share /= 2
        scaled, (loss, gradient) = scaled + share * step, trial
    weights: Floats = scaled / unit
    return weights


@dataclass(frozen=True, slots=True)
class _Problem:
    features: npt.NDArray[np.float32]
    targets: Floats
    weights: Floats
    centre: Floats
    ridge: float

    def at(self, place: Floats) -> tuple[float, Floats]:
        """The loss there and its gradient."""
        probabilities = softmax(self._products(place))
        offset = place - self.centre
        entropy = -np.sum(self.targets * np.log(np.maximum(probabilities, 1e-300)), axis=1)
        loss = float(self.weights @ entropy) + self.ridge / 2 * float(np.sum(offset**2))
        return loss, self._sums(probabilities - self.targets) + self.ridge * offset

    def newton_step(self, place: Floats, gradient: Floats) -> Floats:
        """The step to the lowest point of the parabola that fits there, as near as is worth it."""
        probabilities = softmax(self._products(place))
        step, residual = np.zeros_like(place), -gradient
        direction, length = residual, float(np.sum(residual**2))
        enough = min(0.1, length**0.25) ** 2 * length
        for _ in range(place.size):
            if length <= enough:
                break
            curvature = self._hessian_times(probabilities, direction)
            distance = length / float(np.sum(direction * curvature))
            step, residual = step + distance * direction, residual - distance * curvature
            before, length = length, float(np.sum(residual**2))
            direction = residual + length / before * direction
        return step

    def _hessian_times(self, probabilities: Floats, direction: Floats) -> Floats:
        """The Hessian times a direction."""
        slopes = self._products(direction)
        slopes = probabilities * (slopes - np.sum(probabilities * slopes, axis=1, keepdims=True))
        product: Floats = self._sums(slopes) + self.ridge * direction
        return product

    def _products(self, place: Floats) -> Floats:
        """A row for each text, a column for each class."""
        return np.asarray(self.features @ place.T.astype(np.float32), dtype=np.float64)

    def _sums(self, rows: Floats) -> Floats:
        """The weighted sum of the texts' features, by how much each has of a class."""
        return np.asarray((rows * self.weights[:, None]).astype(np.float32).T @ self.features, dtype=np.float64)
