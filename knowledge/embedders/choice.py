"""Chooses an embedder for a body of knowledge. Knows languages; loads nothing and knows no folder."""

from collections.abc import Sequence
from typing import Literal

from knowledge.corpus.entry import Entry


def choose_default(entries: Sequence[Entry]) -> Literal["minilm+e5-small", "e5-small"]:
    """The better default: "minilm+e5-small" when all `entries` are English, else "e5-small" (about 100 languages).

    An entry whose language is not known counts as not English: a slower embedder is the smaller harm.
    """
    return "minilm+e5-small" if entries and all(entry.language == "en" for entry in entries) else "e5-small"
