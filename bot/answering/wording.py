"""Puts an agent's words differently: shorter, friendlier, more formal, spelt right, as they ask, in another language.

Knows a generator and the guard; knows no knowledge and no conversation. Whatever loses or adds a fact is withheld.
"""

import contextlib
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import structlog

from bot.answering.guard import Guarded, guard, new_facts
from bot.answering.prompt import neutral
from bot.generators.base import Cancelled, ChatMessage, GenerationFailed, Generator, GeneratorBusy, Limits, Prompt
from bot.generators.sound import sound
from knowledge.corpus.split import sentences
from knowledge.language import NOT_LATIN, detect

_log = structlog.get_logger(__name__)

LONGEST = 2_000
"""Characters that are put differently at once."""
_LONGEST_INSTRUCTION = 200  # characters
_MOST_TOKENS = 700
_SPARE_TOKENS = 48
_HARDLY_SHORTER = 0.95
_TRIES = 2  # a sentence that fails the guard is translated once more


class Style(StrEnum):
    """What shall become of the words."""

    SHORTER = "shorter"
    FRIENDLIER = "friendlier"
    FORMAL = "formal"
    SPELLING = "spelling"
    INSTRUCTION = "instruction"
    TRANSLATE = "translate"


@dataclass(frozen=True, slots=True)
class Wish:
    """`text` in another `style`; `language` is the one to be written in, empty for that of the text."""

    text: str
    style: Style
    language: str = ""
    instruction: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """What came of a wish. `text` is empty where it was withheld: `guarded` or `failure` says why.

    `failure` is "busy", "slow", "failed" or empty; `language` is the one that was read in the text.
    """

    text: str
    language: str
    guarded: Guarded = field(default_factory=Guarded)
    failure: str = ""
    model: str = ""
    seconds: float = 0.0


Shown = Callable[[str], None]
"""Takes each sentence that may be shown meanwhile."""


class Writer:
    """Writes with one generator, each wish within `seconds`. May be called from several threads."""

    def __init__(self, generator: Generator, seconds: float = 60.0) -> None:
        self._generator = generator
        self._seconds = seconds

    def write(self, wish: Wish, show: Shown, cancelled: threading.Event) -> Wording:
        """The words, or why there are none; what is shown meanwhile may still be withheld. Raises nothing."""
        started = time.monotonic()
        language = detect(wish.text, default=wish.language or "en")
        limits = Limits(_MOST_TOKENS, started + self._seconds, cancelled)
        try:
            made = (
                self._translated(wish, language, show, limits)
                if _is(wish)
                else self._rewritten(wish, language, show, limits)
            )
        except GenerationFailed as error:
            _log.info("no other words", style=str(wish.style), error=type(error).__name__)
            made = Wording("", language, failure=_failure(error, limits))
        passed = made.text if made.guarded.passed and not made.failure else ""
        if made.text and not passed:
            # The kinds of objections, never the agent's words.
            _log.info("other words withheld", style=str(wish.style), other=made.guarded.other)
        name, seconds = self._generator.name, time.monotonic() - started
        return Wording(passed, language, made.guarded, made.failure, name, seconds)

    def _rewritten(self, wish: Wish, language: str, show: Shown, limits: Limits) -> Wording:
        text, shown = "", 0
        for piece in self._draft(wish, wish.text, language, limits):
            text += piece
            spans = sentences(text)
            for span in spans[shown : len(spans) - 1]:
                if new_facts(wish.text, span.text):
                    return Wording(text, language, guard(wish.text, text, language))
                show(span.text)
                shown += 1
        text = _trimmed(text)
        found = guard(wish.text, text, language)
        if found.passed and _unchanged(wish, text):
            found = Guarded(other=("unchanged",))
        return Wording(text, language, found)

    def _translated(self, wish: Wish, language: str, show: Shown, limits: Limits) -> Wording:
        """Sentence by sentence: a small model keeps the facts of one better than those of many."""
        parts: list[str] = []
        doubtful: list[str] = []
        for lines, before in enumerate(wish.text.splitlines()):
            said: list[str] = []
            for span in sentences(before):
                text, found = self._sentence(wish, span.text, limits)
                if not found.passed:
                    return Wording(text, language, found)
                doubtful += found.doubtful
                said.append(text)
                show(text)
            glue = "" if wish.language in NOT_LATIN else " "
            parts += [glue.join(said)] if lines or said else []
        whole = "\n".join(parts).strip()
        return Wording(whole, language, Guarded(doubtful=tuple(dict.fromkeys(doubtful))))

    def _sentence(self, wish: Wish, text: str, limits: Limits) -> tuple[str, Guarded]:
        if not any(map(str.isalpha, text)):
            return text, Guarded()
        made, found = "", Guarded(other=("empty",))
        for reminder in range(_TRIES):
            kept = "; ".join((*found.lost, *found.added)) if reminder else ""
            made = _trimmed("".join(self._draft(wish, text, wish.language, limits, kept)))
            found = guard(text, made, wish.language)
            if found.passed:
                break
        return made, found

    def _draft(self, wish: Wish, text: str, language: str, limits: Limits, kept: str = "") -> Iterator[str]:
        prompt = wording_prompt(wish, text, language, kept)
        tokens = self._generator.count_tokens([ChatMessage("user", text)]) * 2 + _SPARE_TOKENS
        least = Limits(min(tokens, limits.tokens), limits.deadline, limits.cancelled)
        with contextlib.closing(sound(self._generator.generate(prompt, least))) as pieces:
            yield from pieces


def wording_prompt(wish: Wish, text: str, language: str, kept: str = "") -> Prompt:
    """Instructions, worked examples and the message. Nothing of it is marked as fixed: answers keep their place.

    `kept` are facts that a first try got wrong.
    """
    texts = _texts()
    name = texts["languages"].get(language.partition("-")[0], language)
    system = texts["instructions"]["translate" if _is(wish) else "rewrite"].strip().format(language=name)
    asked = neutral(" ".join(wish.instruction.split())[:_LONGEST_INSTRUCTION]).rstrip(".")
    task = texts["tasks"][str(wish.style)].format(language=name, instruction=asked)
    if kept:
        task += f" Mind these: {neutral(kept)}."
    messages = [ChatMessage("system", system)]
    for before, after in _examples(wish, text, language):
        messages += [ChatMessage("user", f"{task}\n\n{before}"), ChatMessage("assistant", after)]
    return Prompt((*messages, ChatMessage("user", f"{task}\n\n{neutral(text)}")))


def _examples(wish: Wish, text: str, language: str) -> Iterator[tuple[str, str]]:
    """Those of the language; a translation's are shown only from Chinese to English and back."""
    shown = _texts().get(str(wish.style), {})
    base = language.partition("-")[0]
    if _is(wish) and {base, detect(text, default="en")} != {"en", "zh"}:
        return
    for example in shown.get(base, {} if _is(wish) else shown.get("en", {})).values():
        before, _, after = example.strip().partition("\n===\n")
        yield before, after


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads(files("bot.answering").joinpath("wording.toml").read_text("utf-8"))


def _is(wish: Wish) -> bool:
    return wish.style is Style.TRANSLATE


def _trimmed(text: str) -> str:
    """Without the quotes that models put around a message."""
    text = text.strip()
    for opening, closing in (('"', '"'), ("“", "”"), ("「", "」")):
        if len(text) > 1 and text[0] == opening and text[-1] == closing and opening not in text[1:-1]:
            return text[1:-1].strip()
    return text


def _unchanged(wish: Wish, text: str) -> bool:
    """Whether the model gave the draft back, or one that is no shorter where it was to be."""
    before, after = ("".join(each.split()) for each in (wish.text, text))
    return before == after or (wish.style is Style.SHORTER and len(after) > _HARDLY_SHORTER * len(before))


def _failure(error: GenerationFailed, limits: Limits) -> str:
    if isinstance(error, GeneratorBusy):
        return "busy"
    return "slow" if time.monotonic() >= limits.deadline and not isinstance(error, Cancelled) else "failed"
