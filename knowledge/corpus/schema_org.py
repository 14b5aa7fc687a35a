"""Questions that a page states in JSON-LD as schema.org's FAQPage. Knows nothing of what the page shows."""

import json
import re
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from knowledge.corpus.base import Source
from knowledge.corpus.entry import Entry, Place
from knowledge.corpus.sections import Page

_SCRIPT = re.compile(r"<script\b[^>]*application/ld\+json[^>]*>(.*?)</script\s*>", re.S | re.I)
_LINE = re.compile(r"<(?:br|/p|/li|/div|/h\d)\b[^>]*>", re.I)


def faq_entries(source: Source, page: Page, known: set[str]) -> Iterator[Entry]:
    """The questions with an answer that are not among the `known` ones; what is no valid JSON is passed over."""
    seen = {_folded(question) for question in known}
    for script in _SCRIPT.finditer(source.text):
        for question, answer in _pairs(script.group(1)):
            if _folded(question) in seen:
                continue
            seen.add(_folded(question))
            place = Place(source.name, source.line_at(script.start()))
            yield Entry("", answer, question, tags=page.tags, language=page.language, url=page.url, place=place)


def _pairs(script: str) -> Iterator[tuple[str, str]]:
    try:
        pending: list[Any] = [json.loads(script)]
    except (ValueError, RecursionError):
        return
    while pending:
        item = pending.pop(0)
        if isinstance(item, list):
            pending = item + pending
        elif isinstance(item, dict) and item.get("@type") == "Question":
            answer = item.get("acceptedAnswer")
            answer = answer[0] if isinstance(answer, list) and answer else answer
            text = answer.get("text") if isinstance(answer, dict) else None
            if isinstance(text, str) and isinstance(item.get("name"), str) and _readable(text):
                yield _readable(item["name"]), _readable(text)
        elif isinstance(item, dict):
            pending = [item[key] for key in ("@graph", "mainEntity") if key in item] + pending


def _readable(html: str) -> str:
    body = LexborHTMLParser(f"<body>{_LINE.sub(chr(10), html)}</body>").body
    text = body.text() if body else ""
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.split("\n"))))


def _folded(question: str) -> str:
    return " ".join(question.casefold().split())
