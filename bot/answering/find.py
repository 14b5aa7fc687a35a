"""Finds what answers the parts of questions. Knows how a part is looked up and judged; writes no text."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from weakref import WeakKeyDictionary

from bot.answering.decide import Finding, judge
from bot.answering.question import Part
from bot.answering.trace import current
from bot.reading.homophones import Homophones
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
    spellings = _spellings_of(retriever)
    lookups = [_mended(part.lookups(retriever.all_about_subjects), spellings) for part, _ in asked]
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


_Spellings = tuple[Spelling, Homophones]

_spellings: WeakKeyDictionary[Retriever, _Spellings] = WeakKeyDictionary()


def _spellings_of(retriever: Retriever) -> _Spellings:
    """How the words of all entries are spelt, by letters and by sound; found out once."""
    if retriever not in _spellings:
        texts = ["\n".join((e.question, e.title, *e.similar, e.answer)) for e in retriever.entries]
        _spellings[retriever] = Spelling(texts), Homophones(texts)
    return _spellings[retriever]


def _mended(queries: Sequence[str], spellings: _Spellings) -> tuple[str, ...]:
    """The queries and, where one has slips, the first such one without them."""
    letters, sounds = spellings
    rights = ((query, sounds.mended(letters.mended(query))) for query in queries)
    mended = next((right for query, right in rights if right != query), None)
    return tuple(queries) if mended is None else (*queries, without_noise(mended))
