"""Finds what a shop's bot must not answer, whatever is known: others' data, advice, orders. Knows no knowledge.

Rules only, so that the same words always do the same. A request is told by words that have to meet in one message:
whose data, which data and that they are asked for. What speaks against it ("ship it to my neighbour's address") is
told by words as well.
"""

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import pairwise

from knowledge.corpus.split import sentences

_LONGEST = 600
"""Characters that are read."""
_STORY = 160
"""Characters. In a longer message words meet by chance, unless in one sentence or in the next."""


class Bound(StrEnum):
    """What is asked beyond what may be answered."""

    OTHERS_DATA = "others_data"
    ADVICE = "advice"
    ORDERS = "orders"


@dataclass(frozen=True, slots=True)
class _Rule:
    """Every pattern of `all_of` has to be found, and `unless` must not be."""

    bound: Bound
    all_of: tuple[re.Pattern[str], ...]
    unless: re.Pattern[str] | None


def read_bound(text: str) -> Bound | None:
    """The bound that a message crosses, if any."""
    text = text[:_LONGEST]
    pieces = _neighbours(text)
    return next((rule.bound for rule in _rules() if _crossed(rule, text, pieces)), None)


def _crossed(rule: _Rule, text: str, pieces: list[str]) -> bool:
    if rule.unless and rule.unless.search(text):
        return False
    # Who gives orders to the bot may do it by bits.
    within = [text] if rule.bound is Bound.ORDERS else pieces
    return any(all(pattern.search(piece) for pattern in rule.all_of) for piece in within)


def _neighbours(text: str) -> list[str]:
    """Each sentence of a story with the one after it, and a short message as it is."""
    spans = sentences(text) if len(text) > _STORY else []
    return [text[one.start : two.end] for one, two in pairwise(spans)] or [text]


@cache
def _rules() -> tuple[_Rule, ...]:
    data = tomllib.loads(files("bot.reading").joinpath("bounds.toml").read_text("utf-8"))
    return tuple(
        _Rule(
            Bound(bound),
            tuple(_any_of(patterns) for patterns in rule["all_of"]),
            _any_of(rule["unless"]) if "unless" in rule else None,
        )
        for bound, rules in data.items()
        for rule in rules
    )


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.I | re.M)
