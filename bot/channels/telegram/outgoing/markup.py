"""Reads a small Markdown as Telegram shows it: plain text with entities. Knows no bot and no answer.

Only what models and help pages use is read: emphasis, code, links, lists and headings. Everything else, such as HTML,
tables, quotes or a link that is no web address, stays as it was written: of what is said nothing may be lost.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from aiogram.enums import MessageEntityType
from aiogram.types import MessageEntity
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.channels.telegram.outgoing.splitting import LONGEST_PART, split, units

_RULES = ("fence", "list", "heading", "escape", "backticks", "emphasis", "link", "image", "autolink")
# Markdown that nests deeper than this is none, and is not read: what the parser gives up on, it drops.
_DEEPEST = 40
_STYLES = {
    "strong_open": MessageEntityType.BOLD,
    "em_open": MessageEntityType.ITALIC,
    "heading_open": MessageEntityType.BOLD,
}
_INDENT = "  "
_LANGUAGE = re.compile(r"[A-Za-z0-9+#._-]{1,30}")


@dataclass(frozen=True, slots=True)
class Marked:
    """A text and its entities, counted in UTF-16 units from its begin."""

    text: str
    entities: tuple[MessageEntity, ...] = ()

    @property
    def plain(self) -> "Marked":
        """The same without entities."""
        return Marked(self.text)


def marked(source: str) -> Marked:
    """The text that `source` means."""
    try:
        tokens = _parser().parse(source)
    except RecursionError:
        return Marked(source)
    if any(token.level >= _DEEPEST - 1 for token in tokens):
        return Marked(source)
    read = _Reader()
    for token in tokens:
        read.block(token)
    result = read.result()
    return result if result.text.strip() or not source.strip() else Marked(source)


def joined(*pieces: Marked) -> Marked:
    """The pieces, one after the other."""
    starts = itertools.accumulate((units(piece.text) for piece in pieces), initial=0)
    entities = [
        _moved(entity, start) for piece, start in zip(pieces, starts, strict=False) for entity in piece.entities
    ]
    return Marked("".join(piece.text for piece in pieces), tuple(entities))


def cut(whole: Marked, limit: int = LONGEST_PART) -> list[Marked]:
    """Parts of at most `limit` UTF-16 units, which joined are the whole; what is cut of an entity goes on behind."""
    parts, start = [], 0
    for text in split(whole.text, limit):
        end = start + units(text)
        parts.append(Marked(text, tuple(_clipped(whole.entities, start, end))))
        start = end
    return parts


def _clipped(entities: Sequence[MessageEntity], start: int, end: int) -> Iterator[MessageEntity]:
    for entity in entities:
        first, last = max(entity.offset, start), min(entity.offset + entity.length, end)
        if first < last:
            yield entity.model_copy(update={"offset": first - start, "length": last - first})


def _moved(entity: MessageEntity, by: int) -> MessageEntity:
    return entity.model_copy(update={"offset": entity.offset + by})


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"maxNesting": _DEEPEST}).enable(list(_RULES))
    # A preview is never fetched and a link is never run: only web addresses are links at all.
    parser.validateLink = lambda url: url.lower().startswith(("http://", "https://"))  # type: ignore[method-assign]
    return parser


@dataclass(frozen=True, slots=True)
class _Open:
    """An entity whose end is not read yet."""

    kind: MessageEntityType
    offset: int
    url: str | None = None


class _Reader:
    """Writes a text down, token by token."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._entities: list[MessageEntity] = []
        self._open: list[_Open] = []
        self._depth = 0
        self._last_line = 0

    def result(self) -> Marked:
        """What was written, without the white space around it."""
        text = "".join(self._pieces)
        visible = text.strip()
        if not visible:
            return Marked("")
        start = units(text[: text.index(visible)])
        ordered = sorted(self._entities, key=lambda entity: (entity.offset, -entity.length))
        return Marked(visible, tuple(_clipped(ordered, start, start + units(visible))))

    def block(self, token: Token) -> None:
        """One token between lines."""
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                self._depth += 1
            case "bullet_list_close" | "ordered_list_close":
                self._depth -= 1
            case "list_item_open":
                self._begin(token)
                bullet = f"{token.info}{token.markup}" if token.info else "•"
                self._write(_INDENT * (self._depth - 1) + bullet + " ")
            case "fence":
                self._begin(token)
                self._fence(token)
            case "heading_open":
                self._begin(token)
                self._start(token)
            case "heading_close":
                self._end()
            case "paragraph_open":
                self._begin(token)
            case "inline":
                self._inline(token.children or [])

    def _begin(self, token: Token) -> None:
        """What begins on a new line of the source does so here, and keeps its distance of at most one blank line."""
        first, last = token.map or (self._last_line, self._last_line)
        if first > self._last_line or (self._pieces and token.type == "fence"):
            self._write("\n" * min(max(first - self._last_line, 1), 2) if self._pieces else "")
        self._last_line = first if token.type == "list_item_open" else max(last - 1, first)

    def _inline(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            match token.type:
                case "code_inline":
                    self._entity(MessageEntityType.CODE, token.content)
                case "link_open":
                    self._start(token)
                case "strong_open" | "em_open":
                    self._start(token)
                case "strong_close" | "em_close" | "link_close":
                    self._end()
                case "image":
                    self._image(token)
                case "softbreak" | "hardbreak":
                    self._write("\n")
                case _:
                    self._write(token.content)

    def _image(self, token: Token) -> None:
        # Never shown: its fetching would tell a foreign server who reads.
        url = str(token.attrGet("src"))
        start = self._length
        self._write(token.content or url)
        self._note(MessageEntityType.TEXT_LINK, start, url=url)

    def _fence(self, token: Token) -> None:
        code, info = token.content.removesuffix("\n"), token.info.strip()
        language = info if _LANGUAGE.fullmatch(info) else None
        if language is None and info:
            # More than a language's name behind the fence is what somebody said.
            code = f"{info}\n{code}" if code else info
        self._entity(MessageEntityType.PRE, code or token.markup, language)

    def _start(self, token: Token) -> None:
        if token.type == "link_open":
            self._open.append(_Open(MessageEntityType.TEXT_LINK, self._length, str(token.attrGet("href"))))
        else:
            self._open.append(_Open(_STYLES[token.type], self._length))

    def _end(self) -> None:
        opened = self._open.pop()
        self._note(opened.kind, opened.offset, url=opened.url)

    def _entity(self, kind: MessageEntityType, text: str, language: str | None = None) -> None:
        start = self._length
        self._write(text)
        self._note(kind, start, language=language)

    def _note(self, kind: str, start: int, *, url: str | None = None, language: str | None = None) -> None:
        # A link to nowhere is none, and Telegram would refuse all entities for it.
        if self._length > start and (url or kind != MessageEntityType.TEXT_LINK):
            length = self._length - start
            self._entities.append(MessageEntity(type=kind, offset=start, length=length, url=url, language=language))

    def _write(self, text: str) -> None:
        self._pieces.append(text)
        self._length += units(text)
