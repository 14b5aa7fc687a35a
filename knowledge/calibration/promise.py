"""Chooses the threshold that keeps a promise: at most such a share of the answers is wrong. Knows numbers only.

Selective classification with a guaranteed risk (Geifman and El-Yaniv, 2017): the upper confidence bound of the risk
among what is answered is at most what was promised. Thresholds are tried from the highest down, until one fails
(fixed sequence testing; Angelopoulos et al., Learn then Test, 2021), so that none is taken by luck among many. The
bound is Wilson's (1927): cases weigh differently, so that only an effective number of them (Kish, 1965) is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NEVER = 1.01
"""A threshold above every probability: nothing is answered."""
SURE = 1.6449
"""One-sided, 95 %."""
LIKELY = 1.0
"""One-sided, 84 %."""
_POINTS = 100


@dataclass(frozen=True, slots=True)
class Point:
    """What a threshold means.

    `coverage` is the share of all known questions that are answered rightly; `wrong` the share of the answers that
    are wrong, `bound` its upper bound; `n` the effective number of answers.
    """

    threshold: float
    coverage: float
    wrong: float
    bound: float
    n: float


def upper_bound(wrong: float, n: float, z: float = SURE) -> float:
    """Wilson's upper bound of a share that was seen to be `wrong` among `n`; 1 among none."""
    if n <= 0:
        return 1.0
    centre = wrong + z * z / (2 * n)
    spread = z * np.sqrt(wrong * (1 - wrong) / n + z * z / (4 * n * n))
    return float(min((centre + spread) / (1 + z * z / n), 1.0))


def curve(sure: Floats, right: Bools, known: Bools, importance: Floats, z: float = SURE) -> list[Point]:
    """The points of every threshold among `sure` (n,), at most a hundred, lowest first.

    Of the cases (n,) some were `known`, those that came true are `right`, and each weighs its `importance`.
    """
    order = np.argsort(-sure, kind="stable")
    weights = importance[order]
    answered, squares = np.cumsum(weights), np.cumsum(weights**2)
    rightly = np.cumsum(weights * right[order])
    total = max(float(importance[known].sum()), 1e-9)
    ends = np.flatnonzero(np.diff(sure[order], append=-np.inf))  # cases of one probability are answered together
    chosen = (
        ends[np.unique(np.linspace(0, len(ends) - 1, min(len(ends), _POINTS)).astype(int))] if len(ends) else ends
    )
    points = []
    for at in chosen[::-1].tolist():
        n = float(answered[at] ** 2 / squares[at])
        wrong = max(float(1 - rightly[at] / answered[at]), 0.0)
        threshold = float(sure[order[at]])
        points.append(Point(threshold, float(rightly[at] / total), wrong, upper_bound(wrong, n, z), n))
    return points


def keeping(points: Sequence[Point], promised: float) -> Point | None:
    """The point of the lowest threshold whose bound is at most `promised`, and those above it as well.

    The highest thresholds leave too few answers to tell, and are passed over. None where there is none. `points` are
    as of `curve`.
    """
    kept = None
    for point in reversed(points):
        if point.bound <= promised:
            kept = point
        elif kept:
            break
    return kept
