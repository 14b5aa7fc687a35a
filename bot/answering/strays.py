"""Where a sentence strays from its source although no number is wrong: words of its own, conditions lost or made up.

Small models say the question again as if it were true: "Does the school determine …?" becomes "The school determines
…", and "if your parents worked" takes the place of "if your spouse has died". Knows words; no vector and no model.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from bot.reading.form import ends_asking
from knowledge.corpus.split import sentences
from knowledge.words import content_words, is_unspaced, runs, words

_MOST_OWN = 0.2
"""The share of words that no source has from which on a sentence is its own."""
_CONCERNED = 0.4  # of the words of a limit, from which on a sentence is about what it limits
_LEFT_OPEN = 0.75  # of a sentence's words, from which on it tells what a clause of the source leaves open
_LEAST = 4  # words; of fewer, one that says the same otherwise is a quarter already
_CLAUSES = re.compile(r"[,.;:!?，。；：！？]+(?!\d)")
_STEM = 4  # letters, from which on words with the same beginning are forms of one: return, returned, returning


def strays(sentence: str, span: str, source: str, asked: str = "") -> Iterator[str]:
    """What is wrong with `sentence`, which rests on the `span` of `source`; all are in one language.

    What the customer `asked` is no source: a word that only it has must not be said.
    """
    if not span or _unspaced(sentence) is not _unspaced(span):
        return
    said, named, held = (content(text) for text in (sentence, span, source))
    if not _unspaced(sentence):
        own = sorted(word for word in said - _units() if not among(word, held))
        echoed = [word for word in own if among(word, content(asked))]
        if echoed or (len(said) >= _LEAST and len(own) / len(said) >= _MOST_OWN):
            yield f"says {', '.join(own[:3])}, which its source does not"
    told, condition = _conditions(sentence), _conditions(span)
    if told and not _unspaced(sentence):
        # What a heading or a question of the source names may be a condition: "Damaged? Take a photo."
        asking = content(" ".join(each.text for each in sentences(source) if ends_asking(each.text)))
        heading = (held - content(source.rpartition("\n")[2])) | asking
        if made_up := sorted(word for word in told if not among(word, named | heading)):
            yield f"makes a condition of {', '.join(made_up[:3])}"
    limited = [] if _limited(sentence) else [among(word, said) for word in _limited(span)]
    if len(limited) > sum(limited) >= _CONCERNED * len(limited):
        yield "leaves out the limit of its source"
    if _tells_what_is_open(sentence, span):
        yield "tells what its source leaves open"
    lost = sorted(word for word in condition if not among(word, said))
    if condition and not told and len(lost) * 2 >= len(condition):
        yield "leaves out the condition of its source"


def _conditions(text: str) -> frozenset[str]:
    """The content words of the clauses that say when something holds."""
    told = _open().sub(" ", _normal(text))
    return frozenset[str]().union(*(content(found[1]) for found in _clause().finditer(told)))


def _tells_what_is_open(sentence: str, span: str) -> bool:
    """Whether a sentence states what its source only has somebody find out: "see if you can get it"."""
    said = content(sentence)
    if not said or ends_asking(sentence) or _open().search(_normal(sentence)):
        return False
    held = frozenset[str]().union(*(content(found[1]) for found in _open().finditer(_normal(span))))
    return sum(among(word, held) for word in said) >= _LEFT_OPEN * len(said)


def _limited(text: str) -> frozenset[str]:
    """The content words of the clauses that say that something holds of nothing else."""
    harmless, limit = _limits()
    clauses = _CLAUSES.split(harmless.sub(" ", _normal(text)))
    return frozenset[str]().union(*(content(limit.sub(" ", clause)) for clause in clauses if limit.search(clause)))


def among(word: str, others: frozenset[str]) -> bool:
    """Whether a word, or another form of it, is there."""
    if word in others or len(word) < _STEM:
        return word in others
    root = word[: max(_STEM, len(word) - 3)]
    return any(other.startswith(root) or (len(other) >= _STEM and word.startswith(other)) for other in others)


def content(text: str) -> frozenset[str]:
    """The words of a text that mean something, without numbers; of unspaced scripts pairs of characters as well."""
    return frozenset(word for word in content_words(text) if len(word) > 1 and not word[0].isdigit())


def _unspaced(text: str) -> bool:
    return any(map(is_unspaced, runs(text)))


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


@cache
def _units() -> frozenset[str]:
    """Words of units, days and months: whether these agree is looked at as facts."""
    data = _data()
    told = (data[name] for name in ("units", "months", "weekdays"))
    return frozenset(word for part in told for spelled in part.values() for word in words(" ".join(spelled)))


@cache
def _clause() -> re.Pattern[str]:
    return re.compile(rf"{_spelled(_data()['conditions'])}([^,.;:!?，。；：！？]*)", re.I)


@cache
def _open() -> re.Pattern[str]:
    return re.compile(rf"{_spelled(_data()['open'])}([^,.;:!?，。；：！？]*)", re.I)


@cache
def _limits() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What looks like a limit and is none, and what is one."""
    data = _data()["limits"]
    # "Only a five-minute walk" and "only 300 m" play something down.
    small = r"(?!\s*(?:an?|one|ein(?:e[mnrs]?)?|une?|una|à|a)?\s*\d)(?!\s+(?:an?|ein(?:e[mnrs]?)?|une?|una)\b)"
    return re.compile("|".join(map(re.escape, data["harmless"])), re.I), re.compile(_spelled(data) + small, re.I)


def _spelled(data: dict[str, list[str]]) -> str:
    """A pattern of the `words`, which stand for themselves, and the `parts`, which stand anywhere; longest first."""
    alone, parts = (
        "|".join(map(re.escape, sorted(data[name], key=len, reverse=True))) for name in ("words", "parts")
    )
    return rf"(?:\b(?:{alone})\b|{parts})"


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("bot.answering").joinpath("units.toml").read_text("utf-8"))
