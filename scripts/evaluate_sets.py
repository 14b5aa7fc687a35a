"""Measures retrieval on public labelled sets: a table for README.md, with commit, models and date, and a plot.

    python -m scripts.evaluate_sets FOLDER [--only SET …] [--part dev] [--embedder NAME] [--plot FILE] [--json]

FOLDER holds NAME.knowledge.PART.jsonl and NAME.queries.PART.jsonl in the shapes of `knowledge/labelled.py`; a set
that is not there is named and left out. Every question goes through the real builder, search and judge. Where some
are unknown the snapshot is calibrated on its own entries, as by a build, for the default promise and for that of 5 %;
only where a figure asks for a point of operation ("in-domain unknowns caught while 75 % of what is known is still
answered rightly") it is found on one half of the queries, and the figure is of the other. Vectors are kept in the
user's cache. The plot is an SVG: how many questions are answered, and how many of the answers are right.
"""

import argparse
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from bot.answering.answerer import Policy
from bot.commands.building import calibrating
from bot.commands.evaluating import rankings
from bot.settings import Settings
from knowledge.embedders.base import Embedder
from knowledge.embedders.choice import choose_default
from knowledge.evaluation import Ranking, retrieval_figures, threshold_for
from knowledge.labelled import read_labelled
from scripts.coverage_plot import plotted, points
from scripts.kept_vectors import kept

ROOT = Path(__file__).parent.parent
KNOWN_ANSWERED = 0.75
STRICT = 0.05


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure of a set, and what it should reach, or `at_most` be."""

    dataset: str
    figure: str
    goal: float
    at_most: bool = False


GOALS = (
    Goal("banking77", "top1", 0.84),
    Goal("clinc150", "top1", 0.90),
    Goal("clinc150", "oos_auroc", 0.97),
    Goal("clinc150", "wrong_at_5", 0.07, at_most=True),
    Goal("hwu64", "top1", 0.82),
    Goal("natcs", "top1", 0.955),
    Goal("hint3", "overall_accuracy", 0.76),
    Goal("hint3", "wrong_at_5", 0.07, at_most=True),
    Goal("banking77_oos", "oos_recall_in_domain", 0.65),
    Goal("banking77_oos", "wrong_at_5", 0.07, at_most=True),
    Goal("faq_dstc", "top1", 0.55),
    Goal("faq_dstc", "r_at_5", 0.85),
    Goal("gqa_doc2dial", "top1", 0.50),
    Goal("gqa_doc2dial", "r_at_5", 0.86),
    Goal("retr_zh_cmrc", "top1", 0.985),
)
AT_POINT = frozenset({"banking77_oos"})
"""Sets whose threshold is the one that answers `KNOWN_ANSWERED` of what is known rightly."""
PROMISED = frozenset(goal.dataset for goal in GOALS if goal.figure == "wrong_at_5")
"""Sets that are calibrated."""


def measure(dataset: str, folder: Path, part: str, embedder: str) -> dict[str, Any]:
    """The figures of a set, and its `points`. OSError or CorpusError when it is not whole."""
    wards = read_labelled(*(folder / f"{dataset}.{kind}.{part}.jsonl" for kind in ("knowledge", "queries")))
    model = opened(embedder or choose_default([entry for ward in wards for entry in ward.entries]))

    def asked(promised: float | None) -> list[Ranking]:
        calibrate = calibrating(promised, quietly) if promised else None
        return rankings(wards, model, context=True, progress=quietly, calibrate=calibrate)

    found = asked(Settings().wrong_answers if dataset in PROMISED else None)
    told: dict[str, Any] = {"set": dataset, "embedder": model.name, "points": points(found)}
    if dataset in PROMISED:
        told |= _strictly(retrieval_figures(asked(STRICT), Policy().threshold))
    threshold = Policy().threshold
    if dataset in AT_POINT:
        chosen, found = halves(found)
        threshold = threshold_for(chosen, KNOWN_ANSWERED)
        found = [replace(ranking, least=None) for ranking in found]
    return retrieval_figures(found, threshold) | told


def _strictly(figures: dict[str, Any]) -> dict[str, Any]:
    """What is told of the strict promise; None where the set has no unknowns."""
    names = {"wrong": "wrong_at_5", "in_scope_accuracy": "right_at_5", "threshold": "threshold_at_5"}
    return {new + end: figures.get(old + end) for old, new in names.items() for end in ("", "_ci")}


def quietly(done: int, total: int) -> None:
    """Nobody watches."""


@cache
def opened(name: str) -> Embedder:
    """The embedder of this name, loaded once; what it gives is kept."""
    return kept(name)


def halves(found: Sequence[Ranking]) -> tuple[list[Ranking], list[Ranking]]:
    """Two halves by the digests of the queries' ids."""
    both: tuple[list[Ranking], list[Ranking]] = ([], [])
    for ranking in found:
        both[hashlib.sha256(ranking.id.encode()).digest()[0] % 2].append(ranking)
    return both


def table(results: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The rows of the table in Markdown."""
    yield "| set | questions | figure | value | 95 % interval | goal |"
    yield "|---|---|---|---|---|---|"
    for result in results:
        for goal in (goal for goal in GOALS if goal.dataset == result["set"]):
            value, interval = result.get(goal.figure), result.get(f"{goal.figure}_ci")
            shown = f"{value:.3f}" if value is not None else "–"
            between = f"{interval[0]:.3f} to {interval[1]:.3f}" if interval else "–"
            aim = f"{'≤ ' if goal.at_most else ''}{goal.goal:g}"
            yield f"| {goal.dataset} | {result['n']} | {goal.figure} | {shown} | {between} | {aim} |"


def commit() -> str:
    """The commit that is measured, with a "+" where files differ from it."""
    try:
        asked = ["git", "describe", "--always", "--abbrev=10", "--exclude=*", "--dirty=+"]
        return subprocess.run(asked, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="+", choices=list(dict.fromkeys(goal.dataset for goal in GOALS)))
    parser.add_argument("--part", default="dev", help="which part of each set: dev, held")
    parser.add_argument("--embedder", default="", help="for every set; else as of a build")
    parser.add_argument("--plot", type=Path, help="draw here how many questions are answered, and how many rightly")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args(arguments)
    if not wanted.folder.is_dir():
        sys.exit(f"{wanted.folder}: NOTHING MEASURED: there is no such folder of labelled sets")
    results = []
    for dataset in wanted.only or dict.fromkeys(goal.dataset for goal in GOALS):
        if not (wanted.folder / f"{dataset}.queries.{wanted.part}.jsonl").exists():
            sys.stderr.write(f"NOT MEASURED: {dataset}: it is not in {wanted.folder}\n")
            continue
        sys.stderr.write(f"measuring {dataset}\n")
        results.append(measure(dataset, wanted.folder, wanted.part, wanted.embedder))
    if not results:
        sys.exit(f"{wanted.folder}: NOTHING MEASURED: none of the sets is there")
    curves = {result["set"]: result.pop("points") for result in results}
    if wanted.plot:
        wanted.plot.write_text(plotted(curves), "utf-8")
    models = " and ".join(sorted({result["embedder"] for result in results}))
    about = {"commit": commit(), "date": datetime.now(UTC).date().isoformat(), "part": wanted.part, "models": models}
    if wanted.json:
        print(json.dumps(about | {"sets": results}))
        return
    print(f"Commit {about['commit']}, {about['date']}, part {about['part']}, embedders {models}.\n")
    print("\n".join(table(results)))


if __name__ == "__main__":
    main()
