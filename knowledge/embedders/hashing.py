"""Embeds without a model: hashed words and pieces of words. Knows spelling and nothing of meaning.

For tests, for machines without a model, and as the last resort when the real one cannot be loaded. The same text
gives the same vector in every process and on every machine.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from knowledge.embedders.base import Progress, Vectors
from knowledge.words import is_unspaced, pieces, runs, stop_words

_NGRAMS = (3, 4)
_NGRAM_WEIGHT, _STOP_WEIGHT = 0.3, 0.1
_VERSION = 1
_REPORT_EVERY = 256


class HashingEmbedder:
    """Signed hashing of word and character n-gram counts into `dimension` numbers."""

    def __init__(self, dimension: int = 512) -> None:
        """Embed into `dimension` numbers. ValueError below 16."""
        if dimension < 16:
            raise ValueError(f"dimension {dimension}: a hashing embedder needs at least 16")
        self._dimension = dimension

    @property
    def name(self) -> str:
        """`hashing:DIMENSION@v1`."""
        return f"hashing:{self._dimension}@v{_VERSION}"

    @property
    def dimension(self) -> int:
        """The length of each vector."""
        return self._dimension

    @property
    def widths(self) -> tuple[int, ...]:
        """All numbers are of one model."""
        return (self._dimension,)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what customers ask, shape (len(texts), dimension)."""
        return self._embed(texts, None)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of what is known, shape (len(texts), dimension)."""
        return self._embed(texts, progress)

    def _embed(self, texts: Sequence[str], progress: Progress | None) -> Vectors:
        vectors = np.zeros((len(texts), self._dimension), np.float32)
        for done, text in enumerate(texts, start=1):
            self._fill(vectors[done - 1], text)
            if progress and (done % _REPORT_EVERY == 0 or done == len(texts)):
                progress(done, len(texts))
        return vectors

    def _fill(self, vector: Vectors, text: str) -> None:
        for feature, weight in _features(text).items():
            number = _hashed(feature)
            vector[(number >> 1) % self._dimension] += weight if number & 1 else -weight
        length = float(np.linalg.norm(vector))
        if length:
            vector /= length


def _features(text: str) -> dict[str, float]:
    counts = Counter(runs(text))
    features: Counter[str] = Counter()
    for run, count in counts.items():
        times = 1 + float(np.log(count))
        for feature, weight in _parts(run):
            features[feature] += times * weight  # type: ignore[assignment]
    return dict(features)


def _parts(run: str) -> list[tuple[str, float]]:
    if is_unspaced(run):
        return [(piece, _weight(piece)) for piece in pieces(run)]
    marked = f"<{run}>"
    ngrams = [marked[i : i + n] for n in _NGRAMS for i in range(len(marked) - n + 1)]
    weight = _weight(run)
    return [(run, weight), *((ngram, weight * _NGRAM_WEIGHT) for ngram in ngrams)]


def _weight(word: str) -> float:
    return _STOP_WEIGHT if word in stop_words() else 1.0


@lru_cache(maxsize=65536)
def _hashed(feature: str) -> int:
    return int.from_bytes(hashlib.blake2b(feature.encode(), digest_size=8).digest(), "little")
