"""How well a source supports a sentence. Knows words and vectors; knows no rule about facts."""

from functools import lru_cache

import numpy as np

from bot.reading.form import ends_asking
from knowledge.corpus.split import sentences
from knowledge.embedders.base import Vectors
from knowledge.retriever import Retriever

_TINY = 1e-6


class SpanSupport:
    """Similarity to the nearest sentence of the source, relative to what unrelated texts reach here.

    0 is as close as an unrelated question is to this knowledge, 1 is the same text; so a threshold means the
    same under every embedder, and across languages if the embedder does.
    """

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever
        self._vectors = lru_cache(maxsize=512)(self._embed)

    def __call__(self, sentence: str, source: str) -> tuple[float, str]:
        """Support of `sentence` by `source`, 0 to 1, and the source's sentence that gives it.

        No statement rests on a question, such as a heading that asks what the text below it tells.
        """
        spans = _spans(source)
        cosines = self._vectors(source) @ self._vectors(sentence).mean(axis=0)
        telling = np.array([not ends_asking(span) for span in spans])
        if telling.any() and not ends_asking(sentence):
            cosines = np.where(telling, cosines, -1.0)
        nearest = int(cosines.argmax())
        unrelated = self._retriever.unrelated
        value = (float(cosines[nearest]) - unrelated) / max(1 - unrelated, _TINY)
        return min(1.0, max(0.0, value)), spans[nearest]

    def _embed(self, text: str) -> Vectors:
        """Vectors of the sentences of `text`, shape (sentences, dimension)."""
        return self._retriever.embed(_spans(text))


def _spans(text: str) -> list[str]:
    return [span.text for span in sentences(text)] or [text]
