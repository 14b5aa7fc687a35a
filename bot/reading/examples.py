"""Reads what a customer wants by the examples that a message is nearest to. Knows vectors; knows no knowledge.

Rules (`bot.reading.intent`) know their own words alone; here a message counts for what its nearest examples are
(a kernel's estimate; Parzen, 1962), in any language that the embedder reads. Among the examples are ordinary
questions, and what counts is how much nearer others are than those.
"""

import contextlib
import hashlib
import threading
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import structlog
from numpy.typing import NDArray

from bot.reading.intent import SMALLTALK, Intent
from knowledge.corpus.split import sentences
from knowledge.embedders.base import Embedder, Vectors
from knowledge.space import Floats, Space

_log = structlog.get_logger(__name__)

# Found on public questions that are none of this (scripts/EXPERIMENTS.md).
SURELY_LIKE, LIKE = 0.24, 0.12
"""Leads from which examples tell what a message is: whatever is known, and where nothing known answers it."""
_WARMTH = 0.08  # how far behind the nearest an example may be, in cosine, and still count
_MOST_SENTENCES = 6
# Characters: what is longer is no smalltalk, no one wish, and is read by its beginning. So no message takes long.
_SMALLTALK_LIMIT, _SENTENCE_LIMIT, _LIMIT = 160, 240, 600


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a message is most like: how much nearer (in cosine) the examples of `intent` are than ordinary questions.

    `example` is the nearest of them.
    """

    intent: Intent
    lead: float
    example: str


@dataclass(frozen=True, slots=True)
class _Known:
    """The examples in their space, those of each intent together."""

    space: Space
    moved: Floats
    lengths: Floats


class Examples:
    """What messages are like. May be used from several threads, if the embedder may."""

    def __init__(self, embedder: Embedder, kept: Path | None = None) -> None:
        """Compare by `embedder`. The examples' vectors are computed on first need, and kept in the folder `kept`."""
        self._embedder = embedder
        self._kept = kept
        self._lock = threading.Lock()
        self._known: _Known | None = None
        self._numbers = np.array([_ORDER.index(intent) for intent, _ in _examples()], np.int32)

    def like(self, text: str) -> Likeness | None:
        """What `text` is most like besides a question; None where it is like nothing else.

        One sentence is enough to ask for a person or to complain; smalltalk is all of the message.
        """
        spans = [span.text for span in sentences(text) if len(span.text) <= _SENTENCE_LIMIT]
        several = [*spans[: _MOST_SENTENCES // 2], *spans[_MOST_SENTENCES // 2 :][-_MOST_SENTENCES // 2 :]]
        # By themselves: in one batch the short ones would be as slow as the long one.
        (whole,) = self._likenesses([text[:_LIMIT]])
        each = self._likenesses(several) if several not in ([], [text]) else []
        found = [one for one in (whole, *each) if one.intent not in SMALLTALK and one.lead > 0]
        if (
            whole.intent in SMALLTALK
            and len(text) <= _SMALLTALK_LIMIT
            and all(one.lead > 0 for one in (whole, *each))
        ):
            found.append(whole)
        return max(found, key=lambda one: one.lead, default=None)

    def ready(self) -> None:
        """Have the vectors of the examples at hand: no customer shall wait for that."""
        with self._lock:
            if self._known is None:
                vectors = self._vectors()
                everywhere = np.ones(len(vectors), np.bool_)
                space = Space.of(vectors, self._numbers, everywhere, self._embedder.widths)
                moved = space.moved(vectors)
                self._known = _Known(space, moved, space.lengths(moved))

    def _likenesses(self, texts: Sequence[str]) -> list[Likeness]:
        self.ready()
        known = self._known
        assert known is not None
        return [
            self._likeness(known.space.cosines(known.moved, known.lengths, vector))
            for vector in self._embedder.embed_queries(texts)
        ]

    def _likeness(self, cosines: Floats) -> Likeness:
        near = [_near(cosines[self._numbers == number]) for number in range(len(_ORDER))]
        best = int(np.argmax(near[1:])) + 1
        of_best = np.where(self._numbers == best, cosines, -np.inf)
        return Likeness(_ORDER[best], near[best] - near[0], _examples()[int(of_best.argmax())][1])

    def _vectors(self) -> Vectors:
        texts = [text for _, text in _examples()]
        place = self._kept / f"examples-{_digest(self._embedder.name, texts)}.npy" if self._kept else None
        if place and (kept := _read(place, (len(texts), self._embedder.dimension))) is not None:
            return kept
        vectors = self._embedder.embed_queries(texts)
        if place:
            _write(place, vectors)
        return vectors


_ORDER = (Intent.QUESTION, Intent.PERSON, Intent.COMPLAINT, *sorted(SMALLTALK))


@cache
def _examples() -> tuple[tuple[Intent, str], ...]:
    data = tomllib.loads(files("bot.reading").joinpath("examples.toml").read_text("utf-8"))
    return tuple((Intent(name), text) for name, told in data.items() for texts in told.values() for text in texts)


def _near(cosines: NDArray[np.float32]) -> float:
    """How near all of `cosines` are, the nearest counting most (a soft maximum of their mean)."""
    return float(_WARMTH * np.log(np.exp(cosines.astype(np.float64) / _WARMTH).mean()))


def _digest(name: str, texts: Sequence[str]) -> str:
    return hashlib.sha256("\0".join((name, *texts)).encode()).hexdigest()[:16]


def _read(place: Path, shape: tuple[int, int]) -> Vectors | None:
    try:
        vectors: Vectors = np.load(place, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return vectors if vectors.shape == shape and vectors.dtype == np.float32 else None


def _write(place: Path, vectors: Vectors) -> None:
    part = place.with_name(f".{place.name}-{threading.get_ident()}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            np.save(file, vectors, allow_pickle=False)
        part.replace(place)
    except OSError as error:  # they are computed again next time
        _log.info("vectors of examples are not kept", error=str(error))
        with contextlib.suppress(OSError):  # a full disk shall not fill further with every start
            part.unlink(missing_ok=True)
