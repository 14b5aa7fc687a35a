"""The embedders' contract: texts in, unit vectors out. Knows no entry, no store and no file of a snapshot."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]
"""Called with (done, total) texts while a long list is embedded."""


class Embedder(Protocol):
    """Turns texts into vectors.

    Both methods return float32 of shape (len(texts), dimension), every row of length 1 (shorter where one of several
    joined ones does not read the text; all zeros for a text without content), in the order of `texts`; an empty list
    gives shape (0, dimension). Queries and passages are told apart because models such as e5 want different prefixes.
    """

    @property
    def name(self) -> str:
        """Names the model and its version: vectors of two embedders are comparable when this is equal."""

    @property
    def dimension(self) -> int:
        """The length of each vector."""

    @property
    def widths(self) -> tuple[int, ...]:
        """The lengths of its parts, one for each model whose numbers stand side by side in a vector."""

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what customers ask."""

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of what is known."""
