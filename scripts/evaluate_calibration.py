"""Measures what a calibration promises against what is seen, as if each labelled set were an owner's knowledge.

    python -m scripts.evaluate_calibration FOLDER [--only hint3 …] [--part dev] [--wrong 0.05 0.1] [--most 1000]

Each set of FOLDER (see `scripts.evaluate_sets`) is built and calibrated on its entries alone, then its labelled
questions are asked. "bank" is the sample knowledge with the tune half of tests/data/bank.jsonl; "halves" are the
trials of the sample's own entries, each half judged by the threshold of the other. For each promise, and for the
common threshold, one JSON line tells `n`, how many were answered, the share of the known that was answered rightly
and the share of the answers that was wrong, with Wilson's 95 % interval; of the halves also weighed as a calibration
weighs. `cpu_seconds` are those of the trials, without the embedding of the background and of the entries.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

import numpy as np

from bot.answering.answerer import Policy
from bot.answering.find import Search, find
from bot.answering.question import Part
from knowledge.calibration.calibrate import calibration_of, importances
from knowledge.calibration.fit import Bools, Floats, probabilities
from knowledge.calibration.promise import upper_bound
from knowledge.calibration.trials import Kind, Trial, Trials
from knowledge.confidence import Weights
from knowledge.corpus.entry import PATH
from knowledge.corpus.load import load_sources
from knowledge.embedders.choice import choose_default
from knowledge.embedders.remembering import RememberingEmbedder
from knowledge.evaluation import auroc
from knowledge.labelled import Query, Ward, read_labelled
from knowledge.language import detect
from knowledge.retriever import Retriever
from knowledge.snapshot.builder import build
from scripts.kept_vectors import kept

ROOT = Path(__file__).parent.parent
SETS = ("hint3", "natcs", "banking77_oos", "clinc150", "banking77", "hwu64")
TWO_SIDED = 1.96
KNOWN_ANSWERED = 0.75
Row = dict[str, Any]


def measured(name: str, ward: Ward, promises: Sequence[float], most: int) -> Iterator[Row]:
    """The figures of a ward at each promise and at the common threshold; nothing where it cannot be calibrated."""
    embedder = RememberingEmbedder(kept(choose_default(ward.entries)))
    with tempfile.TemporaryDirectory() as folder:  # an open snapshot is all in memory
        snapshot = build(ward.entries, [], embedder, Path(folder))
    retriever = Retriever(snapshot, embedder)
    started = time.process_time()
    found = Trials(snapshot.contents, snapshot.manifest.background, embedder).run()
    about = {"set": name, "entries": len(ward.entries), "cpu_seconds": round(time.process_time() - started, 1)}
    queries = [ward.queries[at] for at in np.random.default_rng(0).permutation(len(ward.queries))[:most]]
    if name == "bank":
        yield from halves(found, promises)
    known = np.array([bool(query.gold) for query in queries])
    sure, right = asked(retriever, queries, Weights())
    kinds = np.array([query.kind for query in queries])
    yield (
        about
        | {"promised": None}
        | figures(sure >= Policy().threshold, right, known)
        | told_apart(sure, right, known, kinds)
    )
    for promised in promises:
        calibration = calibration_of(found, promised)
        sure, right = asked(retriever, queries, calibration.weights)
        told = {"promised": promised, "verdict": calibration.verdict, "threshold": round(calibration.threshold, 3)}
        told |= figures(sure >= calibration.threshold, right, known) | told_apart(sure, right, known, kinds)
        yield about | told


def asked(retriever: Retriever, queries: Sequence[Query], weights: Weights) -> tuple[Floats, Bools]:
    """How sure each query's answer is, shape (n,), and whether it is the right one."""
    parts = [(Part(q.text, (q.text,)), detect(q.text, default=retriever.main_language)) for q in queries]
    findings = find(retriever, parts, Search(weights=weights))
    right = [bool(f.hits) and f.best.entry.id in query.gold for f, query in zip(findings, queries, strict=True)]
    return np.array([finding.confidence for finding in findings]), np.array(right)


def halves(found: Sequence[Trial], promises: Sequence[float]) -> Iterator[Row]:
    """Each half of the groups judged by the weights and the threshold of the other, both together."""
    parts = [[trial for at, trial in enumerate(found) if _half(at, trial) == half] for half in (0, 1)]
    for promised in promises:
        answered, right, known, weighed = [], [], [], []
        for own, other in (parts, parts[::-1]):
            calibration = calibration_of(own, promised)
            inputs = np.array([(1.0, *trial.features) for trial in other])
            answered.append(probabilities(inputs, np.array(astuple(calibration.weights))) >= calibration.threshold)
            right.append(np.array([trial.right for trial in other]))
            weighed.append(importances(other))
            known.append(np.array([trial.kind is Kind.KNOWN for trial in other]))
        told = figures(*(np.concatenate(each) for each in (answered, right, known)))
        weights, is_wrong = np.concatenate(weighed), np.concatenate(answered) & ~np.concatenate(right)
        as_asked = float(weights[is_wrong].sum() / max(weights[np.concatenate(answered)].sum(), 1e-9))
        yield {"set": "halves", "promised": promised} | told | {"wrong_as_weighed": round(as_asked, 3)}


def _half(at: int, trial: Trial) -> int:
    return (trial.group if trial.group >= 0 else at) // 2 % 2


def figures(answered: Bools, right: Bools, known: Bools) -> Row:
    """Counts and shares; None is the share of nothing."""
    n, wrong = int(answered.sum()), int((answered & ~right).sum())
    share = wrong / n if n else None
    interval = [1 - upper_bound(1 - wrong / n, n, TWO_SIDED), upper_bound(wrong / n, n, TWO_SIDED)] if n else [0, 1]
    return {
        "n": len(known),
        "known": int(known.sum()),
        "answered": n,
        "right": round(float((answered & right)[known].mean()), 3),
        "unknown_answered": round(float(answered[~known].mean()), 3) if (~known).any() else None,
        "wrong": None if share is None else round(share, 3),
        "wrong_ci": [round(float(end), 3) for end in interval],
    }


def told_apart(sure: Floats, right: Bools, known: Bools, kinds: np.ndarray[Any, Any]) -> Row:
    """How well unknowns are told: AUROC, and the share caught where three quarters of the known are still answered
    rightly, of each kind."""
    if known.all():
        return {}
    caught = {}
    surest = np.sort(sure[known & right])[::-1]
    needed = int(np.ceil(KNOWN_ANSWERED * known.sum()))
    if needed <= len(surest):
        for kind in sorted(set(kinds[~known].tolist())):
            among = ~known & (kinds == kind)
            caught[f"caught_{kind or 'unknown'}"] = round(float((sure[among] < surest[needed - 1]).mean()), 3)
    return {"auroc": round(float(auroc(sure, known, np.ones((1, len(known))))[0]), 4)} | caught


def bank() -> list[Ward]:
    """The sample knowledge with the project's own questions of one turn."""
    entries = tuple(load_sources([ROOT / "knowledge" / "sample" / "faq"]))
    queries = []
    for line in (ROOT / "tests" / "data" / "bank.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["split"] == "tune" and row["expect"] in {"answer", "refuse"} and len(row["turns"]) == 1:
            names = set(row["entries"]) if row["expect"] == "answer" else set()
            gold = {e.id for e in entries if names & {e.id, f"{e.place.source}#{e.title.split(PATH)[-1]}"}}
            queries.append(Query(row["id"], row["turns"][0], frozenset(gold)))
    return [Ward("", entries, tuple(queries))]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="+", choices=["bank", *SETS], default=["bank", *SETS])
    parser.add_argument("--part", default="dev", help="which part of each set: dev, held")
    parser.add_argument("--wrong", nargs="+", type=float, default=[0.05, 0.1, 0.15])
    parser.add_argument("--most", type=int, default=1000, help="most questions of each ward")
    wanted = parser.parse_args(arguments)
    for name in wanted.only:
        files = [wanted.folder / f"{name}.{kind}.{wanted.part}.jsonl" for kind in ("knowledge", "queries")]
        if name != "bank" and not all(file.exists() for file in files):
            sys.stderr.write(f"NOT MEASURED: {name}: it is not in {wanted.folder}\n")
            continue
        for ward in bank() if name == "bank" else read_labelled(*files):
            for row in measured(name, ward, wanted.wrong, wanted.most):
                print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
