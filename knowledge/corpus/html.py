"""HTML pages to blocks and entries. Knows elements and what a reader sees; no style sheet, no script."""

from collections.abc import Iterator
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from knowledge.corpus.base import Source
from knowledge.corpus.entry import Entry
from knowledge.corpus.html_marks import Marked, mark
from knowledge.corpus.html_text import HEADINGS, Reader, attribute, is_shown
from knowledge.corpus.schema_org import faq_entries
from knowledge.corpus.sections import ITEM, Block, Page, asked, entries_of

_TITLE_SEPARATORS = (" | ", " – ", " — ", " - ", " · ", " :: ", "_")
_DEEPEST = 100
_ITEMS = frozenset({"summary", "dt"})
_LISTS = frozenset({"ul", "ol", "menu"})
# What a table of data has in no cell: one that does only arranges a page.
_LAYOUT = "h1, h2, h3, h4, table table, dl, details, td ul, td ol, td pre, td p + p"
_STRUCTURED = "h1, h2, h3, h4, h5, h6, details, dl, table, pre, [itemtype]"


def load(source: Source) -> Iterator[Entry]:
    """An entry a section of the main content, a summary, a term or a question of schema.org."""
    marked = mark(source.text)
    tree = LexborHTMLParser(marked.html)
    page = _page(tree)
    blocks = list(_Blocks(tree, marked, page.url).of_main())
    if page.title and any(block.level == 1 for block in blocks):
        page = Page("", page.tags, page.language, page.url)
    found = list(entries_of(source, blocks, page))
    yield from found
    yield from faq_entries(source, page, known={entry.question for entry in found})


def _page(tree: LexborHTMLParser) -> Page:
    title = " ".join(node.text().split()) if (node := tree.css_first("head title")) else ""
    for separator in _TITLE_SEPARATORS:
        title = title.split(separator)[0]
    root, link = tree.css_first("html"), tree.css_first("link[rel=canonical]")
    words = tree.css_first("meta[name=keywords]")
    language = attribute(root, "lang").split("-")[0].lower() if root else ""
    url = attribute(link, "href") if link else ""
    tags = attribute(words, "content").split(",") if words else []
    return Page(title.strip(), tuple(filter(None, map(str.strip, tags))), language, url if "://" in url else None)


class _Blocks:
    """Walks the main content of one page."""

    def __init__(self, tree: LexborHTMLParser, marked: Marked, url: str | None) -> None:
        self._tree = tree
        self._marked = marked
        base = self._tree.css_first("base[href]")
        shown = {name for node in tree.css("[aria-controls]") for name in attribute(node, "aria-controls").split()}
        self._reader = Reader(urljoin(url or "", attribute(base, "href")) if base else url, frozenset(shown))

    def of_main(self) -> Iterator[Block]:
        """The blocks of `main`, or of the only article, or of the body without what frames it."""
        articles = self._tree.css("article")
        only_article = articles[0] if len(articles) == 1 else None
        main = self._tree.css_first("main, [role=main]") or only_article
        if main is not None and len(main.text().strip()) > 0:
            yield from self._inside(main, framed=True)
        elif self._tree.body is not None:
            yield from self._inside(self._tree.body, framed=False)

    def _inside(self, parent: LexborNode, framed: bool, depth: int = 0) -> Iterator[Block]:
        """The blocks of the children; texts and inline elements between block elements make one paragraph."""
        if depth > _DEEPEST:
            yield from self._paragraph([parent])
            return
        inline: list[LexborNode] = []
        child = parent.first_child
        while child is not None:
            if self._reader.is_block(child):
                yield from self._paragraph(inline)
                inline = []
                if is_shown(child, framed, self._reader.controlled):
                    yield from self._element(child, framed or child.tag in ("main", "article"), depth + 1)
            else:
                inline.append(child)
            child = child.next
        yield from self._paragraph(inline)

    def _element(self, node: LexborNode, framed: bool, depth: int) -> Iterator[Block]:
        if node.tag in HEADINGS:
            yield from self._heading([node], int(node.tag[1]))
        elif node.tag in _LISTS:
            yield from self._list(node, framed, depth)
        elif node.tag == "table" and not node.css_first(_LAYOUT):
            yield from self._table(node)
        elif node.tag in ("dl", "details"):
            yield from self._inside(node, framed, depth)
            yield Block("", None, None, ITEM)
        elif node.tag in _ITEMS:
            yield from self._heading([node], ITEM)
        elif attribute(node, "itemtype").endswith("schema.org/Question"):
            yield from self._question(node, framed, depth)
        elif node.tag == "pre":
            yield from self._block(self._reader.verbatim(node))
        elif bold := self._bold_question(node):
            yield from self._bold(bold)
        else:
            yield from self._inside(node, framed, depth)

    def _heading(self, nodes: list[LexborNode], level: int) -> Iterator[Block]:
        text, start, end = self._marked.read(self._reader.text(nodes))
        title = " ".join(text.split())
        if title:
            yield Block(title, start, end, level)

    def _paragraph(self, nodes: list[LexborNode]) -> Iterator[Block]:
        if nodes:
            yield from self._block(self._reader.text(nodes))

    def _block(self, marked_text: str, glue: str = "\n\n", header: str = "") -> Iterator[Block]:
        text, start, end = self._marked.read(marked_text)
        if text.strip():
            yield Block(text.strip("\n") if glue == "\n" else text.strip(), start, end, glue=glue, header=header)

    def _list(self, node: LexborNode, framed: bool, depth: int) -> Iterator[Block]:
        if self._reader.is_contents(node):
            return
        glue = "\n\n"
        for number, item in enumerate(self._reader.items(node), start=1):
            if item.css_first(_STRUCTURED):
                yield from self._inside(item, framed, depth)
            else:
                marker = f"{number}. " if node.tag == "ol" else "- "
                for block in self._block(self._reader.item(item, marker, ""), glue):
                    yield block
                    glue = "\n"

    def _table(self, node: LexborNode) -> Iterator[Block]:
        rows = self._reader.rows(node)
        header = self._marked.read(rows[0])[0] if rows and node.css_first("th") else ""
        yield from self._block("\n".join(rows), header=header)

    def _question(self, node: LexborNode, framed: bool, depth: int) -> Iterator[Block]:
        name, answer = node.css_first("[itemprop=name]"), node.css_first("[itemprop=acceptedAnswer]")
        if name is None or answer is None:
            yield from self._inside(node, framed, depth)
            return
        yield from self._heading([name], ITEM)
        yield from self._inside(answer, framed, depth)
        yield Block("", None, None, ITEM)

    def _plain(self, node: LexborNode) -> str:
        return " ".join(self._marked.read(self._reader.text([node]))[0].split())

    def _bold_question(self, node: LexborNode) -> LexborNode | None:
        """The bold question that a paragraph begins with, if it does."""
        first = node.css_first("strong, b") if node.tag == "p" else None
        if first is None or first.parent is None or first.parent.mem_id != node.mem_id:
            return None
        question = self._plain(first)
        return first if asked(question) and self._plain(node).startswith(question) else None

    def _bold(self, bold: LexborNode) -> Iterator[Block]:
        yield from self._heading([bold], ITEM)
        rest: list[LexborNode] = []
        following = bold.next
        while following is not None:
            rest.append(following)
            following = following.next
        yield from self._paragraph(rest)
