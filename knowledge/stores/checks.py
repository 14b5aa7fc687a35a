"""What every store must refuse, and the one order of results. Knows no way of searching."""

import numpy as np

from knowledge.embedders.base import Vectors
from knowledge.stores.base import Ids, Scores


def checked_rows(ids: Ids, vectors: Vectors, dimension: int) -> tuple[Ids, Vectors]:
    """`ids` (n,) and `vectors` (n, dimension) as a store takes them. ValueError when they cannot be stored."""
    ids, vectors = np.asarray(ids, np.int64), np.ascontiguousarray(vectors, np.float32)
    if ids.ndim != 1 or vectors.shape != (len(ids), dimension):
        raise ValueError(f"{ids.shape} ids for vectors of shape {vectors.shape}: need (n,) and (n, {dimension})")
    if len(np.unique(ids)) != len(ids):
        raise ValueError("an id is given twice")
    if len(ids) and ids.min() < 0:
        raise ValueError(f"id {ids.min()} is negative")
    if not np.isfinite(vectors).all():
        raise ValueError("a vector holds a number that is not finite")
    return ids, vectors


def checked_queries(queries: Vectors, k: int, dimension: int) -> Vectors:
    """`queries` (m, dimension) as a store searches them. ValueError for another shape or k < 1."""
    if k < 1:
        raise ValueError(f"k is {k}: at least 1 is needed")
    queries = np.ascontiguousarray(queries, np.float32)
    if queries.ndim != 2 or queries.shape[1] != dimension:
        raise ValueError(f"queries of shape {queries.shape}: need (m, {dimension})")
    return queries


def ranked(scores: Scores, ids: Ids, k: int) -> tuple[Scores, Ids]:
    """The k best of each row of `scores` and `ids` (m, n): by score, then by id; -inf and -1 where n < k."""
    order = np.lexsort((ids, -scores), axis=1)[:, :k]
    best_scores = np.full((len(scores), k), -np.inf, np.float32)
    best_ids = np.full((len(scores), k), -1, np.int64)
    width = order.shape[1]
    best_scores[:, :width] = np.take_along_axis(scores, order, axis=1)
    best_ids[:, :width] = np.take_along_axis(ids, order, axis=1)
    return best_scores, best_ids
