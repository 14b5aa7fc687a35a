"""Embeds with several embedders at once: their vectors stand side by side. Knows no model and no library.

The cosine of two such vectors is the mean of theirs. What one embedder misses another sees, for the price of both.
"""

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from knowledge.embedders.base import Embedder, Progress, Vectors

JOIN = "+"
"""Between the names of those that are joined."""


class JoinedEmbedder:
    """The `parts` side by side. May be used from several threads, if all of them may."""

    def __init__(self, parts: Sequence[Embedder]) -> None:
        """Join `parts`. ValueError for fewer than two."""
        if len(parts) < 2:
            raise ValueError(f"{len(parts)} embedder: two at least are joined")
        self._parts = tuple(parts)

    @property
    def name(self) -> str:
        """The names of the parts, joined."""
        return JOIN.join(part.name for part in self._parts)

    @property
    def dimension(self) -> int:
        """The length of each vector."""
        return sum(part.dimension for part in self._parts)

    @property
    def widths(self) -> tuple[int, ...]:
        """The lengths of the parts."""
        return tuple(width for part in self._parts for width in part.widths)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what customers ask, shape (len(texts), dimension)."""
        return _side_by_side([part.embed_queries(texts) for part in self._parts])

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of what is known, shape (len(texts), dimension)."""
        ends = list(accumulate(part.dimension for part in self._parts))
        total = ends[-1]

        def of(before: int, after: int) -> Progress | None:
            """Progress of one part as a share of the whole, by the numbers that it computes."""
            if progress is None:
                return None
            return lambda done, count: progress((before * count + (after - before) * done) // total, count)

        starts = [0, *ends[:-1]]
        return _side_by_side(
            [part.embed_passages(texts, of(*span)) for part, *span in zip(self._parts, starts, ends, strict=True)]
        )


def _side_by_side(vectors: Sequence[Vectors]) -> Vectors:
    joined = np.concatenate(vectors, axis=1)
    lengths = np.linalg.norm(joined, axis=1, keepdims=True)
    unit: Vectors = (joined / np.maximum(lengths, 1e-12)).astype(np.float32)
    return unit
