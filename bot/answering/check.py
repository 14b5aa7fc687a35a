"""Decides whether a drafted sentence may leave. Knows the sources' texts; knows no model, customer or channel.

A sentence passes when every hard fact in it occurs in its sources, when it is near enough to one of their
sentences, and when it leaves out no number of that one: "it is free" is false where the source says "from 60 €".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.answering.facts import Fact, facts
from knowledge.corpus.entry import Entry

# German capitalises every noun and Chinese none: there capitals say nothing about names.
_CAPITALS_MEAN_NOTHING = frozenset({"de", "zh", "ja", "ko"})

Support = Callable[[str, str], tuple[float, str]]
"""(sentence, source) → how well the source supports the sentence, 0 to 1, and the sentence of it that does."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check found. `source` is the index of the entry that supports it; no `objections` is a pass."""

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
    sentence: str, entries: Sequence[Entry], support: Support, needed: float, language: str = "en"
) -> Verdict:
    """Judge one sentence against the entries it may rest on; `needed` is the least support, 0 to 1.

    Facts may stand anywhere in an entry; support comes from its answer alone, for a title says nothing.
    """
    sources = [source_text(entry) for entry in entries]
    held = frozenset[Fact]().union(*(facts(source) for source in sources))
    stated = facts(sentence, names=language not in _CAPITALS_MEAN_NOTHING)
    everything = "\n".join(sources).lower()
    objections = [_objection(fact) for fact in stated if not _holds(fact, held, everything)]
    supports = [support(sentence, entry.answer) for entry in entries] or [(0.0, "")]
    best = max(range(len(supports)), key=lambda index: supports[index][0])
    value, span = supports[best]
    if value < needed:
        objections.append(f"support {value:.2f} is under {needed:.2f}")
    said = {fact.value for fact in stated}
    objections += [
        f"leaves out {_spelled(fact)}" for fact in facts(span) if fact.kind == "number" and fact.value not in said
    ]
    return Verdict(value, best, tuple(sorted(objections)))


def _holds(fact: Fact, held: frozenset[Fact], everything: str) -> bool:
    if fact in held:
        return True
    if fact.kind == "number":
        # "30" where the source says "30 days" adds nothing; "30 hours" would.
        return not fact.unit and any(other.value == fact.value for other in held if other.kind == "number")
    return fact.value in everything


def _objection(fact: Fact) -> str:
    return f"{fact.kind} {_spelled(fact)} is in no source"


def _spelled(fact: Fact) -> str:
    return f"{fact.value} {fact.unit}".strip()
