"""What is said to be free must be free in the source, and be the thing that the source speaks of.

Small models carry a benefit over to the other thing that was asked about: "delivery is free from 60 €" and "batteries
are collected by a carrier" become "batteries ship free". No number is wrong there, and nothing is denied.
Knows words and texts; knows no vector and no model.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from bot.answering.strays import content
from knowledge.words import is_unspaced, runs


def undue(sentence: str, span: str, source: str, others: Iterable[str]) -> Iterator[str]:
    """What is wrong with `sentence`, which rests on the `span` of `source`, where it says that something is free.

    `others` are the other texts that were before the model: what only they name is not free for what `source` says.
    """
    if not says_free(sentence):
        return
    if not says_free(span):
        yield "says that it is free, which its source does not"
        return
    known, elsewhere = content(source), frozenset[str]().union(*map(content, others))
    said = content(_free().sub(" ", _normal(sentence)))
    # Across scripts there is nothing to compare.
    if _spaced(sentence) is _spaced(source) and (strange := sorted((said & elsewhere) - known)):
        yield f"says of {', '.join(strange[:3])} that it is free, which its source does not name"


def says_free(text: str) -> bool:
    """Whether a text says that something costs nothing."""
    harmless, free = _patterns()
    return bool(free.search(harmless.sub(" ", _normal(text))))


def _spaced(text: str) -> bool:
    return not any(map(is_unspaced, runs(text)))


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _free() -> re.Pattern[str]:
    return _patterns()[1]


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = tomllib.loads(files("bot.answering").joinpath("units.toml").read_text("utf-8"))["free"]
    spelled = "|".join(map(re.escape, sorted(data["words"], key=len, reverse=True)))
    parts = "|".join(map(re.escape, sorted(data["parts"], key=len, reverse=True)))
    harmless = "|".join(map(re.escape, sorted(data["harmless"], key=len, reverse=True)))
    return re.compile(harmless, re.I), re.compile(rf"\b(?:{spelled})\b|{parts}", re.I)
