"""Small bodies of knowledge without a model: a shop whose entries differ in one thing, and noise."""

from collections.abc import Sequence

import numpy as np

from knowledge.corpus.entry import Entry
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.snapshot.contents import Contents, ViewTable

THINGS = ["saddle", "pedal", "helmet", "bottle", "wheel", "chain", "basket", "mirror", "pump", "lamp", "lock", "bell"]


def shop(things: Sequence[str] = THINGS) -> list[Entry]:
    """Entries that differ in one thing each, asked after in five ways."""
    return [
        Entry(
            thing,
            f"A {thing} is shipped within {number} days.",
            f"How long until the {thing} arrives?",
            (
                f"{thing} delivery time",
                f"when does my {thing} come",
                f"{thing} shipped when",
                f"waiting for a {thing}",
            ),
            language="en",
        )
        for number, thing in enumerate(things, 2)
    ]


def noise(n: int, seed: int = 0) -> list[Entry]:
    """Entries whose questions have nothing to do with each other: letters drawn by chance."""
    random = np.random.default_rng(seed)

    def text() -> str:
        return " ".join("".join(map(chr, random.integers(97, 123, 7))) for _ in range(5))

    return [Entry(f"e{i}", text(), text(), (text(), text(), text()), language="en") for i in range(n)]


def contents_of(entries: Sequence[Entry]) -> Contents:
    table = ViewTable.of(entries)
    return Contents.of(entries, table, HashingEmbedder().embed_passages(table.texts))
