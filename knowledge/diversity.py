"""Picks hits that differ from one another. Knows words of entries and their relevance; embeds nothing.

Maximal marginal relevance (Carbonell and Goldstein 1998): each further pick is worth its relevance less its likeness
to what was picked before. Two entries that say nearly the same tell a generator one thing twice, and a third one not.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.hits import Hit
from knowledge.words import content_words

Floats = NDArray[np.float64]

RELEVANCE = 0.6
"""What relevance weighs against being different."""


def diverse(hits: Sequence[Hit], most: int, first: int = 1) -> list[Hit]:
    """At most so many of `hits`: the `first` ones as they are, then those that tell most besides."""
    relevance = np.array([hit.relevance for hit in hits], np.float64)
    return [hits[i] for i in mmr(relevance, likeness([hit.entry.answer for hit in hits]), most, first)]


def mmr(relevance: Floats, alike: Floats, most: int, first: int = 1) -> list[int]:
    """Places of at most `most` of `relevance` (n,), in the order of picking; `alike` (n, n) tells how like they are.

    The `first` ones are picked whatever they are; relevance counts as a share of the best.
    """
    picked = list(range(min(first, most, len(relevance))))
    shares = relevance / max(float(relevance.max(initial=0.0)), 1e-9)
    while len(picked) < min(most, len(relevance)):
        nearest = alike[:, picked].max(axis=1) if picked else np.zeros(len(relevance))
        worth = RELEVANCE * shares - (1 - RELEVANCE) * nearest
        worth[picked] = -np.inf
        picked.append(int(worth.argmax()))
    return picked


def likeness(texts: Sequence[str]) -> Floats:
    """The cosine of the content words of each two of `texts`, shape (n, n)."""
    contents = [set(content_words(text)) for text in texts]
    numbers = {word: i for i, word in enumerate(sorted(set().union(*contents)))}
    held = np.zeros((len(texts), max(len(numbers), 1)))
    for row, content in enumerate(contents):
        held[row, [numbers[word] for word in content]] = 1
    held /= np.maximum(np.linalg.norm(held, axis=1, keepdims=True), 1e-9)
    alike: Floats = held @ held.T
    return alike
