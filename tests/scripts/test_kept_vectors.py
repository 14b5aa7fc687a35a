"""A vector is computed once, whatever process asks for it, and never taken for another's."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from knowledge.embedders.base import Progress, Vectors
from knowledge.embedders.hashing import HashingEmbedder
from scripts.kept_vectors import KeptEmbedder


class Counting(HashingEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.asked.extend(texts)
        return super().embed_queries(texts)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.asked.extend(texts)
        return super().embed_passages(texts, progress)


class Other(Counting):
    @property
    def name(self) -> str:
        return "other"


def test_vectors_outlast_the_embedder(tmp_path: Path) -> None:
    first, second = Counting(), Counting()
    given = KeptEmbedder(first, tmp_path).embed_queries(["a b", "c d", "a b"])
    again = KeptEmbedder(second, tmp_path).embed_queries(["c d", "e f", "a b"])
    assert (first.asked, second.asked) == (["a b", "c d"], ["e f"])
    assert np.array_equal(again, HashingEmbedder().embed_queries(["c d", "e f", "a b"]))
    assert np.array_equal(given[0], given[2])


def test_questions_passages_and_models_are_told_apart(tmp_path: Path) -> None:
    model, other = Counting(), Other()
    kept = KeptEmbedder(model, tmp_path)
    kept.embed_queries(["a b"])
    kept.embed_passages(["a b"])
    KeptEmbedder(other, tmp_path).embed_queries(["a b"])
    assert (model.asked, other.asked) == (["a b", "a b"], ["a b"])


def test_no_texts_have_no_vectors(tmp_path: Path) -> None:
    assert KeptEmbedder(Counting(), tmp_path).embed_queries([]).shape == (0, HashingEmbedder().dimension)
