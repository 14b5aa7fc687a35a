"""Embeds a text once and keeps its vector. Knows no text by itself; for work that looks the same texts up often."""

from collections.abc import Callable, Sequence

import numpy as np

from knowledge.embedders.base import Embedder, Progress, Vectors


class RememberingEmbedder:
    """An embedder whose vectors are kept as long as it lives. For one thread."""

    def __init__(self, model: Embedder) -> None:
        """Keep what `model` gives."""
        self._model = model
        self._known: dict[tuple[str, str], Vectors] = {}

    @property
    def name(self) -> str:
        """The name of the model: its vectors are the same."""
        return self._model.name

    @property
    def dimension(self) -> int:
        """The length of each vector."""
        return self._model.dimension

    @property
    def widths(self) -> tuple[int, ...]:
        """As of the model."""
        return self._model.widths

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """As of `Embedder`."""
        return self._remembered("query", texts, self._model.embed_queries)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """As of `Embedder`; `progress` is told of the texts that are new."""
        return self._remembered("passage", texts, lambda new: self._model.embed_passages(new, progress))

    def _remembered(self, kind: str, texts: Sequence[str], embed: Callable[[Sequence[str]], Vectors]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if (kind, text) not in self._known]
        if new:
            self._known.update(zip([(kind, text) for text in new], embed(new), strict=True))
        return np.array([self._known[kind, text] for text in texts], np.float32).reshape(-1, self.dimension)
