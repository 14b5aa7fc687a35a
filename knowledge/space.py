"""How near texts are once what all have in common is taken away. Knows vectors and which belong together; no texts.

From the vectors the mean of all is taken. Then directions in which questions of one and the same entry differ, and
which therefore tell entries not apart, are made to count less (the inverse of the covariance within entries, much
shrunk). Cosines are those of what is left. Where several embedders stand side by side each has a space of its own,
and the cosine is the mean of theirs: what one of them spreads wide would else drown what the other tells. An embedder
that does not read a text has zeros there, and is left out of that mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from knowledge.embedders.base import Vectors

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]

_SHRINK_MEAN = 16
_SHRINK_WITHIN = 128
# How much of a ball there is in the covariance, in its mean variance; less where there are fewer directions to tell.
_ROUND, _ROUND_OF_EACH = 6.0, 4.0
_ENOUGH = 32  # differences within entries, before they tell anything
_MOST = 20_000  # texts that the covariance is taken from
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Space:
    """`mean` (dimension,) is what all vectors have in common; `metric` (dimension, dimension) or None for a ball.

    `parts` are where each embedder's numbers lie; the metric holds nothing between two of them. `common` are the
    parts of embedders that read every text.
    """

    mean: Floats
    metric: Floats | None
    parts: tuple[slice, ...]
    common: tuple[slice, ...]

    @classmethod
    def of(cls, vectors: Vectors, owners: NDArray[np.int32], asked: Bools, widths: Sequence[int] = ()) -> "Space":
        """The space of `vectors` (n, dimension), which hold so many numbers of each embedder; none: all of one.

        Those that are `asked` (n,) and have the same of the `owners` (n,) are taken to mean the same.
        """
        parts = tuple(slice(*ends) for ends in pairwise((0, *accumulate(widths or (vectors.shape[1],)))))
        mean = np.zeros(vectors.shape[1], np.float32)
        blocks: list[Floats | None] = []
        common = []
        some = vectors.any(axis=1)
        for part in parts:
            read = vectors[:, part].any(axis=1)
            own = vectors[read, part]
            if len(own):
                # Shrunk for a handful of texts: there the mean is their subject itself, and little would be left.
                mean[part] = len(own) / (len(own) + _SHRINK_MEAN) * own.mean(axis=0, dtype=np.float64)
            mates = read & asked
            rounded = _ROUND_OF_EACH if len(parts) > 1 else _ROUND
            blocks.append(_metric(vectors[mates, part][:_MOST], owners[mates][:_MOST], rounded))
            if np.array_equal(read, some):
                common.append(part)
        return cls(mean, _joined(blocks, parts), parts, tuple(common) or parts)

    def moved(self, vectors: Vectors) -> Floats:
        """`vectors` (n, dimension) without what all have in common; zeros stay where an embedder reads no text."""
        moved: Floats = vectors - self.mean
        for part in self.parts:
            moved[~vectors[:, part].any(axis=1), part] = 0
        return moved

    def dual(self, moved: Floats) -> Floats:
        """What the product of any moved vector with is the one of this space, for each of `moved` (n, dimension)."""
        return moved if self.metric is None else moved @ self.metric

    def lengths(self, moved: Floats) -> Floats:
        """The lengths (n, parts) of each part of `moved` (n, dimension); 0 where there is nothing."""
        products = self.dual(moved) * moved
        squares = np.stack([products[:, part].sum(axis=1) for part in self.parts], axis=1)
        lengths: Floats = np.sqrt(np.maximum(squares, 0))
        return lengths

    def units(self, moved: Floats, lengths: Floats) -> Floats:
        """`moved` (n, dimension) with each part of length 1, or 0 as it is; `lengths` (n, parts) are theirs."""
        units = np.empty_like(moved)
        for part, own in zip(self.parts, lengths.T, strict=True):
            units[:, part] = moved[:, part] / np.maximum(own, _TINY)[:, None]
        return units

    def cosines(self, moved: Floats, lengths: Floats, vector: Vectors) -> Floats:
        """The cosines (n,) of one `vector` (dimension,) with each of `moved` (n, dimension), of these `lengths`.

        Each is the mean over the embedders that read both; 0 where none does.
        """
        query = self.moved(vector[None])
        own = self.lengths(query)
        dual = self.dual(self.units(query, own))[0]
        near: Floats = np.stack([moved[:, part] @ dual[part] for part in self.parts], axis=1)
        return _mean((near / np.maximum(lengths, _TINY)).astype(np.float32), (lengths > _TINY) & (own > _TINY))

    def together(self, lengths: Floats, vector: Vectors) -> Floats:
        """How long each of `lengths` (n, parts) is in all (n,), for who asks with `vector` (dimension,)."""
        own = self.lengths(self.moved(vector[None]))
        total: Floats = np.sqrt(_mean(np.square(lengths), (lengths > _TINY) & (own > _TINY)))
        return total

    def read_by_all(self, vectors: Vectors) -> Vectors:
        """What the embedders that read every text make of them, (n, numbers of theirs), of length 1 or all zeros."""
        if len(self.common) == len(self.parts):
            return vectors
        kept = np.concatenate([vectors[:, part] for part in self.common], axis=1)
        lengths = np.linalg.norm(kept, axis=1, keepdims=True)
        units: Vectors = (kept / np.maximum(lengths, _TINY)).astype(np.float32)
        return units


def _mean(numbers: Floats, counted: Bools) -> Floats:
    """The mean (n,) of those of `numbers` (n, parts) that are `counted`; 0 where none is."""
    total = np.where(counted, numbers, np.float32(0)).sum(axis=1)
    mean: Floats = (total / np.maximum(counted.sum(axis=1), 1)).astype(np.float32)
    return mean


def _joined(blocks: Sequence[Floats | None], parts: Sequence[slice]) -> Floats | None:
    """One metric of those of the parts; None where all are balls."""
    if all(block is None for block in blocks):
        return None
    metric = np.eye(parts[-1].stop, dtype=np.float32)
    for block, part in zip(blocks, parts, strict=True):
        if block is not None:
            metric[part, part] = block
    return metric


def _metric(vectors: Vectors, owners: NDArray[np.int32], rounded: float) -> Floats | None:
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
    inverse = np.linalg.inv(covariance / ball + rounded * np.eye(len(covariance)))
    return (inverse * rounded).astype(np.float32)
