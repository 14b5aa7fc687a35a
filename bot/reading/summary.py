"""Chooses the sentences that tell a matter: what is asked, and what is most central. Adds no word of its own."""

import re
from collections.abc import Callable, Sequence

import numpy as np

from bot.reading.intent import SMALLTALK, read_intent
from knowledge.corpus.split import sentences
from knowledge.embedders.base import Vectors

LONGEST = 280
"""Characters of a sentence that are told."""
_LOOKED_AT = 24
_LEAST = 6  # characters of a sentence that tells anything
_LAST_COUNTS = 0.05
Embed = Callable[[Sequence[str]], Vectors]
"""Texts → unit vectors, shape (texts, dimension)."""

_ASKS = re.compile(
    r"[?？]|[吗呢么]\W*$|什么|怎么|如何|为什么|多少|多久|几[天点个]|哪[里个些]|能不能|可不可以|是否|有没有"
    r"|^\W*(?:(?:and|but|so|hi|hello|ok)\W+)*(?:who|what|when|where|which|why|how|can|could|do|does|did|is|are|was|will|would"
    r"|should|may|wie|was|wann|wo|warum|kann|qué|cómo|cuándo|dónde|comment|quand|où|pourquoi)\b",
    re.I,
)


def sentences_of(texts: Sequence[str]) -> list[str]:
    """The sentences that tell something, in their order, each once: no greetings, thanks or wishes for a person."""
    found = [span.text.strip() for text in texts if not text.startswith("/") for span in sentences(text)]
    return list(dict.fromkeys(each[:LONGEST] for each in found if _tells(each)))


def asks(sentence: str) -> bool:
    """Whether a sentence asks something."""
    return bool(_ASKS.search(sentence))


def central(told: Sequence[str], embed: Embed, most: int = 2) -> list[str]:
    """The sentences nearest to all others, in their order; of equal ones the later."""
    told = list(told)[-_LOOKED_AT:]
    if len(told) <= most:
        return told
    vectors = embed(told)  # (sentences, dimension)
    nearness = (vectors @ vectors.T).mean(axis=1) + _LAST_COUNTS * np.linspace(0, 1, len(told))
    best = sorted(np.argsort(-nearness, kind="stable")[:most])
    return [told[place] for place in best]


def _tells(sentence: str) -> bool:
    return len(sentence) >= _LEAST and read_intent(sentence) not in SMALLTALK
