"""Splits text into comparable words, in any script. Knows no entry, no statistics and no vector.

Scripts that write spaces give lower-cased words without accents and plural endings; those that do not (Chinese,
Japanese, Thai, …) and Korean give single characters and pairs of them.
"""

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN = re.compile(rf"[{_UNSPACED}]+|\d+(?:[.,:]\d+)*|[^\W_{_UNSPACED}]+")
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_LATIN_END = "\u024f"
_VIETNAMESE = range(0x1E00, 0x1F00)


def runs(text: str) -> list[str]:
    """The words, numbers and unspaced stretches of `text` in order, folded for comparing."""
    return [run if is_unspaced(run) else _stem(run) for run in _RUN.findall(_fold(text))]


def is_unspaced(run: str) -> bool:
    """Whether a run is of a script that puts no spaces between words."""
    return bool(_IS_UNSPACED.match(run))


def words(text: str) -> list[str]:
    """The comparable words of `text` in order: words and numbers, or characters and pairs of characters."""
    found: list[str] = []
    for run in runs(text):
        found.extend(pieces(run) if is_unspaced(run) else [run])
    return found


def content_words(text: str) -> list[str]:
    """Those of the comparable words of `text` that carry content, in order."""
    return [word for word in words(text) if word not in stop_words()]


def pieces(run: str) -> list[str]:
    """The characters of an unspaced stretch and its neighbouring pairs."""
    return [*run, *(run[i : i + 2] for i in range(len(run) - 1))]


@cache
def stop_words() -> frozenset[str]:
    """Words that carry no content, of several languages, in the form that `words` gives."""
    lines = (files("knowledge") / "data" / "stopwords.txt").read_text(encoding="utf-8").splitlines()
    listed = " ".join(line for line in lines if not line.startswith("#")).split()
    return frozenset(run for word in listed for run in runs(word))


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return plain if plain.isascii() else "".join(_without_accent(letter) for letter in plain)


@lru_cache(maxsize=4096)
def _without_accent(letter: str) -> str:
    # Only in Latin letters: elsewhere the mark is part of the letter (Japanese が is not か, Russian й not и).
    if letter <= _LATIN_END or ord(letter) in _VIETNAMESE:
        return "".join(c for c in unicodedata.normalize("NFD", letter) if not unicodedata.combining(c))
    return letter


def _stem(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    return f"{word[:-3]}y" if word.endswith("ies") and len(word) > 4 else word[:-1]
