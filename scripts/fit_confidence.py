"""Fits `knowledge.confidence.Weights`: how sure may one be that the first hit's entry answers the question?

    python scripts/fit_confidence.py FOLDER [--embedder e5-small minilm] [--queries 400] [--seed 0] [--json]

FOLDER holds NAME.knowledge.dev.jsonl and NAME.queries.dev.jsonl of these sets, or of some: `banking77_oos` (CC BY),
`clinc150` (CC BY) and `hint3` (ODbL; one bot) with {id, intent, title, utterances} and {text, label}, where "oos"
means that no entry answers; `faq_dstc` (Apache-2.0) with {id, domain, entity, question, answer} and {src, query,
knowledge_seeking, gold, domain, entity}, each query asked with its entry and without. The tune half of
tests/data/bank.jsonl comes in besides, but not with MiniLM, which reads English alone. Each set's right hits, and
its wrong ones, weigh the same. The figures of a set are by weights fitted without it, the weights at the end by all.
"""

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, astuple, dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.answering.answer import CUSTOMER, PastTurn, Question
from bot.answering.find import Search, find
from bot.answering.question import Part, parts
from bot.app import open_embedder
from bot.settings import Settings
from knowledge.calibration.fit import fit as likeliest
from knowledge.calibration.fit import probabilities
from knowledge.confidence import Features, Weights, features
from knowledge.corpus.entry import PATH, Entry
from knowledge.corpus.load import load_sources
from knowledge.embedders.base import Embedder
from knowledge.embedders.remembering import RememberingEmbedder
from knowledge.retriever import Retriever
from knowledge.snapshot.builder import build

ROOT = Path(__file__).parent.parent
BANK, DIALOGUES, INTENTS = "bank", "faq_dstc", ("banking77_oos", "clinc150", "hint3")
ENGLISH_ONLY = {"minilm"}  # the bank asks in five languages
FEWEST_ENTRIES = 8  # of an entity: among fewer the margin to a rival says nothing
THRESHOLDS = (0.25, 0.35, 0.5, 0.65)
HELD = 1e6  # of weights that are not fitted here: what sets in one language, or all together, cannot tell
L2 = 1 / 3000  # of the mean loss: a fixed sum would hold a small sample's weights nearer to 0

Row = dict[str, Any]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked up among which entries; `gold` names those that answer, by id or `file#Heading`."""

    part: Part
    entries: tuple[Entry, ...]
    gold: frozenset[str]
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Case:
    """A query's first hit, what `knowledge.confidence` reads from it, and whether its entry is the `right` one."""

    embedder: str
    dataset: str
    features: Features
    right: bool
    answerable: bool


def ask(asked: Sequence[Asked], embedder: str, model: Embedder, dataset: str) -> Iterator[Case]:
    """The case of each query that finds anything, by the real builder, retriever and judge."""
    search = Search()
    for entries, group in groupby(asked, key=lambda query: query.entries):
        queries = list(group)
        with tempfile.TemporaryDirectory() as folder:  # an open snapshot is all in memory
            retriever = Retriever(build(entries, [], model, Path(folder)), model)
        findings = find(retriever, [(query.part, query.language) for query in queries], search)
        for query, found in zip(queries, (finding.hits for finding in findings), strict=True):
            if found:
                first = found[0].entry
                right = not query.gold.isdisjoint({first.id, f"{first.place.source}#{first.title.split(PATH)[-1]}"})
                yield Case(embedder, dataset, features(found, query.language), right, bool(query.gold))


def intents(knowledge: Sequence[Row], queries: Sequence[Row]) -> Iterator[Asked]:
    """Queries to a set of intents. It states no answers, so that the intents' titles stand for them."""
    entries = tuple(
        Entry(row["id"], row["title"], question, tuple(similar), row["title"], language="en")
        for row in knowledge
        for question, *similar in [row["utterances"]]
    )
    for query in queries:
        gold = frozenset(row["id"] for row in knowledge if row["intent"] == query["label"])
        yield Asked(Part(query["text"], (query["text"],)), entries, gold)


def dialogues(knowledge: Sequence[Row], queries: Sequence[Row]) -> Iterator[Asked]:
    """Queries to entities, each with its entry and without it; what a speech recogniser heard is left out."""
    for query in queries:
        own = [row for row in knowledge if (row["domain"], row["entity"]) == (query["domain"], query["entity"])]
        if query["knowledge_seeking"] and query["src"] != "dstc10-asr" and len(own) >= FEWEST_ENTRIES:
            gold = frozenset(query["gold"])
            entries = tuple(Entry(row["id"], row["answer"], row["question"], language="en") for row in own)
            part = Part(query["query"], (query["query"],))
            yield Asked(part, entries, gold)
            yield Asked(part, tuple(entry for entry in entries if entry.id not in gold), frozenset())


def bank() -> Iterator[Asked]:
    """The tune half of the project's own questions."""
    entries = tuple(load_sources([ROOT / "knowledge" / "sample" / "faq"]))
    for row in read_rows(ROOT / "tests" / "data" / "bank.jsonl"):
        if row["split"] == "tune" and row["expect"] in {"answer", "refuse"}:
            history = tuple(PastTurn(CUSTOMER, turn) for turn in row["turns"][:-1])
            part = parts(Question(row["turns"][-1], history))[0]
            yield Asked(part, entries, frozenset(row["entries"]), row["language"])


def read_rows(path: Path) -> list[Row]:
    """The objects of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def read_set(dataset: str, folder: Path, most: int, seed: int) -> Iterator[Asked]:
    """At most `most` queries of a set, by chance. FileNotFoundError when it is not in `folder`."""
    if dataset == BANK:
        return bank()
    knowledge, queries = (read_rows(folder / f"{dataset}.{kind}.dev.jsonl") for kind in ("knowledge", "queries"))
    random.Random(seed).shuffle(queries)
    return islice((dialogues if dataset == DIALOGUES else intents)(knowledge, queries), most)


def gather(embedder: str, folder: Path, most: int, seed: int) -> Iterator[Case]:
    """The cases of all sets with one embedder; a set that is not there is named on stderr."""
    model = RememberingEmbedder(open_embedder(Settings(), embedder))
    for dataset in (DIALOGUES, *INTENTS) if embedder in ENGLISH_ONLY else (BANK, DIALOGUES, *INTENTS):
        try:
            cases = list(ask(list(read_set(dataset, folder, most, seed)), embedder, model, dataset))
            sys.stderr.write(f"{embedder}, {dataset}: {len(cases)} cases\n")
            yield from cases
        except FileNotFoundError as error:
            sys.stderr.write(f"SKIPPED: {embedder}, {dataset}: there is no {error.filename}\n")


def fit(cases: Sequence[Case], l2: float = L2) -> Weights:
    """The likeliest weights but for those beyond the margin, which stay as they are.

    ValueError unless some cases are right and some are wrong.
    """
    right = np.array([case.right for case in cases])
    if not 0 < right.sum() < len(right):
        raise ValueError("right and wrong cases are both needed: take more queries or more sets")
    inputs, importance = np.array([(1.0, *case.features) for case in cases]), balanced(cases)  # (n, d), (n,)
    held = astuple(Weights())[4:]
    prior = np.array([0.0, 0.0, 0.0, 0.0, *held])
    precision = np.array([0.0, l2, l2, l2, *(HELD for _ in held)])
    return Weights(*likeliest(inputs, right, importance, prior, precision).tolist())


def balanced(cases: Sequence[Case]) -> Floats:
    """The importance of each case, shape (n,), 1 in all: equal sums for each embedder, set and label."""
    groups = [(case.embedder, case.dataset, case.right) for case in cases]
    size = Counter(groups)
    return np.array([1 / len(size) / size[group] for group in groups])


def confidences(cases: Sequence[Case], weights: Weights) -> Floats:
    """What `knowledge.confidence.confidence` says of the cases with `weights`, shape (n,)."""
    inputs = np.array([(1.0, *case.features) for case in cases])
    return probabilities(inputs, np.array(astuple(weights)))


def auroc(sure: Floats, right: NDArray[np.bool_]) -> float | None:
    """How often a right case is surer than a wrong one, ties counting half; None unless there are both."""
    ahead = sure[right][:, None] - sure[~right]
    return float(np.mean((ahead > 0) + 0.5 * (ahead == 0))) if ahead.size else None


def shares(cases: Sequence[Case], sure: Floats, threshold: float) -> dict[str, float | None]:
    """Of answerable queries the shares answered right and wrong, of the others the share answered; None of none."""
    right, answerable = np.array([(case.right, case.answerable) for case in cases]).T
    known, unknown = sure[answerable] >= threshold, sure[~answerable] >= threshold
    groups = {"right": known & right[answerable], "wrong": known & ~right[answerable], "unknown": unknown}
    return {name: float(group.mean()) if group.size else None for name, group in groups.items()}


def left_out(cases: Sequence[Case]) -> Iterator[Row]:
    """The figures of each embedder and set, with weights fitted on all other sets."""
    for embedder, dataset in sorted({(case.embedder, case.dataset) for case in cases}):
        others = [case for case in cases if case.dataset != dataset]
        own = [case for case in cases if (case.embedder, case.dataset) == (embedder, dataset)]
        sure, right = confidences(own, fit(others)), np.array([case.right for case in own])
        at = {str(threshold): shares(own, sure, threshold) for threshold in THRESHOLDS}
        yield {"embedder": embedder, "set": dataset, "n": len(own), "auroc": auroc(sure, right), "answered": at}


def report(figures: Sequence[Row], weights: Weights) -> Iterator[str]:
    """The lines for people."""
    yield f"embedder, set, n, AUROC; right, wrong and unknown answered at {', '.join(map(str, THRESHOLDS))}"
    for row in figures:
        numbers = [row["auroc"], *(share for at in row["answered"].values() for share in at.values())]
        shown = "".join("     -" if number is None else f"{number:6.2f}" for number in numbers)
        yield f"{row['embedder']:9} {row['set']:14}{row['n']:5}{shown}"
    yield "weights fitted on all: " + ", ".join(f"{name} {value:.2f}" for name, value in asdict(weights).items())


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--embedder", nargs="+", default=["e5-small", "minilm"])
    parser.add_argument("--queries", type=int, default=400, help="most cases of each set in FOLDER")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args(arguments)
    cases = [case for name in wanted.embedder for case in gather(name, wanted.folder, wanted.queries, wanted.seed)]
    try:
        figures, weights = list(left_out(cases)), fit(cases)
    except ValueError as error:
        sys.exit(f"{wanted.folder}: {error}")
    as_json = json.dumps({"sets": figures, "weights": asdict(weights)})
    print(as_json if wanted.json else "\n".join(report(figures, weights)))


if __name__ == "__main__":
    main()
