"""Has a generator write what customers would ask to get an entry. Knows entries and a generator; looks nothing up.

Documents are found better when they also hold the questions that they answer (doc2query: Nogueira et al., 2019), if
the bad ones among these are left out (doc2query--: Gospodinov et al., 2023). What can be told from a message and its
entry alone is judged here; whether a message leads to its entry is for who can look it up.
"""

import contextlib
import re
import time
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from bot.answering.check import source_text, stated_facts, unheld
from bot.answering.prompt import neutral
from bot.generators.base import ChatMessage, GenerationFailed, Generator, Limits, Prompt
from bot.generators.sound import sound
from knowledge.corpus.clean import one_line
from knowledge.corpus.entry import Entry
from knowledge.language import detect
from knowledge.words import content_words, is_unspaced, runs, words

_TOKENS = 160
_LONGEST_ENTRY = 1200  # characters
_LONGEST, _LONGEST_UNSPACED = 160, 60
_BULLET = re.compile(r"^\s*(?:[-*•·–]|\(?\d{1,2}[.):、．）](?!\d)|[\"“「])\s*")
# Who says so many steps from word to word of the answer again, or nearly, tells and does not ask: a few are keywords.
_TOLD_AGAIN, _FEW = 0.8, 4


class Questioner:
    """Writes with one generator; `seconds` for each entry."""

    def __init__(self, generator: Generator, seconds: float = 120.0) -> None:
        self._generator = generator
        self._seconds = seconds

    def messages(self, entry: Entry, language: str) -> list[str]:
        """What customers might write to get `entry`, in `language`, without what `objection` finds wrong.

        Each at most once. Raises GenerationFailed when nothing came at all.
        """
        found = dict.fromkeys(self._lines(entry, language))
        return [text for text in found if not objection(text, entry, language)]

    def _lines(self, entry: Entry, language: str) -> Iterator[str]:
        limits = Limits(_TOKENS, time.monotonic() + self._seconds)
        text = ""
        try:
            with contextlib.closing(sound(self._generator.generate(prompt_for(entry, language), limits))) as pieces:
                for piece in pieces:
                    text += piece
        except GenerationFailed:
            # What came before stays valid, but for the line that broke off.
            text = text.rpartition("\n")[0]
            if not text.strip():
                raise
        for line in text.splitlines():
            yield one_line(_BULLET.sub("", line)).strip(' "”“」')


def prompt_for(entry: Entry, language: str) -> Prompt:
    """Instructions, worked examples in `language` and the entry, its `similar` questions left out.

    By those it is found out later how well the entry is found: who writes shall not have seen them.
    """
    fixed = _fixed(language)
    last = ChatMessage("user", _page(entry.heading, entry.question, entry.answer))
    return Prompt((*fixed, last), fixed=len(fixed))


def objection(text: str, entry: Entry, language: str) -> str:
    """Why a message is of no use for `entry`, as far as the two tell; empty where it may be."""
    if not content_words(text):
        return "no content"
    if text in _shown_lines() or _strays(text, entry):
        return "of a worked example"
    if len(text) > (_LONGEST_UNSPACED if any(map(is_unspaced, runs(text))) else _LONGEST):
        return "too long"
    if detect(text, default=language) != language:
        return "another language"
    if unheld(stated_facts(text, language), [entry]):
        return "a number or name that the entry lacks"
    if not text.endswith(("?", "？")) and _tells(text, entry.answer):
        return "tells and does not ask"
    return ""


def _strays(text: str, entry: Entry) -> bool:
    """Whether a message asks for what the worked examples are about, and the entry is not."""
    told, said = source_text(entry).casefold(), frozenset(words(text))
    named = (name for names in _texts()["subjects"].values() for name in names if name in said)
    return any(name not in told for name in named)


def _tells(text: str, answer: str) -> bool:
    """Whether a message says a stretch of the answer again."""
    said, told = list(_steps(text)), frozenset(_steps(answer))
    return len(said) > _FEW and sum(step in told for step in said) >= _TOLD_AGAIN * len(said)


def _steps(text: str) -> Iterator[tuple[str, str]]:
    """Neighbouring words; of an unspaced script neighbouring characters."""
    parts = (part for run in runs(text) for part in (run if is_unspaced(run) else (run,)))
    return pairwise(parts)


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads(files("bot.answering").joinpath("questioner.toml").read_text("utf-8"))


@cache
def _shown_lines() -> frozenset[str]:
    """What the worked examples say: small models say it again."""
    shown = (example for own in _texts()["examples"].values() for example in own.values())
    return frozenset(line for example in shown for line in example.splitlines())


@cache
def _fixed(language: str) -> tuple[ChatMessage, ...]:
    texts = _texts()
    told = [
        texts["instructions"]["text"].strip(),
        texts["languages"].get(language, f"Write in the language {language}."),
    ]
    messages = [ChatMessage("system", "\n".join(told))]
    examples: dict[str, str] = texts["examples"].get(language, texts["examples"]["en"])
    for name in sorted(examples):
        page, _, asked = examples[name].strip().partition("\n===\n")
        messages += [ChatMessage("user", page), ChatMessage("assistant", asked)]
    return tuple(messages)


def _page(*parts: str) -> str:
    lines: Sequence[str] = [neutral(one_line(part)) for part in dict.fromkeys(filter(None, parts))]
    return ("Page: " + "\n".join(lines))[:_LONGEST_ENTRY]
