"""The lines between `---` at the head of a Markdown file. Knows the few keys an entry has, not YAML at large."""

import re

from knowledge.corpus.columns import column_named
from knowledge.corpus.sections import Page

_BLOCK = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S | re.M)
_KEY = re.compile(r"([\w-]+)[ \t]*:(?:[ \t]+(.*))?\Z")
_ITEM = re.compile(r"[ \t]*-[ \t]+(.*)\Z")


def front_matter(text: str) -> tuple[Page, int]:
    """What the front matter says about title, tags, language and url, and where the text behind it starts."""
    found = _BLOCK.match(text)
    if not found:
        return Page(), 0
    values = _values(found.group(1))
    title, language, url = (values.get(field, [""])[0] for field in ("title", "language", "url"))
    page = Page(title, tuple(values.get("tags", ())), language, url or None)
    return page, found.end()


def _values(block: str) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    field: str | None = None
    for line in block.split("\n"):
        if key := _KEY.match(line):
            field = column_named(key.group(1))
            if field and key.group(2):
                values.setdefault(field, []).extend(_listed(key.group(2), field))
        elif field and (item := _ITEM.match(line)):
            values.setdefault(field, []).append(_unquoted(item.group(1)))
    return values


def _listed(value: str, field: str) -> list[str]:
    value = value.strip()
    if value.startswith("[") and value.endswith("]"):
        value = value[1:-1]
    elif field != "tags":
        return [_unquoted(value)]
    return [each for part in re.split(r"[,，;；]", value) if (each := _unquoted(part))]


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return re.sub(r"\s+#.*\Z", "", value)
