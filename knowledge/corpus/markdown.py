"""Markdown to blocks and entries. Knows CommonMark and tables; knows nothing of meaning beyond what is a question."""

import re
from collections.abc import Iterator
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from selectolax.lexbor import LexborHTMLParser

from knowledge.corpus.base import Source
from knowledge.corpus.entry import Entry
from knowledge.corpus.front_matter import front_matter
from knowledge.corpus.links import with_address
from knowledge.corpus.sections import ITEM, Block, answer_start, asked, begins_question, entries_of

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_SUMMARY = re.compile(r"<summary[^>]*>(.*?)</summary>", re.S | re.I)
_BREAK = re.compile(r"<br\s*/?>", re.I)
_WIDE = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
_HEADING_ID = re.compile(r"\s*\{#[\w-]+\}\Z")
_DEFINITION = re.compile(r":\s+")


def load(source: Source) -> Iterator[Entry]:
    """An entry a section: under its question if the heading (or bold text) is one, else under its path of titles."""
    page, start = front_matter(source.text)
    head = "\n" * source.text.count("\n", 0, start)
    tree = SyntaxTreeNode(_parser().parse(head + source.text[start:]))
    yield from entries_of(source, _Blocks(source, page.url).of(tree), page)


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


class _Blocks:
    """Turns the syntax tree of one source into blocks; every block covers whole lines of it."""

    def __init__(self, source: Source, url: str | None) -> None:
        self._source = source
        self._url = url

    def of(self, parent: SyntaxTreeNode) -> Iterator[Block]:
        for node in parent.children:
            if node.type == "heading":
                text = _HEADING_ID.sub("", " ".join(self._inline(node.children[0]).split()))
                if text:
                    yield self._block(node, text, level=int(node.tag[1]))
            elif node.type == "paragraph":
                yield from self._paragraph(node)
            elif node.type in ("bullet_list", "ordered_list"):
                yield from self._list(node)
            elif node.type == "html_block":
                yield from self._html(node)
            elif node.type == "blockquote":
                yield from self.of(node)
            elif text := self._rendered(node):
                header = text.split("\n", 1)[0] if node.type == "table" else ""
                yield self._block(node, text, header=header)

    def _block(self, node: SyntaxTreeNode, text: str, level: int = 0, glue: str = "\n\n", header: str = "") -> Block:
        first, last = node.map or (0, 1)
        start, end = self._source.line_start(first + 1), self._source.line_start(last + 1)
        raw = self._source.text[start:end]
        return Block(text, start + len(raw) - len(raw.lstrip()), start + len(raw.rstrip()), level, glue, header)

    def _paragraph(self, node: SyntaxTreeNode) -> Iterator[Block]:
        text = self._inline(node.children[0])
        if bold := self._bold_question(node):
            question, rest = bold
            yield self._block(node, question, level=ITEM)
            if rest:
                yield self._block(node, rest)
        elif begins_question(text):
            yield from self._pairs(node, text.split("\n"))
        elif term := self._defined(text):
            yield self._block(node, term[0], level=ITEM)
            yield self._block(node, term[1])
        elif text := _unwrapped(text):
            yield self._block(node, text)

    def _bold_question(self, node: SyntaxTreeNode) -> tuple[str, str] | None:
        """The question that the paragraph's first words are if they are bold, and what follows them."""
        inline = node.children[0].children
        strong = next((each for each in inline if each.type != "text" or each.content.strip()), None)
        if strong is None or strong.type != "strong":
            return None
        question = " ".join(self._inline(strong).split())
        rest = _unwrapped("".join(map(self._text, inline[inline.index(strong) + 1 :])))
        whole_line = len(inline) == inline.index(strong) + 1 or asked(question)
        return (question, rest.lstrip(":： ")) if asked(question) and whole_line else None

    def _pairs(self, node: SyntaxTreeNode, lines: list[str]) -> Iterator[Block]:
        """Lines that begin with `Q:` and `A:`, each of which keeps the lines up to the next."""
        first = (node.map or (0, 1))[0]
        starts = [n for n, line in enumerate(lines) if n == 0 or begins_question(line) or answer_start(line)]
        for begin, end in pairwise([*starts, len(lines)]):
            text = _unwrapped("\n".join(lines[begin:end]))
            level = ITEM if begins_question(lines[begin]) else 0
            start = self._source.line_start(first + begin + 1)
            raw = self._source.text[start : self._source.line_start(first + end + 1)].rstrip()
            yield Block(text if level else text[answer_start(text) :], start, start + len(raw), level)

    @staticmethod
    def _defined(text: str) -> tuple[str, str] | None:
        """A question and, in the next line behind a colon, its answer."""
        first, _, rest = text.partition("\n")
        colon = _DEFINITION.match(rest)
        return (first, _unwrapped(rest[colon.end() :])) if colon and asked(first) else None

    def _list(self, node: SyntaxTreeNode) -> Iterator[Block]:
        if self._is_contents(node):
            return
        asking = False
        for number, item in enumerate(node.children):
            first = item.children[0] if item.children else None
            if first is not None and first.type == "paragraph" and self._bold_question(first):
                yield from self.of(item)
                asking = True
            elif text := self._item(node, number, ""):
                yield self._block(item, text, glue="\n" if number else "\n\n")
        if asking:
            yield self._block(node, "", level=ITEM)

    def _is_contents(self, node: SyntaxTreeNode) -> bool:
        """Whether the list only leads to places of the same page."""
        links = [each for each in node.walk() if each.type == "link"]
        items = sum(1 for each in node.walk() if each.type == "list_item")
        inside = all(str(link.attrs.get("href", "")).startswith("#") for link in links)
        return bool(links) and inside and len(links) == items

    def _item(self, parent: SyntaxTreeNode, number: int, indent: str) -> str:
        first = int(parent.attrs.get("start", 1)) if parent.type == "ordered_list" else 0
        marker = f"{first + number}. " if parent.type == "ordered_list" else "- "
        parts = [self._rendered(child, indent + "  ") for child in parent.children[number].children]
        inner = "\n".join(filter(None, parts))
        return f"{indent}{marker}{inner.lstrip()}" if inner.strip() else ""

    def _rendered(self, node: SyntaxTreeNode, indent: str = "") -> str:
        """The readable text of any block, its lines behind `indent`."""
        if node.type in ("bullet_list", "ordered_list"):
            items = (self._item(node, number, indent) for number in range(len(node.children)))
            return "\n".join(filter(None, items))
        if node.type in ("paragraph", "heading"):
            text = _unwrapped(self._inline(node.children[0]))
        elif node.type in ("fence", "code_block"):
            text = node.content.rstrip()
        elif node.type == "table":
            rows = (row.children for section in node.children for row in section.children)
            text = "\n".join(" | ".join(_unwrapped(self._inline(cell.children[0])) for cell in row) for row in rows)
        elif node.type == "html_block":
            text = _visible(node.content)
        else:
            return "\n".join(filter(None, (self._rendered(child, indent) for child in node.children)))
        return "\n".join(f"{indent}{line}" if line else line for line in text.split("\n"))

    def _html(self, node: SyntaxTreeNode) -> Iterator[Block]:
        content = _COMMENT.sub("", node.content)
        if summary := _SUMMARY.search(content):
            yield self._block(node, " ".join(_visible(summary.group(1)).split()), level=ITEM)
            content = content[summary.end() :]
        if text := _visible(content):
            yield self._block(node, text)
        if "</details" in content.lower():
            yield self._block(node, "", level=ITEM)

    def _inline(self, node: SyntaxTreeNode) -> str:
        return "".join(map(self._text, node.children))

    def _text(self, node: SyntaxTreeNode) -> str:
        if node.type == "link":
            return with_address(self._inline(node), str(node.attrs.get("href", "")), self._url)
        if node.type == "softbreak":
            return "\n"
        if node.type == "hardbreak" or (node.type == "html_inline" and _BREAK.fullmatch(node.content)):
            return "\v"
        if node.type == "html_inline":
            return ""
        return self._inline(node) if node.children else node.content


def _unwrapped(text: str) -> str:
    """`text` with its wrapped lines as one and only the breaks that the writer forced."""
    lines: list[str] = []
    for forced in text.split("\v"):
        line = ""
        for part in filter(None, (part.strip() for part in forced.split("\n"))):
            wide = line and _WIDE.match(line[-1]) and _WIDE.match(part[0])
            line += part if wide or not line else f" {part}"
        lines.append(line)
    return "\n".join(lines).strip()


def _visible(html: str) -> str:
    """What a reader sees of a piece of HTML."""
    html = _COMMENT.sub("", html)
    tree = LexborHTMLParser(f"<body>{html}</body>")
    tree.strip_tags(["script", "style", "template", "iframe", "noscript"])
    text = tree.body.text(separator=" ") if tree.body else ""
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.split("\n"))))
