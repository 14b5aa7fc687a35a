"""Orders entries by meaning and by words. Knows vectors and texts; knows no embedder and decides nothing.

Three things make the order, each measured to help on questions of support teams: vectors are compared after the
mean of all is taken away; an entry is judged by its best three texts and not by the best alone; and BM25 is added.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.embedders.base import Vectors
from knowledge.lexical import Floats, Rows
from knowledge.snapshot.contents import Contents
from knowledge.stores.base import Ids

_BEST_TEXTS = (0.6, 0.25, 0.15)
_WORDS = 0.3
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Ranked:
    """One entry's place for one query.

    `row` and `view` are positions among the entries and among the views of the contents. `score` is the best
    cosine, given by `view`; `pooled` the weighted mean of the best three after centring; `relevance` adds BM25.
    """

    row: int
    view: int
    score: float
    pooled: float
    relevance: float


def rank(contents: Contents, texts: Sequence[str], vectors: Vectors, k: int) -> list[list[Ranked]]:
    """The k best entries for each query by relevance, best first; `vectors` (m, dimension) are those of `texts`.

    A query without content (a vector of zeros) finds nothing. ValueError for k < 1.
    """
    if k < 1:
        raise ValueError(f"k is {k}: at least 1 is needed")
    _, ids = contents.store.search(vectors, max(128, 16 * k))
    return [
        _rank_one(contents, text, vector, found[found >= 0], k) if vector.any() else []
        for text, vector, found in zip(texts, vectors, ids, strict=True)
    ]


def _rank_one(contents: Contents, text: str, vector: Vectors, near: Ids, k: int) -> list[Ranked]:
    table = contents.table
    words = contents.lexical.scores(text)
    rows = np.union1d(table.rows[table.positions(near)], _best_by_words(words, k)).astype(np.int32)
    views = table.of_rows(rows)
    vectors = contents.store.vectors(table.ids[views])
    cosines = vectors @ vector
    pooled = _pooled(_centred(vectors, vector, contents.mean), table.rows[views], rows)
    relevance = pooled + _WORDS * words[rows]
    best = _best_views(cosines, table.rows[views], rows)
    order = np.lexsort((rows, -relevance))[:k]
    return [
        Ranked(int(rows[i]), int(views[best[i]]), float(cosines[best[i]]), float(pooled[i]), float(relevance[i]))
        for i in order.tolist()
    ]


def _best_by_words(words: Floats, k: int) -> NDArray[np.int64]:
    best = np.argsort(-words, kind="stable")[: max(32, 4 * k)]
    return best[words[best] > 0]


def _centred(vectors: Vectors, vector: Vectors, mean: NDArray[np.float32]) -> Floats:
    """Cosines (n,) of `vectors` (n, dimension) with `vector` (dimension,), `mean` taken from both."""
    moved, query = vectors - mean, vector - mean
    lengths = np.linalg.norm(moved, axis=1) * np.linalg.norm(query)
    cosines: Floats = (moved @ query) / np.maximum(lengths, _TINY)
    return cosines


def _pooled(cosines: Floats, owners: Rows, rows: Rows) -> NDArray[np.float64]:
    """For each of `rows` (ascending) the weighted mean of its best few `cosines`; `owners` is ascending too."""
    order = np.lexsort((-cosines, owners))
    starts = np.searchsorted(owners, rows)
    counts = np.searchsorted(owners, rows, side="right") - starts
    total, weights = np.zeros(len(rows)), np.zeros(len(rows))
    for place, weight in enumerate(_BEST_TEXTS):
        has = counts > place
        total[has] += weight * cosines[order[starts[has] + place]]
        weights[has] += weight
    return total / weights


def _best_views(cosines: Floats, owners: Rows, rows: Rows) -> NDArray[np.int64]:
    order = np.lexsort((-cosines, owners))
    best: NDArray[np.int64] = order[np.searchsorted(owners, rows)]
    return best
