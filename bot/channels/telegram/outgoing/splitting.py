"""Cuts a text into parts that Telegram accepts. Knows no bot, no chat and no markup."""

import re
import unicodedata

LONGEST_PART = 4096
"""UTF-16 units, as Telegram counts: most characters are one, emoji and rare Han characters two."""

# Best first: after a paragraph, a line, a sentence, a word. A cut keeps its white space at the part's end.
_BOUNDS = (
    re.compile(r"\n\s*\n\s*"),
    re.compile(r"\n\s*"),
    re.compile(r"[.!?…][\"'”’»)\]]*\s+|[。！？；][」』”’）]*\s*"),
    re.compile(r"\s+|[，、,](?=\S)"),
)
# A part that a good bound would make shorter than this share is cut at the next worse bound.
_SHORTEST_SHARE = 0.25
_ZERO_WIDTH_JOINER = "\u200d"
_LONGEST_CLUSTER = 64


def units(text: str) -> int:
    """The length of `text` in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def split(text: str, limit: int = LONGEST_PART) -> list[str]:
    """Parts of at most `limit` (2 or more) UTF-16 units each, which joined are `text`; none for an empty text."""
    parts = []
    start = 0
    while start < len(text):
        end = _fitting(text, start, limit)
        if end < len(text):
            end = _cut(text, start, end)
        parts.append(text[start:end])
        start = end
    return parts


def _fitting(text: str, start: int, limit: int) -> int:
    """The largest end for which text[start:end] has at most `limit` units."""
    end = min(len(text), start + limit)
    excess = units(text[start:end]) - limit
    while excess > 0:
        end -= 1
        excess -= 2 if text[end] > "\uffff" else 1
    return end


def _cut(text: str, start: int, end: int) -> int:
    least = start + int((end - start) * _SHORTEST_SHARE)
    for bound in _BOUNDS:
        # The last bound that ends within the part; one that runs past its end is cut where the part ends.
        ends = [found.end() for found in bound.finditer(text, start, end)]
        if ends and ends[-1] > max(least, start):
            return ends[-1]
    for place in range(end, max(start, end - _LONGEST_CLUSTER), -1):
        if not _inside_cluster(text, place):
            return place
    return end


def _inside_cluster(text: str, place: int) -> bool:
    """Whether a cut at `place` would take an accent from its letter or a part from its emoji."""
    before, after = text[place - 1], text[place]
    return (
        _ZERO_WIDTH_JOINER in (before, after)
        or unicodedata.category(after).startswith("M")
        or "\U0001f3fb" <= after <= "\U0001f3ff"  # skin tones
        or _inside_flag(text, place)
    )


def _inside_flag(text: str, place: int) -> bool:
    """Flags are pairs of regional letters: an odd number of them before `place` is half a flag."""
    letters = 0
    while place - letters > 0 and _regional(text[place - letters - 1]):
        letters += 1
    return letters % 2 == 1 and _regional(text[place])


def _regional(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
