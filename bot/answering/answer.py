"""What is asked and what is answered, as plain data. Knows no model, no channel and no Redis."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Literal

Role = Literal["customer", "agent", "bot"]
CUSTOMER: Final = "customer"
BOT: Final = "bot"


class Mode(StrEnum):
    """How an answer was made; cheapest first."""

    VERBATIM = "verbatim"
    EXTRACTIVE = "extractive"
    GENERATED = "generated"
    CLARIFY = "clarify"
    SMALLTALK = "smalltalk"
    REFUSE = "refuse"
    HANDOFF = "handoff"


class Outcome(StrEnum):
    """What became of the question."""

    ANSWERED = "answered"
    REFUSED = "refused"
    HANDED_OVER = "handed_over"
    SMALLTALK = "smalltalk"
    CLARIFIED = "clarified"


class Reason(StrEnum):
    """Why a conversation goes to the agents, or why a question was refused."""

    ASKED_FOR_PERSON = "asked_for_person"
    MISSING_KNOWLEDGE = "missing_knowledge"
    COMPLAINT = "complaint"
    REPEATED_REFUSAL = "repeated_refusal"
    ENGINE_DOWN = "engine_down"
    POLICY = "policy"
    CUSTOMER_UPSET = "customer_upset"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class PastTurn:
    """One earlier turn of the conversation, as the answerer sees it.

    `refused`: it answered nothing; `choices`: what it offered, where it asked back which is meant.
    """

    role: Role
    text: str
    refused: bool = False
    choices: tuple[str, ...] = ()


def told_by(outcome: str, titles: Sequence[str]) -> tuple[bool, tuple[str, ...]]:
    """Whether an answer with this outcome answered nothing, and the choices that it offered."""
    clarified = outcome == Outcome.CLARIFIED
    return clarified or outcome == Outcome.REFUSED, tuple(titles) if clarified else ()


@dataclass(frozen=True, slots=True)
class Question:
    """A customer's question with the turns before it, oldest first.

    `language` is a hint (ISO 639-1) or empty; `waiting`: an agent has been called and has not come yet; `for_agent`:
    the answer is shown to an agent and not sent, so that it may rest on what is internal.
    `text` is empty when the customer sent only what cannot be read: a picture, a voice message or a file.
    """

    text: str
    history: tuple[PastTurn, ...] = ()
    language: str = ""
    waiting: bool = False
    for_agent: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """One released sentence, the ids of the entries that support it and how well (0 to 1)."""

    text: str
    sources: tuple[str, ...] = ()
    support: float = 1.0


Release = Callable[[Sentence], None]
"""Takes each sentence as soon as it may be shown."""


@dataclass(frozen=True, slots=True)
class Source:
    """An entry that an answer rests on, or that is offered beside a refusal."""

    id: str
    title: str
    url: str | None
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked and judged answer. `text` is what may be sent as it is.

    For a refusal `sources` are the nearest articles, for a question back the choices. `seconds` has at least
    `total`, and `cached` when an earlier answer was given again. Not `whole`: a generator broke off on the way, so
    that asking again may give another one.
    """

    outcome: Outcome
    mode: Mode
    text: str
    language: str
    confidence: float
    sentences: tuple[Sentence, ...] = ()
    sources: tuple[Source, ...] = ()
    reason: Reason | None = None
    snapshot: str = ""
    model: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    whole: bool = True
    related: tuple[str, ...] = ()
    """Questions that may be asked next, in the knowledge's own words."""

    @property
    def as_past(self) -> PastTurn:
        """The bot's turn with this answer, as a later question sees it."""
        return PastTurn(BOT, self.text, *told_by(str(self.outcome), [source.title for source in self.sources]))

    def to_json(self) -> dict[str, Any]:
        """The one JSON shape of an answer: the same in the command, the API and the stored turn."""
        return {
            "outcome": str(self.outcome),
            "mode": str(self.mode),
            "text": self.text,
            "language": self.language,
            "confidence": round(self.confidence, 4),
            "sentences": [
                {"text": s.text, "sources": list(s.sources), "support": round(s.support, 4)} for s in self.sentences
            ],
            "sources": [
                {"id": s.id, "title": s.title, "url": s.url, "score": round(s.score, 4)} for s in self.sources
            ],
            "related": list(self.related),
            "reason": str(self.reason) if self.reason else None,
            "snapshot": self.snapshot,
            "model": self.model,
            "seconds": {name: round(value, 4) for name, value in self.seconds.items()},
        }
