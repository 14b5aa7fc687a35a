"""Plain text: paragraphs, short title lines and Q:/A: pairs. Knows no markup."""

import re
from collections.abc import Iterator

from knowledge.corpus.base import Source
from knowledge.corpus.entry import Entry
from knowledge.corpus.sections import ITEM, Block, Page, answer_start, asked, begins_question, entries_of

_PARAGRAPH = re.compile(r"[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*)*")
_UNDERLINE = re.compile(r"\s*[=\-~*_]{3,}\s*")
_SENTENCE_END = re.compile(r"[.。!！;；:：,，…][\"'”’」）)]*\Z")
_TITLE_LENGTH = 80
TITLE = 1


def load(source: Source) -> Iterator[Entry]:
    """An entry for each Q:/A: pair, titled section or, where there are neither, paragraph."""
    blocks = list(_blocks(source.text))
    if any(block.level for block in blocks):
        yield from entries_of(source, blocks, Page())
        return
    for block in blocks:
        yield from entries_of(source, [block], Page())


def pairs(text: str, start: int, end: int) -> Iterator[Block] | None:
    """The blocks of a paragraph in which lines begin with `Q:` and `A:`, or None if it has no `Q:` at its start."""
    lines = list(_lines(text, start, end))
    return _paired(text, lines) if begins_question(text[lines[0][0] : lines[0][1]]) else None


def _blocks(text: str) -> Iterator[Block]:
    paragraphs = [(found.start(), found.end()) for found in _PARAGRAPH.finditer(text)]
    for number, (start, end) in enumerate(paragraphs):
        followed = number + 1 < len(paragraphs)
        if (paired := pairs(text, start, end)) is not None:
            yield from paired
        else:
            yield from _titled(text, start, end, followed)


def _titled(text: str, start: int, end: int, followed: bool) -> Iterator[Block]:
    """A paragraph, with the title line that it begins with or is."""
    lines = list(_lines(text, start, end))
    underlined = len(lines) > 1 and _UNDERLINE.fullmatch(text[lines[1][0] : lines[1][1]])
    alone = len(lines) == 1 and followed and _is_title(text[lines[0][0] : lines[0][1]])
    if underlined or alone:
        yield _block(text, *lines[0], level=TITLE)
        lines = lines[2:] if underlined else lines[1:]
    if lines and not all(_UNDERLINE.fullmatch(text[first:last]) for first, last in lines):
        yield _block(text, lines[0][0], lines[-1][1])


def _is_title(line: str) -> bool:
    short = len(line.strip()) <= _TITLE_LENGTH
    return short and (bool(asked(line)) or not _SENTENCE_END.search(line.strip())) and line.strip()[0] not in "-*•"


def _paired(text: str, lines: list[tuple[int, int]]) -> Iterator[Block]:
    """Each question up to its `A:`, or its own line alone, then the answer up to the next `Q:`."""
    at = 0
    while at < len(lines):
        asking, after = lines[at], at + 1
        while after < len(lines) and not answer_start(text[lines[after][0] : lines[after][1]]):
            if begins_question(text[lines[after][0] : lines[after][1]]):
                break
            after += 1
        has_answer = after < len(lines) and not begins_question(text[lines[after][0] : lines[after][1]])
        told = after if has_answer else at + 1
        yield _block(text, asking[0], lines[told - 1][1], level=ITEM)
        at = told
        while at < len(lines) and not begins_question(text[lines[at][0] : lines[at][1]]):
            at += 1
        if at > told:
            begin = lines[told][0] + answer_start(text[lines[told][0] : lines[told][1]])
            yield _block(text, begin, lines[at - 1][1])


def _block(text: str, start: int, end: int, level: int = 0) -> Block:
    inner = text[start:end]
    start += len(inner) - len(inner.lstrip())
    inner = inner.strip()
    return Block(" ".join(inner.split()) if level else inner, start, start + len(inner), level)


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        newline = text.find("\n", start, end)
        stop = end if newline < 0 else newline
        yield start, stop
        start = stop + 1
