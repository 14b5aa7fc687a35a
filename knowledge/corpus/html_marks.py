"""Where each text of an HTML source stands, across a parser that forgets it. Knows tags, not what they mean."""

import re
from dataclasses import dataclass
from html import unescape

_ATTRIBUTES = r"""(?:[^<>"']|"[^"]*"|'[^']*')*+"""
_MARKUP = re.compile(
    rf"<!--.*?(?:-->|\Z)|<(script|style|title|textarea|xmp|iframe|noembed|noframes)\b{_ATTRIBUTES}>.*?(?:</\1\s*>|\Z)"
    rf"|</?[a-z]{_ATTRIBUTES}>|<[!?/][^>]*>",
    re.S | re.I,
)
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_STRAY = re.compile(f"[{_OPEN}{_CLOSE}]")
_TEXT = re.compile(r"\S(?:.*\S)?", re.S)


@dataclass(frozen=True, slots=True)
class Marked:
    """An HTML source in which a mark stands before every text; the characters of a mark occur in no real text."""

    html: str
    _ends: dict[int, int]

    def read(self, text: str) -> tuple[str, int | None, int | None]:
        """`text` of the parsed tree without its marks, and where it starts and ends in the source."""
        starts = [int(mark) for mark in _MARK.findall(text)]
        plain = _STRAY.sub("", _MARK.sub("", text))
        if not starts:
            return plain, None, None
        return plain, min(starts), max(self._ends[start] for start in starts)


def mark(html: str) -> Marked:
    """`html` with marks."""
    html = _STRAY.sub("\ufffd", html)
    parts: list[str] = []
    ends: dict[int, int] = {}
    at = 0
    for found in _MARKUP.finditer(html):
        _mark_text(html, at, found.start(), parts, ends)
        parts.append(found.group())
        at = found.end()
    _mark_text(html, at, len(html), parts, ends)
    return Marked("".join(parts), ends)


def _mark_text(html: str, start: int, end: int, parts: list[str], ends: dict[int, int]) -> None:
    found = _TEXT.search(html, start, end)
    if found and unescape(found.group()).strip():
        ends[found.start()] = found.end()
        parts.append(f"{html[start : found.start()]}{_OPEN}{found.start()}{_CLOSE}{html[found.start() : end]}")
    else:
        parts.append(html[start:end])
