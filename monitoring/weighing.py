"""One logistic regression with named weights: score, fit, refit towards a prior, explain. NumPy only."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from operator import mul
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
_STEPS = 60
_FARTHEST = 30.0


@dataclass(frozen=True)
class Weights:
    """Standardised weights. ``shares`` of one case add up to its log-odds."""

    names: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    values: tuple[float, ...]
    constant: float

    def log_odds(self, cases: Matrix) -> Matrix:
        slopes = np.array(self.values) / np.array(self.scales)
        offset = self.constant - float(np.dot(slopes, np.array(self.means)))
        result: Matrix = cases @ slopes + offset
        return result

    @cached_property
    def slopes(self) -> dict[str, float]:
        """Weight of each named number as it comes, not standardised."""
        return {name: value / scale for name, value, scale in zip(self.names, self.values, self.scales, strict=True)}

    @cached_property
    def offset(self) -> float:
        return self.constant - sum(slope * mean for slope, mean in zip(self.slopes.values(), self.means, strict=True))

    def score(self, numbers: Mapping[str, float]) -> float:
        """Log-odds of one case, by name; a number that is not there is 0."""
        found: float = sum(map(mul, self.slopes.values(), map(numbers.get, self.slopes, repeat(0.0))))
        return self.offset + found

    def shares(self, case: Sequence[float]) -> dict[str, float]:
        """What each named number adds to the log-odds, measured from nothing found (all zero)."""
        return {
            name: value * number / scale
            for name, value, scale, number in zip(self.names, self.values, self.scales, case, strict=True)
        }

    def as_json(self) -> dict[str, Any]:
        rounded = {
            name: [round(mean, 5), round(scale, 5), round(value, 5)]
            for name, mean, scale, value in zip(self.names, self.means, self.scales, self.values, strict=True)
        }
        return {"constant": round(self.constant, 5), "weights": rounded}


def from_json(stored: Mapping[str, Any]) -> Weights:
    names = tuple(stored["weights"])
    means, scales, values = zip(*stored["weights"].values(), strict=True)
    return Weights(names, means, scales, values, stored["constant"])


def probability(log_odds: Matrix) -> Matrix:
    result: Matrix = 1 / (1 + np.exp(-np.clip(log_odds, -_FARTHEST, _FARTHEST)))
    return result


def chance(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(-_FARTHEST, min(_FARTHEST, log_odds))))


def fit(names: Sequence[str], cases: Matrix, answers: Matrix, *, ridge: float) -> Weights:
    """Weights that tell right cases from wrong ones, pulled towards zero by ``ridge``."""
    means, scales = cases.mean(axis=0), cases.std(axis=0)
    scales = np.where(scales > 1e-9, scales, 1.0)
    start = np.zeros(len(names) + 1)
    found = _newton((cases - means) / scales, answers, start, ridge, 1e-3)
    return Weights(
        tuple(names), tuple(means.tolist()), tuple(scales.tolist()), tuple(found[1:].tolist()), float(found[0])
    )


def refit(prior: Weights, cases: Matrix, answers: Matrix, *, ridge: float, constant_ridge: float) -> Weights:
    """Weights for new answers that stay near ``prior``: few answers move them little."""
    standard = (cases - np.array(prior.means)) / np.array(prior.scales)
    start = np.array([prior.constant, *prior.values])
    found = _newton(standard, answers, start, ridge, constant_ridge)
    return Weights(prior.names, prior.means, prior.scales, tuple(found[1:].tolist()), float(found[0]))


def _newton(cases: Matrix, answers: Matrix, towards: Matrix, ridge: float, constant_ridge: float) -> Matrix:
    matrix = np.column_stack([np.ones(len(cases)), cases])
    pull = np.full(matrix.shape[1], ridge)
    pull[0] = constant_ridge
    found = towards.copy()
    for _ in range(_STEPS):
        chance = probability(matrix @ found)
        slope = matrix.T @ (chance - answers) + pull * (found - towards)
        bend = (matrix * (chance * (1 - chance))[:, None]).T @ matrix + np.diag(pull)
        step = np.linalg.solve(bend, slope)
        step *= min(1.0, 5.0 / (float(np.abs(step).max()) + 1e-12))
        found = found - step
        if float(np.abs(step).max()) < 1e-7:
            break
    return found
