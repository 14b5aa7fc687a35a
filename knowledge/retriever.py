"""Finds entries. Knows vectors and words of a snapshot; decides nothing about answering."""

from dataclasses import dataclass

from knowledge.corpus.entry import Entry


@dataclass(frozen=True, slots=True)
class Hit:
    """A found entry.

    `score` is the best cosine over the entry's vectors; `matched` is the text that gave it; `field` tells
    which one: "question", "similar", "title" or "answer".
    """

    entry: Entry
    score: float
    matched: str
    field: str
