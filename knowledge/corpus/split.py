"""Texts to sentences and to pieces of a bounded length, with exact offsets. Knows punctuation; knows no format."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from knowledge.corpus.abbreviations import ends_sentence

PIECE = 900
"""How many characters a piece of a long text has at most, unless told otherwise."""

_LIST_ITEM = (
    r"(?:[-*+•·‣▪◦–—●○]|\(?\d{1,3}[.)](?!\d)|\d{1,2}[、．]|[(（][\d一二三四五六七八九十]{1,3}[)）]"
    r"|[一二三四五六七八九十]{1,3}、|[①-⑳])"
)
_ITEM = re.compile(rf"[ \t\u3000]*{_LIST_ITEM}")
_MARKER = re.compile(rf"[ \t\u3000]*(?:#{{1,6}}|{_LIST_ITEM})\Z")
_TERMINAL = "。！？｡؟۔।።.!?…"
_CLOSER = "\"'”’»›」』）)\\]】》〉"
_EMOJI = "\u2600-\u27bf\ufe0f\u200d\U0001f000-\U0001faff"
_END = re.compile(rf"[{_TERMINAL}]+[{_CLOSER}]*(?:[ \t]*[{_EMOJI}]+)?")
_ALWAYS = re.compile("[。！？｡؟۔।።]")
_WIDE = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_WRAPPED_AT = 60
_LONGEST_MARKER = 12
_WORD = 40
_HELD = 200
# Unclosed openers hold as well, so that a growing draft is never cut where the whole would not be.
_PAIRS = (r"“ ”", r"「 」", r"『 』", r"（ ）", r"【 】", r"《 》", r"« »", r"(?<![:;=])\( \)", r"\[ \]")
_TOGETHER = re.compile(
    r"https?://[^\s<>\"'，。！？；（）】」』》]+|www\.[^\s<>\"'，。！？；（）】」』》]+|(?<![a-zA-Z\d._+-])[a-zA-Z\d._+-]+@[\w-]+(?:\.[\w-]+)+"
    + "".join(rf"|{opener}[^{closer}\n]{{0,{_HELD}}}(?:{closer}|\Z)" for opener, closer in map(str.split, _PAIRS))
    + rf'|(?<![\w"])"(?=\S)[^"\n]{{0,{_HELD}}}(?:"|\Z)'
)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text: `text` is what stands from `start` to `end`, without white space around it."""

    start: int
    end: int
    text: str


def sentences(text: str) -> list[Span]:
    """The sentences of `text` in order; each list item, heading and table row is one of its own.

    Together they hold every character that is not white space. The sentences before the last one stay the same
    when text is appended to the last, so a draft can be cut while it is still being written.
    """
    cuts = [0]
    for start, end in _lines(text):
        cuts.append(start)
        cuts.extend(_ends(text, start, end))
    return list(_spans(text, [*cuts, len(text)]))


def split(text: str, limit: int = PIECE) -> list[Span]:
    """`text` in pieces of at most `limit` characters, cut at the coarsest place that will do.

    Paragraphs, then lines, sentences, clauses and words are kept whole; only a longer word is broken. Pieces of
    one text are about equally long.
    """
    if limit < 1:
        raise ValueError("limit must be at least 1")
    whole = list(_spans(text, [0, len(text)]))
    if not whole or len(whole[0].text) <= limit:
        return whole
    atoms = list(_atoms(text, whole[0].start, whole[0].end, limit, 0))
    return [Span(start, end, text[start:end]) for start, end in packed(atoms, limit)]


def packed(atoms: list[tuple[int, int]], limit: int) -> Iterator[tuple[int, int]]:
    """Neighbouring (start, end) stretches joined as long as they stay within `limit`, about evenly."""
    length = atoms[-1][1] - atoms[0][0]
    goal = min(limit, -(-length // -(-length // limit)) * 11 // 10)
    start, end = atoms[0]
    for next_start, next_end in atoms[1:]:
        if next_end - start > goal:
            yield start, end
            start = next_start
        end = next_end
    yield start, end


_CUTS = (re.compile(r"\n[ \t]*\n\s*"), re.compile(r"\n"), None, re.compile(r"[；;，,：:、](?!\d)"), re.compile(r"\s"))


def _atoms(text: str, start: int, end: int, limit: int, depth: int) -> Iterator[tuple[int, int]]:
    """Stretches of at most `limit` characters; `depth` tells how fine the cuts may be by now."""
    if end - start <= limit:
        yield start, end
    elif depth == len(_CUTS):
        for cut in range(start, end, limit):
            yield from ((span.start, span.end) for span in _spans(text, [cut, min(cut + limit, end)]))
    else:
        pattern = _CUTS[depth]
        if pattern is None:
            cuts = [start + span.start for span in sentences(text[start:end])]
        else:
            cuts = [found.end() for found in pattern.finditer(text, start, end)]
        for span in _spans(text, [start, *cuts, end]):
            yield from _atoms(text, span.start, span.end, limit, depth + 1)


def _spans(text: str, cuts: list[int]) -> Iterator[Span]:
    """What stands between neighbouring cuts, stripped; nothing where only white space stands."""
    for start, end in pairwise(cuts):
        inner = text[start:end].strip()
        if inner:
            begin = start + len(text[start:end]) - len(text[start:end].lstrip())
            yield Span(begin, begin + len(inner), inner)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Stretches no sentence reaches across: paragraphs, list items, rows; wrapped lines are put together."""
    start = at = 0
    while (newline := text.find("\n", at)) >= 0:
        line, at = text[at:newline], newline + 1
        if not _goes_on(line, text, at):
            yield start, newline
            start = at
    yield start, len(text)


def _goes_on(line: str, text: str, at: int) -> bool:
    """Whether the sentence of `line` goes on at `at`: hard-wrapped text, as opposed to a heading or a list."""
    line = line.rstrip()
    if not line or text[at : at + 1] in ("", "\n", "\t", "|", "#", ">") or _ITEM.match(text, at):
        return False
    if line[-1] in ":：|" or re.search(rf"[{_TERMINAL}][{_CLOSER}]*\Z", line[-6:]):
        return False
    following = text[at : at + 40].lstrip()
    width = len(line) + len(_WIDE.findall(line))
    return following[:1].islower() or line[-1] in ",，、" or width >= _WRAPPED_AT


def _ends(text: str, start: int, end: int) -> Iterator[int]:
    """Where sentences end between `start` and `end`."""
    held = list(_held(_TOGETHER.finditer(text, start, end)))
    opens = [stretch[0] for stretch in held]
    begin = start
    for found in _END.finditer(text, start, end):
        nearest = bisect_right(opens, found.start()) - 1
        inside = nearest >= 0 and found.end() < held[nearest][1]
        aside = nearest >= 0 and found.end() == held[nearest][1] and text[opens[nearest]] in "(（["
        if aside and text[begin : opens[nearest]].strip() and not text[found.end() : found.end() + 1].isspace():
            continue  # a bracket in the middle of a sentence: `A (B.)C`
        if inside or found.end() >= end or not _is_end(text, begin, found.start(), found.end()):
            continue
        begin = found.end()
        yield found.end()


def _held(found: Iterable[re.Match[str]]) -> Iterator[tuple[int, int]]:
    for match in found:
        inner = match.group().rstrip(".!?…") if match.group()[0] in "hw" else match.group()
        yield match.start(), match.start() + len(inner)


def _is_end(text: str, begin: int, at: int, end: int) -> bool:
    """Whether the terminal punctuation from `at` to `end` ends the sentence that began at `begin`."""
    if _ALWAYS.search(text, at, end):
        return True
    following = text[end : end + 40]
    if not following[0].isspace():
        return bool(_WIDE.match(following)) and text[at] != "…" and following[0] not in "，、；：。！？）」』】》"
    marker = end - begin < _LONGEST_MARKER and _MARKER.match(text[begin:end].strip())
    return not marker and ends_sentence(text[max(begin, at - _WORD) : at], text[at:end], following)
