"""Fits logistic weights to what was seen, held to weights that are known beforehand. Knows numbers only.

Logistic regression with a Gaussian prior around the weights that serve any knowledge (maximum a posteriori; Bishop,
Pattern Recognition and Machine Learning, 4.3 and 4.5): little data leaves them as they are, much data overrules them.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_STEPS = 30  # far more than Newton's method needs
_CLOSE = 1e-10
_FOLDS = 5


def fit(inputs: Floats, right: Bools, importance: Floats, prior: Floats, precision: Floats) -> Floats:
    """The likeliest weights (d,) for `inputs` (n, d), of which `right` (n,) came true, by Newton's method.

    Each case counts as `importance` (n,) cases. Before any was seen, weight j lay around prior[j] with the variance
    1 / precision[j].
    """
    fitted = prior.copy()
    for _ in range(_STEPS):
        sure = probabilities(inputs, fitted)
        gradient = inputs.T @ (importance * (sure - right)) + precision * (fitted - prior)
        curvature = (inputs.T * (importance * sure * (1 - sure))) @ inputs + np.diag(precision)
        step = np.linalg.solve(curvature, gradient)
        fitted -= step
        if np.abs(step).max() < _CLOSE:
            break
    return fitted


def probabilities(inputs: Floats, weights: Floats) -> Floats:
    """1 / (1 + e^-x) of the weighted inputs, shape (n,), without overflow."""
    return np.asarray(0.5 + 0.5 * np.tanh(inputs @ weights / 2))


def out_of_fold(
    inputs: Floats, right: Bools, importance: Floats, prior: Floats, precision: Floats, groups: NDArray[np.int64]
) -> Floats:
    """The probability of each case, shape (n,), by weights that were fitted without its group's fold."""
    sure = np.zeros(len(inputs))
    for own in _folds(groups):
        weights = fit(inputs[~own], right[~own], importance[~own], prior, precision)
        sure[own] = probabilities(inputs[own], weights)
    return sure


def _folds(groups: NDArray[np.int64]) -> Iterator[Bools]:
    member = np.unique(groups, return_inverse=True)[1]
    for fold in range(_FOLDS):
        yield member % _FOLDS == fold
