"""The readable text of HTML elements. Knows which elements are shown and which begin a line; knows no entry."""

import re

from selectolax.lexbor import LexborNode

from knowledge.corpus.links import with_address


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_DROPPED = _words(
    "script style noscript template svg math iframe object canvas audio video select input textarea nav aside footer "
    "head title button dialog datalist map meta link"
)
_FRAMES = frozenset({"header", "form"})
_BLOCKS = HEADINGS | _words(
    "p div section article main header footer nav aside ul ol menu li table thead tbody tfoot tr td th caption "
    "dl dt dd details summary pre blockquote figure figcaption address hr form fieldset legend center "
    "body hgroup search"
)
_ROLES = _words("navigation banner contentinfo search complementary dialog alertdialog menu menubar")
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:font-size|opacity)\s*:\s*0(?![.\d])", re.I
)
_UNSEEN = _words("sr-only visually-hidden screen-reader-text skip-link headerlink anchorjs-link")
_ANCHORS = _words("¶ # § 🔗 ") | {""}
_HOLDERS = HEADINGS | _words("p div ul ol table dl details pre section article")
_BREAK = "\v"
_DEEPEST = 100


def attribute(node: LexborNode, name: str) -> str:
    """The attribute's value, or an empty string."""
    return node.attributes.get(name) or ""


def is_shown(node: LexborNode, framed: bool, controlled: frozenset[str] = frozenset()) -> bool:
    """Whether a reader of the main content sees the element; what a button opens (`controlled`) counts as seen.

    A header belongs to the page, but inside an article (`framed`) to the content.
    """
    if node.tag in _DROPPED or (node.tag in _FRAMES and not framed and node.css_first("h1, h2, h3") is None):
        return False
    attributes = node.attributes
    if attribute(node, "role").lower() in _ROLES or _UNSEEN & set(attribute(node, "class").split()):
        return False
    if (attributes.get("id") or "") in controlled:
        return True
    hidden = "hidden" in attributes and attributes["hidden"] != "until-found"
    return not (hidden or attributes.get("aria-hidden") == "true" or _HIDING.search(attribute(node, "style")))


class Reader:
    """Reads elements of one page, whose relative links start from `url`; `controlled` are ids that a button opens."""

    def __init__(self, url: str | None, controlled: frozenset[str]) -> None:
        self._url = url
        self.controlled = controlled

    def is_block(self, node: LexborNode) -> bool:
        """Whether the element begins a block of its own, itself or by what it holds."""
        if node.tag in _BLOCKS or node.tag in _DROPPED:
            return True
        return bool(node.is_element_node and node.tag not in ("a", "br") and self._holds_block(node))

    def text(self, nodes: list[LexborNode]) -> str:
        """The running text of neighbouring inline nodes, wrapped lines put together."""
        return _tidy("".join(self._inline(node, 0) for node in nodes))

    def verbatim(self, node: LexborNode) -> str:
        """The text of preformatted lines, as they are."""
        return node.text().strip("\n")

    def items(self, node: LexborNode) -> list[LexborNode]:
        """The items of a list that are shown."""
        return [child for child in _children(node) if child.tag == "li" and is_shown(child, True, self.controlled)]

    def item(self, node: LexborNode, marker: str, indent: str) -> str:
        """One item of a list behind its marker, the lists inside it indented."""
        inner = [child for child in _children(node) if child.tag in ("ul", "ol")]
        own = self.text([child for child in _children(node, texts=True) if child.tag not in ("ul", "ol")])
        lines = [f"{indent}{marker}{own}"] if own.strip() else []
        for nested in inner if len(indent) < _DEEPEST else ():
            for number, each in enumerate(self.items(nested), start=1):
                lines.append(self.item(each, f"{number}. " if nested.tag == "ol" else "- ", indent + "  "))
        return "\n".join(filter(None, lines))

    def rows(self, table: LexborNode) -> list[str]:
        """The rows of a table as `a | b`."""
        rows = []
        for row in table.css("tr"):
            cells = [self.text([cell]).replace("\n", " ") for cell in _children(row) if cell.tag in ("td", "th")]
            filled = [cell for cell in cells if cell.strip()]
            if filled:
                rows.append(" | ".join(cells if len(filled) > 1 else filled))
        return rows

    def is_contents(self, node: LexborNode) -> bool:
        """Whether the list only leads to places of the same page."""
        links = node.css("a")
        inside = all(attribute(link, "href").startswith("#") for link in links)
        return bool(links) and inside and len(links) >= len(node.css("li"))

    def _inline(self, node: LexborNode, depth: int) -> str:
        if node.is_text_node:
            return node.text_content or ""
        if node.tag == "br":
            return _BREAK
        if not node.is_element_node or depth > _DEEPEST or not self._readable(node, depth):
            return ""
        inner = "".join(self._inline(child, depth + 1) for child in _children(node, texts=True))
        if node.tag == "a":
            return "" if _bare(inner) in _ANCHORS else with_address(inner, attribute(node, "href"), self._url)
        return f"{_BREAK}{inner}{_BREAK}" if node.tag in _BLOCKS else inner

    def _readable(self, node: LexborNode, depth: int) -> bool:
        if node.tag == "button" and node.parent is not None and node.parent.tag in HEADINGS | {"dt", "summary"}:
            return True
        return is_shown(node, True, self.controlled)

    def _holds_block(self, node: LexborNode) -> bool:
        return (
            node.css_first("p, div, ul, ol, table, dl, details, pre, h1, h2, h3, h4, h5, h6, section, article")
            is not None
        )


def _children(node: LexborNode, texts: bool = False) -> list[LexborNode]:
    found = []
    child = node.first_child
    while child is not None:
        if child.is_element_node or texts:
            found.append(child)
        child = child.next
    return found


def _bare(text: str) -> str:
    return re.sub("\ufdd0\\d+\ufdd1", "", text).strip()


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.split(_BREAK))
    return "\n".join(filter(None, lines))
