"""What agents replied in conversations of the past, found by what was said before. Knows vectors; writes nothing.

A moment is what was said before a reply: the last message alone, and with the turns before it. Moments that are near
vote for their replies, the nearest most (k nearest neighbours; Cover and Hart, 1967).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.embedders.base import Embedder, Vectors

Floats = NDArray[np.float64]

_TURNS = 4  # turns that make up a moment
_LAST = 0.5  # what the last message alone counts of it
_NEAREST = 50
_WARMTH = 0.03  # how far behind the nearest a moment may be, in cosine, and still have a say
_SHRINK_MEAN = 16
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class PastReply:
    """A reply of an agent; `before` are the turns before it, latest first; `act`, if any, names what it does."""

    before: tuple[str, ...]
    text: str
    act: str = ""


class PastReplies:
    """The replies of the past. May be used from several threads at once, if the embedder may."""

    def __init__(self, replies: Sequence[PastReply], embedder: Embedder) -> None:
        """Embed `replies`. ValueError for none."""
        if not replies:
            raise ValueError("no replies of the past: conversations in which an agent speaks are needed")
        self._replies = tuple(replies)
        self._embedder = embedder
        moments = self._moments([reply.before for reply in replies])
        self._mean = _common(moments)
        self._known = _unit(moments - self._mean)
        self._texts = list(dict.fromkeys(reply.text for reply in replies))
        number = {text: at for at, text in enumerate(self._texts)}
        self._text_of = np.array([number[reply.text] for reply in replies], np.int64)
        said = embedder.embed_passages(self._texts)
        self._reply_mean = _common(said)
        self._said = _unit(said - self._reply_mean)

    def rank(self, befores: Sequence[Sequence[str]], candidates: Sequence[Sequence[str]]) -> list[list[int]]:
        """For each moment the positions of its candidates, the likeliest reply first.

        `befores` hold the turns before the reply, latest first.
        """
        distinct = list(dict.fromkeys(text for own in candidates for text in own))
        vectors = _unit(self._embedder.embed_passages(distinct) - self._reply_mean) if distinct else self._said[:0]
        place = {text: at for at, text in enumerate(distinct)}
        ranked = []
        for votes, own in zip(self._votes(befores), candidates, strict=True):
            voted = np.flatnonzero(votes)
            near = vectors[[place[text] for text in own]] @ self._said[voted].T
            ranked.append(np.argsort(-(near @ votes[voted]), kind="stable").tolist())
        return ranked

    def suggest(self, befores: Sequence[Sequence[str]], k: int) -> list[list[PastReply]]:
        """For each moment the at most k replies with most votes, best first; of equal texts one."""
        first = {int(text): reply for text, reply in zip(self._text_of[::-1], self._replies[::-1], strict=True)}
        suggested = []
        for votes in self._votes(befores):
            best = [int(at) for at in np.argsort(-votes, kind="stable")[:k] if votes[at] > 0]
            suggested.append([first[at] for at in best])
        return suggested

    def _votes(self, befores: Sequence[Sequence[str]]) -> Iterator[Floats]:
        """For each moment how many votes each distinct reply has, shape (texts,); all together one."""
        if not befores:
            return
        for near in _unit(self._moments(befores) - self._mean) @ self._known.T:
            nearest = np.argsort(-near, kind="stable")[:_NEAREST]
            weights = np.exp((near[nearest] - near[nearest[0]]).astype(np.float64) / _WARMTH)
            votes = np.zeros(len(self._texts))
            np.add.at(votes, self._text_of[nearest], weights / weights.sum())
            yield votes

    def _moments(self, befores: Sequence[Sequence[str]]) -> Vectors:
        """Vectors of moments, shape (len(befores), 2 dimension): the last message, and all turns that count."""
        last = self._embedder.embed_queries([turns[0] if turns else "" for turns in befores])
        spoken = self._embedder.embed_queries([" ".join(turns[:_TURNS]) for turns in befores])
        moments: Vectors = np.concatenate([np.sqrt(_LAST) * last, np.sqrt(1 - _LAST) * spoken], axis=1)
        return moments


def _common(vectors: Vectors) -> Vectors:
    """What all `vectors` have in common, shape (width,), shrunk for a handful: there it is their subject itself."""
    share = len(vectors) / (len(vectors) + _SHRINK_MEAN)
    common: Vectors = (share * vectors.mean(axis=0, dtype=np.float64)).astype(np.float32)
    return common


def _unit(vectors: Vectors) -> Vectors:
    unit: Vectors = (vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), _TINY)).astype(np.float32)
    return unit
