"""Blocks of running text to entries: headings to titles and questions. Knows no markup and no file."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from knowledge.corpus.base import Source
from knowledge.corpus.entry import PATH, Entry, Place
from knowledge.corpus.split import PIECE, packed, split

ITEM = 7
"""The level of a question inside a section: bold text, a summary, a term. Below every heading."""

_QUESTION_MARK = re.compile(r"[?？؟][\"'”’»」）)\s]*\Z")
# A heading names; where its links lead is of no use in a name.
_ADDRESS = re.compile(r"\s*\((?:https?://|mailto:)[^)]*\)")
_ASKED = re.compile(r"\s*(?:q(?:uestion)?|问题?|問題?|提问|frage|pregunta)\s*\d{0,3}\s*[:：]\s*", re.I)
_NUMBERED = re.compile(r"\s*(?:q\s*)?\d{1,3}(?:\.\d{1,3})*[.)、．:：]\s*(?=\D)", re.I)
_ANSWERED = re.compile(r"\s*(?:a(?:nswer)?|答案?|回答|答复|antwort|respuesta)\s*\d{0,3}\s*[:：]\s*", re.I)


@dataclass(frozen=True, slots=True)
class Block:
    """One readable stretch: a heading (`level` 1 to 7) or a paragraph, list item, table or code (level 0).

    `start` and `end` are offsets into the source, None where they are unknown. `glue` stands before the block when
    it follows another; `header` is repeated when the block has to be split. A heading without text ends the
    section of its level.
    """

    text: str
    start: int | None
    end: int | None
    level: int = 0
    glue: str = "\n\n"
    header: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What holds for all entries of a source."""

    title: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    url: str | None = None


def asked(text: str) -> str:
    """The question if `text` is one (it ends with a question mark or begins with `Q:`), else an empty string."""
    if marked := _ASKED.match(text):
        return text[marked.end() :].strip()
    return _NUMBERED.sub("", text, count=1).strip() if _QUESTION_MARK.search(text) else ""


def begins_question(line: str) -> bool:
    """Whether the line begins with `Q:` or its like."""
    return bool(_ASKED.match(line))


def answer_start(line: str) -> int:
    """The length of the `A:` or its like that the line begins with, 0 without one."""
    found = _ANSWERED.match(line)
    return found.end() if found else 0


def entries_of(source: Source, blocks: Iterable[Block], page: Page, limit: int = PIECE) -> Iterator[Entry]:
    """The entries of the sections that the headings among `blocks` make, long ones in several pieces."""
    path: list[tuple[int, str]] = [(0, page.title)] if page.title else []
    opening: Block | None = None
    body: list[Block] = []
    for block in blocks:
        if not block.level:
            body.append(block)
            continue
        yield from _section(source, path, opening, body, page, limit)
        path = [(level, text) for level, text in path if level < block.level]
        name = _ADDRESS.sub("", block.text)
        if name and name != page.title:
            path.append((block.level, name))
        opening, body = (block if block.text else None), []
    yield from _section(source, path, opening, body, page, limit)


def _section(
    source: Source, path: list[tuple[int, str]], opening: Block | None, body: list[Block], page: Page, limit: int
) -> Iterator[Entry]:
    if not body:
        return
    question = asked(path[-1][1]) if path else ""
    names = [text for _, text in path]
    if question:
        names[-1] = question
        body = [_without_mark(body[0]), *body[1:]]
    title = PATH.join(names) if len(names) > 1 or not question else ""
    for piece in _pieces(source, body, limit):
        yield Entry(
            id="",
            question=question,
            answer=_joined(piece),
            title=title,
            tags=page.tags,
            language=page.language,
            url=page.url,
            place=_place(source, [opening, *piece] if opening else piece),
        )
        opening = None


def _without_mark(block: Block) -> Block:
    return replace(block, text=block.text[answer_start(block.text) :] or block.text)


def _joined(blocks: list[Block]) -> str:
    return blocks[0].text + "".join(block.glue + block.text for block in blocks[1:])


def _place(source: Source, blocks: list[Block]) -> Place:
    starts = [block.start for block in blocks if block.start is not None]
    ends = [block.end for block in blocks if block.end is not None]
    return source.place(min(starts), max(ends)) if starts and ends else Place(source.name, 1)


def _pieces(source: Source, body: list[Block], limit: int) -> Iterator[list[Block]]:
    """The blocks in groups of at most `limit` characters, a longer block in parts."""
    parts = [part for block in body for part in _parts(source, block, limit)]
    at, stretches = 0, []
    for part in parts:
        stretches.append((at, at + len(part.text)))
        at += len(part.text) + 2
    first = 0
    for _, end in packed(stretches, limit):
        last = next(index for index in range(first, len(parts)) if stretches[index][1] == end)
        yield parts[first : last + 1]
        first = last + 1


def _parts(source: Source, block: Block, limit: int) -> Iterator[Block]:
    if len(block.text) <= limit:
        yield block
        return
    exact = block.start is not None and source.text[block.start : block.end] == block.text
    for number, span in enumerate(split(block.text, max(limit - len(block.header), limit // 2))):
        text = f"{block.header}\n{span.text}" if number and block.header else span.text
        glue = block.glue if number == 0 else "\n"
        if exact and block.start is not None:
            yield replace(block, text=text, start=block.start + span.start, end=block.start + span.end, glue=glue)
        else:
            yield replace(block, text=text, glue=glue)
