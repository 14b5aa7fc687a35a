"""The way of one answer, written down by the steps that make it. Knows no step.

    with recorded() as trace:
        answer = answerer.answer(question)

A step asks `current()` and writes what it saw; where nobody looks that is None, and nothing is kept. The trace lies
in the caller's context, so that no step must hand it on to the next.
"""

import contextlib
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.generators.base import Pieces, Prompt
from bot.reading.examples import Likeness
from knowledge.retriever import Hit

_current: ContextVar["Trace | None"] = ContextVar("trace", default=None)


@dataclass(slots=True)
class Lookup:
    """One text that was looked up, the hits it gave, best first, and how sure the first of them is."""

    query: str
    hits: tuple[Hit, ...] = ()
    confidence: float = 0.0


@dataclass(slots=True)
class TracedPart:
    """One thing that was asked, and its lookups; `won` is the number of the one that was followed.

    `before` are the turns that every lookup was made together with, latest first.
    """

    text: str
    before: tuple[str, ...]
    lookups: list[Lookup]
    won: int | None = None


@dataclass(slots=True)
class Judgement:
    """What the check said of one drafted sentence; no `objections` is a pass.

    `span` is the sentence of the entry `source` that comes nearest to it. `again`: it was written in the place of
    the sentence judged before it.
    """

    text: str
    support: float
    needed: float
    source: str
    span: str
    objections: tuple[str, ...]
    again: bool = False


@dataclass(slots=True)
class TracedDraft:
    """One draft: by whom, from which prompt, what was written and how it was judged. `ended` is empty when whole."""

    generator: str
    prompt: Prompt
    text: str = ""
    ended: str = ""
    judgements: list[Judgement] = field(default_factory=list)


@dataclass(slots=True)
class TracedRewrite:
    """A follow-up rewritten to stand alone: from which prompt, what was written, and why that was `dropped`."""

    prompt: Prompt
    text: str
    dropped: str = ""


@dataclass(slots=True)
class TracedLook:
    """A second look at the entry found first: how sure it was, what was seen (as of `Seen`), how sure it is then.

    `failed` tells why none could be taken.
    """

    entry: str
    before: float
    lead: float = 0.0
    back: float = 0.0
    after: float = 0.0
    seconds: float = 0.0
    failed: str = ""


@dataclass(slots=True)
class Trace:
    """What was seen on the way of one answer, step by step. For one question, and one thread."""

    question: str = ""
    language: str = ""
    intent: str = ""
    like: Likeness | None = None
    threshold: float | None = None
    weights: dict[str, float] = field(default_factory=dict)
    parts: list[TracedPart] = field(default_factory=list)
    rewrites: list[TracedRewrite] = field(default_factory=list)
    looks: list[TracedLook] = field(default_factory=list)
    drafts: list[TracedDraft] = field(default_factory=list)

    def looked_up(self, text: str, queries: Sequence[str], before: Sequence[str]) -> None:
        """A part is looked up by `queries`; `ranked` will tell what came of it."""
        self.parts.append(TracedPart(text, tuple(before), [Lookup(query) for query in queries]))

    def ranked(self, rankings: Sequence[Sequence[Hit]], confidences: Sequence[float], won: int) -> None:
        """What the lookups of the first part without a winner gave, in their order."""
        part = next(part for part in self.parts if part.won is None)
        part.won = won
        for lookup, hits, sure in zip(part.lookups, rankings, confidences, strict=True):
            lookup.hits, lookup.confidence = tuple(hits), sure

    def drafted(self, generator: str, prompt: Prompt) -> None:
        """A draft begins; what is written, judged and failed from here on belongs to it."""
        self.drafts.append(TracedDraft(generator, prompt))

    def judged(self, judgement: Judgement) -> None:
        """A sentence of the draft in work was judged."""
        self.drafts[-1].judgements.append(judgement)

    def broke_off(self, error: Exception) -> None:
        """The draft in work came to no end of its own."""
        self.drafts[-1].ended = f"{type(error).__name__}: {error}"

    def to_json(self) -> dict[str, Any]:
        """All of it as plain JSON types."""
        return {
            "question": self.question,
            "language": self.language,
            "intent": self.intent,
            "like": asdict(self.like) if self.like else None,
            "threshold": self.threshold,
            "weights": dict(self.weights),
            "parts": [_part_json(part) for part in self.parts],
            "rewrites": [asdict(rewrite) for rewrite in self.rewrites],
            "looks": [asdict(look) for look in self.looks],
            "drafts": [asdict(draft) for draft in self.drafts],
        }


@contextlib.contextmanager
def recorded() -> Iterator[Trace]:
    """A trace that the answer made inside, in this thread, writes itself into."""
    trace = Trace()
    token = _current.set(trace)
    try:
        yield trace
    finally:
        _current.reset(token)


def current() -> Trace | None:
    """The trace to write into, if anybody looks."""
    return _current.get()


def overheard(pieces: Pieces) -> Pieces:
    """The same pieces; the trace, if there is one, keeps the text of those that were taken."""
    trace = current()
    return pieces if trace is None else _kept(pieces, trace.drafts[-1])


def _kept(pieces: Pieces, draft: TracedDraft) -> Pieces:
    with contextlib.closing(pieces):
        for piece in pieces:
            draft.text += piece
            yield piece


def _part_json(part: TracedPart) -> dict[str, Any]:
    return {
        "text": part.text,
        "before": list(part.before),
        "won": part.won,
        "lookups": [
            {
                "query": lookup.query,
                "confidence": round(lookup.confidence, 4),
                "hits": [_hit_json(hit) for hit in lookup.hits],
            }
            for lookup in part.lookups
        ],
    }


def _hit_json(hit: Hit) -> dict[str, Any]:
    return {
        "id": hit.entry.id,
        "title": hit.entry.heading,
        "language": hit.entry.language,
        "field": hit.field,
        "matched": hit.matched,
        "score": round(hit.score, 4),
        "closeness": round(hit.closeness, 4),
        "coverage": round(hit.coverage, 4),
        "relevance": round(hit.relevance, 4),
    }
