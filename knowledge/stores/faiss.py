"""Searches with FAISS. All that is peculiar to FAISS is known here, and nowhere else.

FAISS loads a file with flipped bits without a word: whoever opens one checks its digest first.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from knowledge.embedders.base import Vectors
from knowledge.stores.base import Among, Ids, Scores
from knowledge.stores.checks import checked_queries, checked_rows, ranked

_SPARE = 16
_WIDEN = 4
# FAISS sums in float32 and in another order for each row: scores this near may be equal.
_UNSURE = 1e-5


class FaissStore:
    """A flat inner-product index that maps by id, never by position. Searching is safe from several threads."""

    def __init__(self, dimension: int) -> None:
        """An empty store for vectors of length `dimension`."""
        import faiss

        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        self._known: set[int] = set()
        self._selectors: WeakKeyDictionary[Among, Any] = WeakKeyDictionary()

    @classmethod
    def load(cls, path: Path) -> "FaissStore":
        """The store that `save` wrote. OSError when the file cannot be read, ValueError when it is no store."""
        import faiss

        data = np.fromfile(path, np.uint8)
        try:
            index = faiss.deserialize_index(data)
        except RuntimeError as error:
            raise ValueError(f"{path}: not a vector store") from error
        if not isinstance(index, faiss.IndexIDMap2):
            raise ValueError(f"{path}: an index without ids")
        store = cls(index.d)
        store._index = index
        store._known = set(faiss.vector_to_array(index.id_map).tolist())
        return store

    @property
    def dimension(self) -> int:
        """The length of each vector."""
        return int(self._index.d)

    def __len__(self) -> int:
        """How many vectors are stored."""
        return int(self._index.ntotal)

    def ids(self) -> Ids:
        """The ids of all vectors, ascending."""
        return np.array(sorted(self._known), np.int64)

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Store `vectors` (n, dimension) under `ids` (n,). ValueError for an id that is there or for other shapes."""
        ids, vectors = checked_rows(ids, vectors, self.dimension)
        new = set(ids.tolist())
        if not new.isdisjoint(self._known):
            raise ValueError(f"id {min(new & self._known)} is already stored")
        if new:
            self._index.add_with_ids(vectors, ids)
            self._known |= new

    def remove(self, ids: Sequence[int]) -> int:
        """Forget these ids; unknown ones are ignored. Returns how many were forgotten."""
        gone = self._known.intersection(int(number) for number in ids)
        if gone:
            self._index.remove_ids(np.array(sorted(gone), np.int64))
            self._known -= gone
        return len(gone)

    def vectors(self, ids: Ids) -> Vectors:
        """The vectors under `ids`, in their order. KeyError for an unknown id."""
        unknown = set(ids.tolist()) - self._known
        if unknown:
            raise KeyError(min(unknown))
        if not len(ids):
            return np.empty((0, self.dimension), np.float32)
        found: Vectors = self._index.reconstruct_batch(np.ascontiguousarray(ids, np.int64))
        return found

    def search(self, queries: Vectors, k: int, among: Among | None = None) -> tuple[Scores, Ids]:
        """The k best for each query, as the contract says."""
        queries = checked_queries(queries, k, self.dimension)
        if not len(self) or not len(queries):
            return ranked(np.empty((len(queries), 0), np.float32), np.empty((len(queries), 0), np.int64), k)
        ids = self._candidates(queries, k, among)
        # In float64, so that equal vectors score equal and ties can be put in the order of ids; one query at a time,
        # for where many vectors are equal there may be as many candidates as vectors.
        wide = queries.astype(np.float64)
        found = [
            np.einsum("d,nd->n", q, self.vectors(own).astype(np.float64)) for q, own in zip(wide, ids, strict=True)
        ]
        return ranked(np.stack(found).astype(np.float32), ids, k)

    def save(self, path: Path) -> None:
        """Write everything into one file."""
        import faiss

        # Not faiss.write_index: it reports a full disk as a RuntimeError.
        path.write_bytes(faiss.serialize_index(self._index).tobytes())

    def _candidates(self, queries: Vectors, k: int, among: Among | None) -> Ids:
        import faiss

        only = faiss.SearchParameters(sel=self._selector(among)) if among else None  # type: ignore[call-arg]
        width = min(len(self), k + _SPARE)
        while True:
            scores, ids = self._index.search(queries, width, params=only)
            cut_in_a_tie = scores[:, -1] > scores[:, min(k, width) - 1] - _UNSURE
            # There are as many for each query, and -1 where there are no more.
            if width == len(self) or ids[0, -1] < 0 or not cut_in_a_tie.any():
                found: Ids = ids[:, ids[0] >= 0]
                return found
            width = min(len(self), width * _WIDEN)

    def _selector(self, among: Among) -> Any:
        import faiss

        if among not in self._selectors:
            self._selectors[among] = faiss.IDSelectorBatch(np.ascontiguousarray(among.ids, np.int64))
        return self._selectors[among]
