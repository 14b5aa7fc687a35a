"""Decides whether a drafted sentence may leave. Knows the sources' texts; knows no model, customer or channel.

A sentence passes when every hard fact in it occurs in its sources and enough of what it says stands there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.answering.facts import Fact, facts
from knowledge.corpus.entry import Entry

# German capitalises every noun and Chinese none: there capitals say nothing about names.
_CAPITALS_MEAN_NOTHING = frozenset({"de", "zh", "ja", "ko"})

Support = Callable[[str, str], float]
"""(sentence, source) → how well the source supports the sentence, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check found. `source` is the index of the best source; `objections` are empty for a pass."""

    support: float
    source: int
    objections: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the sentence may be sent."""
        return not self.objections


def source_text(entry: Entry) -> str:
    """Everything an answer may take from an entry."""
    return "\n".join(filter(None, (entry.title, entry.question, *entry.similar, entry.answer, entry.url)))


def check_sentence(
    sentence: str, sources: Sequence[str], support: Support, needed: float, language: str = "en"
) -> Verdict:
    """Judge one sentence against the texts of its sources; `needed` is the least support, 0 to 1."""
    held = frozenset[Fact]().union(*(facts(source) for source in sources))
    stated = facts(sentence, names=language not in _CAPITALS_MEAN_NOTHING)
    everything = "\n".join(sources).lower()
    objections = [_objection(fact) for fact in stated if not _holds(fact, held, everything)]
    supports = [support(sentence, source) for source in sources]
    best = max(range(len(sources)), key=supports.__getitem__, default=-1)
    value = supports[best] if sources else 0.0
    if value < needed:
        objections.append(f"support {value:.2f} is under {needed:.2f}")
    return Verdict(value, best, tuple(sorted(objections)))


def _holds(fact: Fact, held: frozenset[Fact], everything: str) -> bool:
    if fact in held:
        return True
    if fact.kind == "number":
        # "30" where the source says "30 days" adds nothing; "30 hours" would.
        return not fact.unit and any(other.value == fact.value for other in held if other.kind == "number")
    return fact.value in everything


def _objection(fact: Fact) -> str:
    return f"{fact.kind} {fact.value}{f' {fact.unit}' if fact.unit else ''} is in no source"
