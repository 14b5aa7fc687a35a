"""Finds what answers the parts of questions. Knows how a part is looked up and judged; writes no text."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from weakref import WeakKeyDictionary

from bot.answering.decide import Finding, judge
from bot.answering.question import Part
from bot.answering.trace import current
from bot.reading.noise import without_noise
from bot.reading.spelling import Spelling
from knowledge.calibration.calibration import Calibration
from knowledge.confidence import SLACK, Weights
from knowledge.filters import EVERYTHING, Filter
from knowledge.retriever import Retriever


@dataclass(frozen=True, slots=True)
class Search:
    """How entries are looked up: `k` for each query; `language_slack`, `weights` and `known` as of `decide`."""

    k: int = 8
    language_slack: float = SLACK
    weights: Weights = field(default_factory=Weights)
    known: Weights | None = None

    def by(self, calibration: Calibration) -> "Search":
        """The same with the weights of a calibration."""
        return replace(self, weights=calibration.weights, known=calibration.known)


def find(
    retriever: Retriever, asked: Sequence[tuple[Part, str]], search: Search, within: Filter = EVERYTHING
) -> list[Finding]:
    """The finding of each part, all of them looked up at once; with a part comes the language it is asked in.

    Nothing but what `within` admits is in it.
    """
    spelling = _spelling_of(retriever)
    lookups = [_mended(part.lookups(retriever.all_about_subjects), spelling) for part, _ in asked]
    queries = [query for own in lookups for query in own]
    before = [part.before for (part, _), own in zip(asked, lookups, strict=True) for _ in own]
    if trace := current():
        for (part, _), own in zip(asked, lookups, strict=True):
            trace.looked_up(part.text, own, part.before)
    hits = iter(retriever.retrieve(queries, search.k, before, within))
    return [
        judge(part, [next(hits) for _ in own], search.weights, language, search.language_slack, search.known)
        for (part, language), own in zip(asked, lookups, strict=True)
    ]


_spellings: WeakKeyDictionary[Retriever, Spelling] = WeakKeyDictionary()


def _spelling_of(retriever: Retriever) -> Spelling:
    """How the words of all entries are spelt; found out once."""
    if retriever not in _spellings:
        entries = retriever.entries
        _spellings[retriever] = Spelling(" ".join((e.question, e.title, *e.similar, e.answer)) for e in entries)
    return _spellings[retriever]


def _mended(queries: Sequence[str], spelling: Spelling) -> tuple[str, ...]:
    """The queries and, where one has slips, the first such one without them."""
    mended = next((right for query in queries if (right := spelling.mended(query)) != query), None)
    return tuple(queries) if mended is None else (*queries, without_noise(mended))
