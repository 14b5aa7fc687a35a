"""What certain families of models want written before a text. Knows no library and loads nothing.

A model of these families that is used without its prompts still gives vectors, only worse ones; so the prompts are
set here wherever a model's own files are silent.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Prompts:
    """What stands before every query and before every passage."""

    query: str
    passage: str


_FAMILIES: tuple[tuple[re.Pattern[str], Prompts], ...] = (
    (
        re.compile(r"e5-.*instruct"),
        Prompts("Instruct: Given a customer's question, find the help article that answers it\nQuery: ", ""),
    ),
    (re.compile(r"(^|[^a-z0-9])e5([^a-z0-9]|$)"), Prompts("query: ", "passage: ")),
    (re.compile(r"nomic-embed-text"), Prompts("search_query: ", "search_document: ")),
    (
        re.compile(r"bge-(small|base|large)-en"),
        Prompts("Represent this sentence for searching relevant passages: ", ""),
    ),
    (re.compile(r"bge-(small|base|large)-zh"), Prompts("为这个句子生成表示以用于检索相关文章：", "")),
)


def known_prompts(model: str, folder: Path | None) -> Prompts | None:
    """The prompts of the family that `model` (a folder or a hub's name) belongs to; None when it is of none."""
    names = [Path(model).name, _former_name(folder)]
    for name in names:
        for pattern, prompts in _FAMILIES:
            if pattern.search(name.lower()):
                return prompts
    return None


def _former_name(folder: Path | None) -> str:
    # A copied folder may bear any name; its settings often tell the name it was published under.
    try:
        settings = json.loads((folder / "config.json").read_text(encoding="utf-8")) if folder else {}
    except (OSError, ValueError):
        return ""
    name = settings.get("_name_or_path", "") if isinstance(settings, dict) else ""
    return name if isinstance(name, str) else ""
