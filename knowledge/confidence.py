"""How sure it is that the first hit's entry answers. Knows scores and languages; finds nothing, decides nothing."""

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import NamedTuple

from knowledge.corpus.entry import Entry
from knowledge.duplicates import apart
from knowledge.hits import Hit

# What takes the place of a feature that cannot be told: coverage half-way between the medians of right and wrong
# hits, and the margin of an entry that has no rival.
_TYPICAL_COVERAGE = 0.4
_TYPICAL_MARGIN = 0.15
_PASSAGE_COVERAGE = 0.7
# Words of such a weight say enough, be it three bare ones or those of a long story; what is typical counts nothing.
_ENOUGH_SHARED, _TYPICAL_SHARED, _SHARED_UNIT = 20.0, 8.0, 10.0
# A wider margin says no more: words that one entry alone has widen it as well where nothing answers.
_FULL_MARGIN = 0.15
SLACK = 0.5
"""How much less close an entry in the customer's own language may be, and yet come first."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Logistic regression from a hit's features to the probability that its entry answers.

    All features are relative to the snapshot (see `Hit`), so that one set of weights serves every embedder and
    every knowledge. Fitted by scripts/fit_confidence.py; the data and figures are in scripts/EXPERIMENTS.md.
    Where all knowledge is meant `nearness`, `peak` and `shared` tell no more than the others, so that only a
    calibration weighs them.
    `across` makes up for what is lost between two languages, where vectors lie further apart and words tell nothing.
    `passage` and `held` are what is otherwise where the entry has no question of its own; a calibration finds it out.
    """

    bias: float = -2.51
    closeness: float = 1.06
    coverage: float = 1.26
    margin: float = 6.24
    nearness: float = 0.0
    across: float = 1.0
    passage: float = 0.0
    held: float = 0.0
    peak: float = 0.0
    shared: float = 0.0


class Features(NamedTuple):
    """What tells whether the first hit's entry answers; each weighs as its namesake in `Weights`."""

    closeness: float
    coverage: float
    margin: float
    nearness: float
    across: float
    passage: float = 0.0
    held: float = 0.0
    peak: float = 0.0
    shared: float = 0.0


def features(hits: Sequence[Hit], language: str) -> Features:
    """What tells of the first of `hits` (best first, not empty) whether it answers a question in `language`.

    `margin` is how much more relevant it is than the next entry that says something else. Words that a question
    shares with an entry count only in one language; `across` is 1 between two, else 0. `passage` is 1 for an entry
    without a question of its own, and `held` its coverage less a typical one; else both are 0. `shared` is how much
    the words weigh that both have, however many others are asked, less a typical weight; 0 between two languages.
    """
    best = hits[0]
    rival = next((hit for hit in hits[1:] if rivals(hit.entry, best.entry)), None)
    margin = best.relevance - rival.relevance if rival else _TYPICAL_MARGIN
    across = best.entry.language not in {"", language}
    coverage = _TYPICAL_COVERAGE if across else best.coverage
    passage = is_passage(best.entry)
    held = coverage - _PASSAGE_COVERAGE if passage else 0.0
    margin = min(margin, _FULL_MARGIN)
    shared = 0.0 if across else (min(best.shared, _ENOUGH_SHARED) - _TYPICAL_SHARED) / _SHARED_UNIT
    told = (best.closeness, coverage, margin, best.nearness, float(across), float(passage), held, best.peak)
    return Features(*told, shared)


def is_passage(entry: Entry) -> bool:
    """Whether an entry has no question of its own: then many a question is about it and not answered by it."""
    return not entry.question.strip() and not any(text.strip() for text in entry.similar)


def rivals(one: Entry, other: Entry) -> bool:
    """Whether two entries say different things: no translation, no copy, and no other piece of the same section."""
    return one.language == other.language and apart(one, other) and one.answer != other.answer


def confidence(hits: Sequence[Hit], weights: Weights, language: str) -> float:
    """The probability, 0 to 1, that the first hit's entry answers the question; 0 without hits."""
    if not hits:
        return 0.0
    bias, *slopes = astuple(weights)
    told = features(hits, language)
    exponent = bias + sum(slope * feature for slope, feature in zip(slopes, told, strict=True))
    return 0.5 + 0.5 * math.tanh(exponent / 2)  # 1 / (1 + e^-x) that cannot overflow


def prefer_language(hits: Sequence[Hit], language: str, slack: float = SLACK) -> list[Hit]:
    """`hits` with the best one in the customer's language first, if it is at most `slack` less close."""
    if not hits or hits[0].entry.language == language:
        return list(hits)
    near = (hit for hit in hits if hits[0].closeness - hit.closeness <= slack)
    own = next((hit for hit in near if hit.entry.language == language), None)
    return [own, *(hit for hit in hits if hit is not own)] if own else list(hits)
