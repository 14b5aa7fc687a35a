"""Reads what a customer wants besides an answer: a person, to complain, only to greet. Knows no knowledge."""

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
_CLAUSE_END = re.compile(r"(?<=[.!?。！？,，;；\n])")
_WITHIN_WORD = re.compile(r"[a-zà-ÿ][a-zà-ÿ]", re.I)
_ANGRY = re.compile("[😡😠🤬👿💢]")
# "!!", "?!" or "!?": one mark alone is no shout.
_SHOUT_MARKS = re.compile(r"[!?！？][!！]|[!！][?？]")
_EDGES_OF_WORDS = "!?！？.,;:¡¿\"'()…"
_SHOUTED_WORDS = 3
_LETTER = re.compile(r"\w")
_WITHIN_TOKEN = re.compile(r"['’]")
_NOT_WORDS = re.compile(r"[^\w'\s]|_", re.UNICODE)


class Intent(StrEnum):
    """`QUESTION` is everything that is nothing else."""

    QUESTION = "question"
    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    ABOUT_BOT = "about_bot"
    PERSON = "person"
    COMPLAINT = "complaint"
    UPSET = "upset"


SMALLTALK = frozenset({Intent.GREETING, Intent.THANKS, Intent.GOODBYE, Intent.ABOUT_BOT})
"""What is answered with a fixed phrase and asks nothing."""


@dataclass(frozen=True)
class _Patterns:
    smalltalk: dict[Intent, tuple[re.Pattern[str], ...]]
    person: re.Pattern[str]
    complaint: re.Pattern[str]
    upset: re.Pattern[str]
    glad: re.Pattern[str]
    asks_when: re.Pattern[str]
    asks_how: re.Pattern[str]


def _any_of(by_language: dict[str, list[str]]) -> str:
    return "|".join(f"(?:{pattern})" for patterns in by_language.values() for pattern in patterns)


@cache
def _patterns() -> _Patterns:
    data = tomllib.loads(files("bot.reading").joinpath("intents.toml").read_text("utf-8"))
    return _Patterns(
        smalltalk={Intent(kind): _each_of(words) for kind, words in data["smalltalk"].items()},
        person=re.compile(_any_of(data["person"]), re.I),
        complaint=re.compile(_any_of(data["complaint"]), re.I),
        upset=re.compile(_any_of(data["upset"]), re.I),
        glad=re.compile(_any_of(data["glad"]), re.I),
        asks_when=re.compile(_any_of(data["asks_when"]), re.I),
        asks_how=re.compile(_any_of(data["asks_how"]), re.I),
    )


def _each_of(by_language: dict[str, list[str]]) -> tuple[re.Pattern[str], ...]:
    spelled = dict.fromkeys(pattern for patterns in by_language.values() for pattern in patterns)
    return tuple(re.compile(pattern, re.I) for pattern in spelled)


def read_intent(text: str) -> Intent:
    """What the message is for. Rules only, so that the same words always do the same."""
    if text.strip() == PERSON_COMMAND:
        return Intent.PERSON
    patterns = _patterns()
    # Clause by clause: "When will someone answer? I want a person!" is a wish, whatever its first half asks.
    parts = [part for part in _CLAUSE_END.split(text) if part.strip()]
    if any(patterns.person.search(part) and not patterns.asks_when.search(part) for part in parts):
        return Intent.PERSON
    if any(_complains(part, patterns) for part in parts):
        return Intent.COMPLAINT
    if any(patterns.upset.search(part) for part in parts) or _glares(text):
        return Intent.UPSET
    if smalltalk := _smalltalk(text, patterns):
        return smalltalk
    # Line by line, since several messages may be one question.
    return Intent.UPSET if any(_shouts(line, patterns) for line in text.splitlines()) else Intent.QUESTION


def _complains(part: str, patterns: _Patterns) -> bool:
    asks = patterns.asks_when.search(part) or patterns.asks_how.search(part)
    return bool(patterns.complaint.search(part)) and not asks


def _glares(text: str) -> bool:
    """Angry emoji and no word: beside a word they may be about a broken thing, which there are answers for."""
    return bool(_ANGRY.search(text)) and not _LETTER.search(text)


def _shouts(line: str, patterns: _Patterns) -> bool:
    """Capitals nearly throughout, and exclamation marks in a row. "USB-C", "X100" and "AB-1234" are no words."""
    if not _SHOUT_MARKS.search(line) or patterns.glad.search(line):
        return False
    tokens = [_WITHIN_TOKEN.sub("", token.strip(_EDGES_OF_WORDS)) for token in line.split()]
    words = [token for token in tokens if len(token) > 1]
    loud = [word for word in words if word.isalpha() and word.isupper()]
    return len(loud) >= _SHOUTED_WORDS and len(loud) * 4 > len(words) * 3


def _smalltalk(text: str, patterns: _Patterns) -> Intent | None:
    words = " ".join(_NOT_WORDS.sub(" ", text).split())
    if len(words) > _SMALLTALK_LIMIT:
        return None
    if not words:
        # Only emoji or punctuation: a friendly word is the best answer, unless it asks ("?").
        return None if "?" in text or "？" in text else Intent.GREETING
    everything = tuple(pattern for own in patterns.smalltalk.values() for pattern in own)
    for intent, own in patterns.smalltalk.items():
        # Starts with its own words, goes on with any smalltalk: "hello, thank you" greets.
        if any(_covers(words, start, everything) for start in _ends(words, 0, own)):
            return intent
    return None


def _covers(words: str, start: int, patterns: tuple[re.Pattern[str], ...]) -> bool:
    """Whether the rest of `words` is a row of these patterns.

    Each position is looked at once: one expression with a star over all patterns would take exponential time.
    """
    reached, seen = [start], {start}
    while reached:
        position = reached.pop()
        if position == len(words):
            return True
        new = _ends(words, position, patterns) - seen
        seen |= new
        reached += new
    return False


def _ends(words: str, start: int, patterns: tuple[re.Pattern[str], ...]) -> set[int]:
    """Where a pattern that begins at `start` ends, with the blanks behind it; never within a Latin word."""
    ends = set()
    for pattern in patterns:
        found = pattern.match(words, start)
        if found and not _WITHIN_WORD.match(words, found.end() - 1):
            ends.add(len(words) - len(words[found.end() :].lstrip()))
    return ends - {start}
