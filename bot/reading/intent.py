"""Reads what a customer wants besides an answer: a person, to complain, or only to greet. Knows no knowledge."""

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

# Asking for a person through a button or a command is stored as this text.
PERSON_COMMAND = "/human"

# A long message is never mere smalltalk, and matching it would cost time.
_SMALLTALK_LIMIT = 80
_NOT_WORDS = re.compile(r"[^\w'\s]|_", re.UNICODE)


class Intent(StrEnum):
    """`QUESTION` is everything that is nothing else."""

    QUESTION = "question"
    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    PERSON = "person"
    COMPLAINT = "complaint"


@dataclass(frozen=True)
class _Patterns:
    smalltalk: dict[Intent, re.Pattern[str]]
    person: re.Pattern[str]
    complaint: re.Pattern[str]
    asks_when: re.Pattern[str]
    asks_how: re.Pattern[str]


def _any_of(by_language: dict[str, list[str]]) -> str:
    return "|".join(f"(?:{pattern})" for patterns in by_language.values() for pattern in patterns)


@cache
def _patterns() -> _Patterns:
    data = tomllib.loads(files("bot.reading").joinpath("intents.toml").read_text("utf-8"))
    kinds = {Intent(kind): _any_of(words) for kind, words in data["smalltalk"].items()}
    everything = "|".join(kinds.values())
    return _Patterns(
        # Starts with its own words, goes on with any smalltalk: "hello, thank you" greets.
        smalltalk={kind: re.compile(rf"(?:{own})(?:\s*(?:{everything}))*", re.I) for kind, own in kinds.items()},
        person=re.compile(_any_of(data["person"]), re.I),
        complaint=re.compile(_any_of(data["complaint"]), re.I),
        asks_when=re.compile(_any_of(data["asks_when"]), re.I),
        asks_how=re.compile(_any_of(data["asks_how"]), re.I),
    )


def read_intent(text: str) -> Intent:
    """What the message is for. Rules only, so that the same words always do the same."""
    if text.strip() == PERSON_COMMAND:
        return Intent.PERSON
    patterns = _patterns()
    asks_when = patterns.asks_when.search(text)
    if patterns.person.search(text) and not asks_when:
        return Intent.PERSON
    if patterns.complaint.search(text) and not asks_when and not patterns.asks_how.search(text):
        return Intent.COMPLAINT
    return _smalltalk(text, patterns) or Intent.QUESTION


def _smalltalk(text: str, patterns: _Patterns) -> Intent | None:
    words = " ".join(_NOT_WORDS.sub(" ", text).split())
    if len(words) > _SMALLTALK_LIMIT:
        return None
    if not words:
        # Only emoji or punctuation: a friendly word is the best answer, unless it asks ("?").
        return None if "?" in text or "？" in text else Intent.GREETING
    for intent, pattern in patterns.smalltalk.items():
        if pattern.fullmatch(words):
            return intent
    return None
