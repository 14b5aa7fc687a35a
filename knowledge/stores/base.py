"""The stores' contract: vectors under ids. Sees arrays only: no text, no entry, no embedder."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.embedders.base import Vectors

Ids = NDArray[np.int64]
Scores = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Among:
    """Some `ids` (n,) to search among; those that a store lacks are ignored. Kept, for it may be told by identity."""

    ids: Ids


class Store(Protocol):
    """Holds unit vectors under stable 64-bit ids and finds the nearest by inner product (= cosine)."""

    @property
    def dimension(self) -> int:
        """The length of each vector."""

    def __len__(self) -> int:
        """How many vectors are stored."""

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Store `vectors` (n, dimension) under `ids` (n,). ValueError for an id that is there or for other shapes."""

    def remove(self, ids: Sequence[int]) -> int:
        """Forget these ids; unknown ones are ignored. Returns how many were forgotten."""

    def ids(self) -> Ids:
        """The ids of all vectors, ascending."""

    def vectors(self, ids: Ids) -> Vectors:
        """The vectors (n, dimension) under `ids` (n,), in their order. KeyError for an unknown id."""

    def search(self, queries: Vectors, k: int, among: Among | None = None) -> tuple[Scores, Ids]:
        """The k best for each of the queries (m, dimension), of all vectors or `among` some.

        Returns scores and ids of shape (m, k), best first; id -1 and score -inf where there is no row.
        Equal scores come in the order of their ids.
        """

    def save(self, path: Path) -> None:
        """Write everything into one file."""
