"""Reads how a customer feels: words by their strength, what turns them, and the anger that `intent` knows. No model.

A question asked in plain words is calm, whatever it is about: "is it broken?" tells no feeling by itself.
"""

import math
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from bot.reading.intent import Intent, read_intent

_HAN = re.compile(r"[\u3400-\u9fff]")
_TOKEN = re.compile(r"[a-z]+(?:['’][a-z]+)*|[.,;:!?]", re.I)
_SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？\n]*")
_ASKS = re.compile(r"[?？]\s*$|[吗呢]\W*$")
_ASKED = 0.5
_REACH = 3
"""Words, or in Chinese characters, before a word in which something may turn it or make it stronger."""
_SCALE = 15.0
_LONGEST = 4_000  # characters that are read
SURE = 0.3
"""From this score on, -1 to 1, a text is glad, or unhappy below its negative."""
UPSET = -0.85
RECENT = 3
"""So many of the customer's last turns tell the mood of a conversation."""


class Mood(StrEnum):
    """From the worst to the best."""

    UPSET = "upset"
    UNHAPPY = "unhappy"
    CALM = "calm"
    GLAD = "glad"


_RANK = {mood: place for place, mood in enumerate(Mood)}


@dataclass(frozen=True, slots=True)
class _Words:
    weights: dict[str, float]
    chinese: re.Pattern[str]
    signs: dict[str, float]
    turning: frozenset[str]
    turning_zh: re.Pattern[str]
    strength: dict[str, float]
    strength_zh: dict[str, float]
    but: frozenset[str]
    but_zh: re.Pattern[str]


def read_mood(text: str) -> Mood:
    """How the writer of one message feels."""
    intent = read_intent(text)
    if intent is Intent.UPSET:
        return Mood.UPSET
    found = score(text)
    if intent is Intent.COMPLAINT:
        return Mood.UPSET if found <= UPSET else Mood.UNHAPPY
    if intent is Intent.THANKS:
        return Mood.GLAD
    if found <= UPSET:
        return Mood.UPSET
    if found <= -SURE:
        return Mood.UNHAPPY
    return Mood.GLAD if found >= SURE else Mood.CALM


def mood_of(moods: Sequence[Mood]) -> Mood:
    """The mood of a conversation whose customer's turns, oldest first, have these: the worst of the last few.

    A glad word at the end ends an earlier complaint: it is the customer's last that counts then.
    """
    recent = moods[-RECENT:]
    if not recent:
        return Mood.CALM
    return Mood.GLAD if recent[-1] is Mood.GLAD else min(recent, key=_RANK.__getitem__)


def score(text: str) -> float:
    """From -1, as bad as can be, to 1."""
    text = text[:_LONGEST]
    words = _words()
    total = sum(weight * text.count(sign) for sign, weight in words.signs.items())
    for part in _SENTENCE.findall(text):
        told = [*_in_chinese(part), *_in_english(part.lower().replace("’", "'"))]
        # Who asks whether something is broken need not be sad about it.
        total += sum(_weighed(told)) * (_ASKED if _ASKS.search(part) else 1.0)
    if total and "!" in text:
        total += math.copysign(min(text.count("!"), 3) * 0.3, total)
    return total / math.sqrt(total * total + _SCALE)


def _weighed(found: Iterable[tuple[float, bool]]) -> Iterator[float]:
    """Each word's weight; what stands before a "but" counts less."""
    known = list(found)
    last = max((place for place, (_, but) in enumerate(known) if but), default=-1)
    for place, (weight, _) in enumerate(known):
        yield weight * (0.5 if place < last else 1.5 if last >= 0 else 1.0)


def _in_english(text: str) -> Iterator[tuple[float, bool]]:
    words = _words()
    tokens = _TOKEN.findall(text)
    for place, token in enumerate(tokens):
        if token in words.but:
            yield 0.0, True
        weight = words.weights.get(token, 0.0)
        if not weight:
            continue
        before = _clause(tokens[max(0, place - _REACH) : place])
        if any(each in words.turning or each.endswith("n't") for each in before):
            weight *= -0.7
        yield weight * math.prod(words.strength.get(each, 1.0) for each in before), False


def _clause(tokens: list[str]) -> list[str]:
    """The words after the last mark."""
    marks = [place for place, token in enumerate(tokens) if not token[0].isalpha()]
    return tokens[marks[-1] + 1 :] if marks else tokens


def _in_chinese(text: str) -> Iterator[tuple[float, bool]]:
    if not _HAN.search(text):
        return
    words = _words()
    buts = [found.start() for found in words.but_zh.finditer(text)]
    told = -1
    for found in words.chinese.finditer(text):
        passed = [at for at in buts if told < at < found.start()]
        if passed:
            yield 0.0, True
            told = passed[-1]
        before = re.split(r"\W", text[max(0, found.start() - _REACH) : found.start()])[-1]
        weight = words.weights[found[0]]
        if words.turning_zh.search(before):
            weight *= -0.8
        stronger = [factor for each, factor in words.strength_zh.items() if each in before]
        yield weight * (max(stronger) if stronger else 1.0), False


@cache
def _words() -> _Words:
    data = tomllib.loads(files("bot.reading").joinpath("mood.toml").read_text("utf-8"))
    weights = {
        word: sign * float(strength)
        for kind, sign in (("sad", -1), ("glad", 1))
        for by_strength in data[kind].values()
        for strength, spelled in by_strength.items()
        for word in spelled
    }
    shifters = data["shifters"]
    return _Words(
        weights=weights,
        chinese=_any(word for word in weights if _HAN.search(word)),
        signs={sign: weight for kind, weight in (("glad", 2.0), ("sad", -2.0)) for sign in data["signs"][kind]},
        turning=frozenset(shifters["not_en"]),
        turning_zh=_any(shifters["not_zh"]),
        strength=dict.fromkeys(shifters["strong_en"], 1.3) | dict.fromkeys(shifters["weak_en"], 0.7),
        strength_zh=dict.fromkeys(shifters["strong_zh"], 1.3) | dict.fromkeys(shifters["weak_zh"], 0.7),
        but=frozenset(shifters["but_en"]),
        but_zh=_any(shifters["but_zh"]),
    )


def _any(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(set(words), key=len, reverse=True))))
