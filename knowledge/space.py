"""How near texts are once what all have in common is taken away. Knows vectors and which belong together; no texts.

From the vectors the mean of all is taken. Then directions in which questions of one and the same entry differ, and
which therefore tell entries not apart, are made to count less (the inverse of the covariance within entries, much
shrunk). Cosines are those of what is left.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.embedders.base import Vectors

Floats = NDArray[np.float32]

_SHRINK_MEAN = 16
_SHRINK_WITHIN = 128
_ROUND = 6.0  # how much of a ball there is in the covariance, in its mean variance
_ENOUGH = 32  # differences within entries, before they tell anything
_MOST = 20_000  # texts that the covariance is taken from
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Space:
    """`mean` (dimension,) is what all vectors have in common; `metric` (dimension, dimension) or None for a ball."""

    mean: Floats
    metric: Floats | None

    @classmethod
    def of(cls, vectors: Vectors, owners: NDArray[np.int32], asked: NDArray[np.bool_]) -> "Space":
        """The space of `vectors` (n, dimension).

        Those that are `asked` (n,) and have the same of the `owners` (n,) are taken to mean the same.
        """
        # Shrunk for a handful of texts: there the mean is their subject itself, and little would be left.
        share = len(vectors) / (len(vectors) + _SHRINK_MEAN)
        mean = (share * vectors.mean(axis=0, dtype=np.float64)).astype(np.float32)
        return cls(mean, _metric(vectors[asked][:_MOST], owners[asked][:_MOST]))

    def moved(self, vectors: Vectors) -> Floats:
        """`vectors` (n, dimension) without what all have in common."""
        moved: Floats = vectors - self.mean
        return moved

    def dual(self, moved: Floats) -> Floats:
        """What the product of any moved vector with is the one of this space, for each of `moved` (n, dimension)."""
        return moved if self.metric is None else moved @ self.metric

    def lengths(self, moved: Floats) -> Floats:
        """The lengths (n,) of `moved` (n, dimension), never 0."""
        squares = np.einsum("nd,nd->n", self.dual(moved), moved)
        lengths: Floats = np.sqrt(np.maximum(squares, _TINY**2))
        return lengths


def _metric(vectors: Vectors, owners: NDArray[np.int32]) -> Floats | None:
    _, member, counts = np.unique(owners, return_inverse=True, return_counts=True)
    freedom = len(vectors) - len(counts)
    if freedom < _ENOUGH:
        return None
    centres = np.zeros((len(counts), vectors.shape[1]))
    np.add.at(centres, member, vectors)
    within = vectors - (centres / counts[:, None])[member]
    covariance = within.T @ within / freedom
    ball = np.trace(covariance) / len(covariance)
    if ball < _TINY:
        return None
    covariance *= freedom / (freedom + _SHRINK_WITHIN)
    inverse = np.linalg.inv(covariance / ball + _ROUND * np.eye(len(covariance)))
    return (inverse * _ROUND).astype(np.float32)
