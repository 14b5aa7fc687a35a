"""Embeds with several embedders at once: their vectors stand side by side. Knows no model and no library.

The cosine of two such vectors is the mean of theirs. What one embedder misses another sees, for the price of both.
Where one of them does not read a text's language, zeros stand in its place.
"""

from collections.abc import Collection, Sequence
from itertools import accumulate, pairwise

import numpy as np

from knowledge.embedders.base import Embedder, Progress, Vectors
from knowledge.language import detect

JOIN = "+"
"""Between the names of those that are joined."""


class JoinedEmbedder:
    """The `parts` side by side. May be used from several threads, if all of them may."""

    def __init__(self, parts: Sequence[Embedder], reads: Sequence[Collection[str]] = ()) -> None:
        """Join `parts`; `reads` are each one's languages, none for all.

        ValueError for fewer than two parts, or languages of more or fewer.
        """
        if len(parts) < 2:
            raise ValueError(f"{len(parts)} embedder: two at least are joined")
        if reads and len(reads) != len(parts):
            raise ValueError(f"languages of {len(reads)} embedders, and {len(parts)} are joined")
        self._parts = tuple(parts)
        self._reads = tuple(map(frozenset, reads)) or (frozenset[str](),) * len(parts)

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
        return self._side_by_side(texts, [part.embed_queries(texts) for part in self._parts])

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
        return self._side_by_side(
            texts,
            [part.embed_passages(texts, of(*span)) for part, *span in zip(self._parts, starts, ends, strict=True)],
        )

    def _side_by_side(self, texts: Sequence[str], vectors: Sequence[Vectors]) -> Vectors:
        """Each part weighs the same in every text: where one is lacking the vector is shorter."""
        joined: Vectors = np.concatenate(vectors, axis=1) / np.float32(np.sqrt(len(vectors)))
        ends = accumulate((own.shape[1] for own in vectors), initial=0)
        for reads, (start, end) in zip(self._reads, pairwise(ends), strict=True):
            if reads:
                joined[[detect(text) not in reads for text in texts], start:end] = 0
        return joined
