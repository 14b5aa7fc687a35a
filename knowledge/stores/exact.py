"""Searches by computing every inner product: slow, simple and right. The oracle for all other stores."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from knowledge.embedders.base import Vectors
from knowledge.stores.base import Among, Ids, Scores
from knowledge.stores.checks import checked_queries, checked_rows, ranked


class ExactStore:
    """Vectors in one matrix, their ids beside it."""

    def __init__(self, dimension: int) -> None:
        """An empty store for vectors of length `dimension`."""
        self._ids: Ids = np.empty(0, np.int64)
        self._vectors: Vectors = np.empty((0, dimension), np.float32)

    @classmethod
    def load(cls, path: Path) -> "ExactStore":
        """The store that `save` wrote. OSError when the file cannot be read, ValueError when it is no store."""
        try:
            with np.load(path, allow_pickle=False) as data:
                store = cls(data["vectors"].shape[1])
                store._ids, store._vectors = data["ids"], data["vectors"]
        except (KeyError, IndexError, EOFError) as error:
            raise ValueError(f"{path}: not a vector store") from error
        return store

    @property
    def dimension(self) -> int:
        """The length of each vector."""
        return int(self._vectors.shape[1])

    def __len__(self) -> int:
        """How many vectors are stored."""
        return len(self._ids)

    def ids(self) -> Ids:
        """The ids of all vectors, ascending."""
        return np.sort(self._ids)

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Store `vectors` (n, dimension) under `ids` (n,). ValueError for an id that is there or for other shapes."""
        ids, vectors = checked_rows(ids, vectors, self.dimension)
        if np.isin(ids, self._ids).any():
            raise ValueError(f"id {ids[np.isin(ids, self._ids)][0]} is already stored")
        self._ids = np.concatenate((self._ids, ids))
        self._vectors = np.concatenate((self._vectors, vectors))

    def remove(self, ids: Sequence[int]) -> int:
        """Forget these ids; unknown ones are ignored. Returns how many were forgotten."""
        kept = ~np.isin(self._ids, np.asarray(ids, np.int64))
        self._ids, self._vectors = self._ids[kept], self._vectors[kept]
        return int((~kept).sum())

    def vectors(self, ids: Ids) -> Vectors:
        """The vectors under `ids`, in their order. KeyError for an unknown id."""
        row = {number: i for i, number in enumerate(self._ids.tolist())}
        return self._vectors[[row[number] for number in ids.tolist()]]

    def search(self, queries: Vectors, k: int, among: Among | None = None) -> tuple[Scores, Ids]:
        """The k best for each query, as the contract says."""
        queries = checked_queries(queries, k, self.dimension)
        meant = np.isin(self._ids, among.ids) if among else np.ones(len(self), np.bool_)
        # In float64, so that equal vectors score equal wherever they lie in the matrix.
        scores = (queries.astype(np.float64) @ self._vectors[meant].astype(np.float64).T).astype(np.float32)
        return ranked(scores, np.broadcast_to(self._ids[meant], scores.shape), k)

    def save(self, path: Path) -> None:
        """Write everything into one file."""
        with path.open("wb") as file:
            np.savez(file, ids=self._ids, vectors=self._vectors)
