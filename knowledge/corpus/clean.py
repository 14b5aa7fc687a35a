"""Texts without what nobody can see. Knows characters; knows no entry."""

import re
import unicodedata

# Controls, zero-width marks, bidi overrides and tag characters: invisible, so they only hide text or break words.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ufdd0-\ufdef\U000e0000-\U000e007f]"
)
# The joiners shape emoji and Arabic or Indic letters; between other letters they are as invisible as the rest.
_JOINER = re.compile("[\u200c\u200d]")
_GAP = re.compile(r"(?<=\S)[^\S\n]+")
_SPACE = re.compile(r"[^\S\n ]")


def clean(text: str) -> tuple[str, int]:
    """`text` without invisible characters and surplus white space, and how many invisible ones there were.

    Lines stay lines and keep their indentation; more than one blank line becomes one.
    """
    text, removed = _INVISIBLE.subn("", text.replace("\x85", "\n").replace("\u2028", "\n").replace("\u2029", "\n"))
    text, joiners = _without_idle_joiners(text)
    lines = (_GAP.sub(" ", _SPACE.sub(" ", line)).rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip(), removed + joiners


def one_line(text: str) -> str:
    """`text` with every stretch of white space as one space."""
    return " ".join(text.split())


def _without_idle_joiners(text: str) -> tuple[str, int]:
    removed = 0

    def kept(found: re.Match[str]) -> str:
        nonlocal removed
        if found.start() and _joins(text[found.start() - 1]):
            return found.group()
        removed += 1
        return ""

    return _JOINER.sub(kept, text), removed


def _joins(character: str) -> bool:
    return unicodedata.category(character) in {"So", "Sk", "Mn", "Mc"} or "\u0600" <= character <= "\u0dff"
