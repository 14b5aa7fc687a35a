"""Has a question that points back rewritten so that it stands alone. Knows a generator; looks nothing up.

The customer's own words are always looked up as well. A rewrite that drifts is thrown away: one in another language,
with a number or name that nobody said, or far from what was said.
"""

import contextlib
import re
import threading
import time
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import structlog

from bot.answering.answer import CUSTOMER, Question
from bot.answering.check import Support, stated_facts, unheld
from bot.answering.prompt import neutral
from bot.answering.question import points_back
from bot.answering.trace import TracedRewrite, current
from bot.generators.base import ChatMessage, GenerationFailed, Generator, Limits, Prompt
from bot.generators.sound import sound
from knowledge.corpus.entry import Entry
from knowledge.language import detect

_log = structlog.get_logger(__name__)

_TOKENS = 48
_TURNS = 4
_LONGEST_TURN = 300  # characters
_LONGEST = 300  # characters of a rewrite
_OF_ONESELF = re.compile(r"\b(?:i|my|me|mine|ich|mein\w*|mir|mich)\b|我", re.I)
_TO_OTHERS = re.compile(r"\b(?:you|your|yours)\b|\b(?-i:Sie|Ihr(?:e[mnrs]?)?|Ihnen)\b|[您你]", re.I)


@dataclass(frozen=True, slots=True)
class Patience:
    """`seconds` of one rewrite, and the least support, 0 to 1, that what was said must give it."""

    seconds: float = 4.0
    needed: float = 0.4


class Rewriter:
    """Rewrites with one generator; `support` tells how near a rewrite is to what was said."""

    def __init__(self, generator: Generator, support: Support, patience: Patience | None = None) -> None:
        self._generator = generator
        self._support = support
        self._patience = patience or Patience()

    def rewrite(self, question: Question, language: str, cancelled: threading.Event) -> str:
        """The question on its own; empty where it stands alone already, and where the rewrite failed or drifts."""
        if not question.history or not points_back(question.text):
            return ""
        prompt = rewrite_prompt(question, language)
        text, why = self._written(prompt, cancelled)
        if text and (why := self.drift(text, question, language)):
            _log.info("rewrite dropped", why=why)
        if trace := current():
            trace.rewrites.append(TracedRewrite(prompt, text, why))
        return "" if why else text

    def drift(self, text: str, question: Question, language: str) -> str:
        """Why `text` asks something else than the question, as far as can be told; empty where it does not."""
        said = [turn.text for turn in question.history[-_TURNS:]] + [question.text]
        wanted = language.partition("-")[0]
        if detect(text, default=wanted) != wanted:
            return "another language"
        if unheld(stated_facts(text, language), [Entry("said", "\n".join(said))]):
            return "a fact that nobody said"
        if asks_the_customer(text, question.text):
            return "asks the customer"
        near = max(self._support(text, part)[0] for part in (question.text, _asked_before(question)) if part)
        return "" if near >= self._patience.needed else "far from what was said"

    def _written(self, prompt: Prompt, cancelled: threading.Event) -> tuple[str, str]:
        """The first line that was written, or nothing and why."""
        limits = Limits(_TOKENS, time.monotonic() + self._patience.seconds, cancelled)
        text = ""
        try:
            with contextlib.closing(sound(self._generator.generate(prompt, limits))) as pieces:
                for piece in pieces:
                    text += piece
                    if "\n" in text.lstrip() or len(text) > _LONGEST:
                        break
        except GenerationFailed as error:
            _log.info("no rewrite", error=type(error).__name__)
            return "", f"{type(error).__name__}: {error}"
        return next(iter(text.strip().splitlines()), "").removeprefix("Customer:").strip()[:_LONGEST], ""


def asks_the_customer(text: str, said: str) -> bool:
    """Whether `text` turns what customers `said` of themselves to us: "I am a student" to "Are you a student?"."""
    told = _OF_ONESELF.search(said) and not _TO_OTHERS.search(said)
    return bool(told and _TO_OTHERS.search(text) and not _OF_ONESELF.search(text))


def rewrite_prompt(question: Question, language: str) -> Prompt:
    """Instructions, worked examples in the question's language, the last turns and the question."""
    fixed = _fixed(language.partition("-")[0])
    turns = [*question.history[-_TURNS:]]
    lines = [f"{'Customer' if turn.role == CUSTOMER else 'Support'}: {_shown(turn.text)}" for turn in turns]
    last = ChatMessage("user", "\n".join([*lines, f"Customer: {_shown(question.text)}"]))
    return Prompt((*fixed, last), fixed=len(fixed))


@cache
def _fixed(language: str) -> tuple[ChatMessage, ...]:
    texts = tomllib.loads(files("bot.answering").joinpath("rewrite.toml").read_text("utf-8"))
    messages = [ChatMessage("system", texts["instructions"]["text"].strip())]
    examples: dict[str, str] = texts["examples"].get(language, texts["examples"]["en"])
    for name in sorted(examples):
        asked, _, alone = examples[name].strip().partition("\n===\n")
        messages += [ChatMessage("user", asked), ChatMessage("assistant", alone)]
    return tuple(messages)


def _shown(text: str) -> str:
    return neutral(" ".join(text.split())[:_LONGEST_TURN])


def _asked_before(question: Question) -> str:
    """The customer's last turn before, together with the question."""
    before = [turn.text for turn in question.history if turn.role == CUSTOMER]
    return f"{before[-1]} {question.text}" if before else ""
