"""A text is embedded once, and its vector is the model's."""

from collections.abc import Sequence

import numpy as np

from knowledge.embedders.base import Vectors
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.embedders.remembering import RememberingEmbedder


class Counting(HashingEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.asked.extend(texts)
        return super().embed_queries(texts)


def test_a_text_is_embedded_once() -> None:
    model = Counting()
    remembering = RememberingEmbedder(model)
    remembering.embed_queries(["a b", "c d", "a b"])
    remembering.embed_queries(["c d", "e f"])
    assert model.asked == ["a b", "c d", "e f"]


def test_queries_and_passages_are_told_apart() -> None:
    model = Counting()
    remembering = RememberingEmbedder(model)
    remembering.embed_passages(["a b"])
    remembering.embed_queries(["a b"])
    assert model.asked == ["a b"]


def test_remembers_texts_in_the_order_they_are_asked_for() -> None:
    plain = HashingEmbedder()
    remembering = RememberingEmbedder(plain)
    remembering.embed_passages(["a b", "c d"])
    again = remembering.embed_passages(["c d", "e f", "a b", "c d"])
    assert np.array_equal(again, plain.embed_passages(["c d", "e f", "a b", "c d"]))
    assert remembering.embed_queries([]).shape == (0, plain.dimension)
