"""Finds what answers the parts of questions. Knows how a part is looked up and judged; writes no text."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.answering.decide import Finding, Weights, judge
from bot.answering.question import Part
from knowledge.retriever import Retriever


@dataclass(frozen=True, slots=True)
class Search:
    """How entries are looked up: `k` for each query; `language_slack` and `weights` as of `decide`."""

    k: int = 8
    language_slack: float = 0.5
    weights: Weights = field(default_factory=Weights)


def find(retriever: Retriever, asked: Sequence[tuple[Part, str]], search: Search) -> list[Finding]:
    """The finding of each part, all of them looked up at once; with a part comes the language it is asked in."""
    queries = [query for part, _ in asked for query in part.queries]
    before = [part.before for part, _ in asked for _ in part.queries]
    hits = iter(retriever.retrieve(queries, search.k, before))
    return [
        judge(part, [next(hits) for _ in part.queries], search.weights, language, search.language_slack)
        for part, language in asked
    ]
