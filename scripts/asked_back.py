"""Would it pay to ask which of several entries is meant? Counts on the tune half of the question bank.

    python -m scripts.asked_back [--embedder e5-small] [--threshold 0.35]

For each margin and closeness of `bot.answering.clarify.Doubt`: of the questions that are sure enough to be answered,
how many right and wrong answers would become a question back; of those that are refused, how many would get a choice,
and how often it holds an entry that answers; and of the questions that nobody can answer, how many would get one.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.answering.clarify import Doubt, choices
from bot.answering.find import Search, find
from bot.app import open_embedder
from bot.settings import Settings
from knowledge.corpus.entry import PATH, Entry
from knowledge.hits import Hit
from knowledge.retriever import Retriever
from knowledge.snapshot.builder import build
from scripts.fit_confidence import Asked, bank

MARGINS, CLOSENESS = (0.02, 0.05, 0.1, 0.2), (0.0, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Case:
    """What was found for a question of the bank; `gold` is empty when nobody can answer it."""

    hits: tuple[Hit, ...]
    sure: bool
    language: str
    gold: frozenset[str]

    def holds(self, hits: Sequence[Hit]) -> bool:
        """Whether one of the hits answers."""
        return any(not self.gold.isdisjoint(_names(hit.entry)) for hit in hits)


def _names(entry: Entry) -> set[str]:
    return {entry.id, f"{entry.place.source}#{entry.title.split(PATH)[-1]}"}


def ask(asked: Sequence[Asked], embedder: str, threshold: float) -> Iterator[Case]:
    """The case of every question that finds anything."""
    model = open_embedder(Settings(), embedder)
    with tempfile.TemporaryDirectory() as folder:  # an open snapshot is all in memory
        retriever = Retriever(build(asked[0].entries, [], model, Path(folder)), model)
    findings = find(retriever, [(query.part, query.language) for query in asked], Search())
    for query, found in zip(asked, findings, strict=True):
        if found.hits:
            yield Case(found.hits, found.confidence >= threshold, query.language, query.gold)


def row(cases: Sequence[Case], doubt: Doubt) -> str:
    """The counts of one setting, as a row of a table."""
    back = [(case, offered) for case in cases if (offered := choices(case.hits, case.language, doubt))]
    answered = [case.holds(case.hits[:1]) for case, _ in back if case.sure and case.gold]
    refused = [case.holds(offered) for case, offered in back if not case.sure and case.gold]
    unknown = [case.sure for case, _ in back if not case.gold]
    counts = (sum(answered), len(answered) - sum(answered), sum(refused), len(refused), unknown.count(False))
    return f"| {doubt.margin} | {doubt.closeness} | " + " | ".join(map(str, counts)) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--embedder", default="e5-small")
    parser.add_argument("--threshold", type=float, default=0.35)
    wanted = parser.parse_args()
    cases = list(ask(list(bank()), wanted.embedder, wanted.threshold))
    known, unknown = [case for case in cases if case.gold], [case for case in cases if not case.gold]
    right = sum(case.sure and case.holds(case.hits[:1]) for case in known)
    sure = sum(case.sure for case in known)
    print(
        f"n {len(cases)}: known {len(known)}, of them answered {sure} ({right} right), refused {len(known) - sure};"
    )
    print(f"unknown {len(unknown)}, of them refused {sum(not case.sure for case in unknown)}\n")
    print("| margin | closeness | right lost | wrong avoided | refused: choice holds it | of | unknown asked |")
    print("|---|---|---|---|---|---|---|")
    for margin in MARGINS:
        for closeness in CLOSENESS:
            print(row(cases, Doubt(margin, closeness)))


if __name__ == "__main__":
    main()
