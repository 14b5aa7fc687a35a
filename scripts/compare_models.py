"""Compares generators on the tune half of the question bank: what they write against what is quoted.

    scripts/compare_models [MODEL …] [--most 24] [--knowledge FOLDER] [--bank FILE] [--json]

MODEL is whatever KEFU_GENERATOR may be; without any, the catalogue's generators that are here already. Every one of
them writes every answer and the check withholds what it must, as with KEFU_COMPOSE=always; a busy machine is met with
patience. Asked are questions that quoting answers, so that right and wrong are all; prints a Markdown table.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from bot.answering.answer import Answer, Mode
from bot.app import open_brain
from bot.commands.building import build_knowledge, sample_sources
from bot.commands.trusting import comparing
from bot.evaluation.bank import read_bank
from bot.evaluation.trusting import Compared, bank_trials, measure
from bot.models.ready import list_models
from bot.settings import Settings
from knowledge.retriever import Retriever
from knowledge.snapshot.reader import open_current
from scripts.asked_apart import shares

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Row:
    """How `n` questions were answered. Seconds are of the whole answer, megabytes of the process.

    `drafts` passed the check and were sent, `drafts_right` of them hold the facts; in place of the others, which were
    withheld, the entry was quoted.
    """

    model: str
    n: int
    right: int
    drafts: int
    drafts_right: int
    middle: float
    slow: float
    megabytes: int

    @classmethod
    def quoting(cls, compared: Sequence[Compared], megabytes: int) -> "Row":
        """The row of answers that are quoted."""
        right = sum(one.quoted_right for one in compared)
        return cls("quoting", len(compared), right, 0, 0, *_spread([one.quoted for one in compared]), megabytes)

    @classmethod
    def of(cls, model: str, compared: Sequence[Compared], megabytes: int) -> "Row":
        """The row of answers that the generator writes where it may."""
        sent = [one for one in compared if one.generated.mode is Mode.GENERATED]
        return cls(
            model,
            len(compared),
            sum(one.generated_right for one in compared),
            len(sent),
            sum(one.generated_right for one in sent),
            *_spread([one.generated for one in compared]),
            megabytes,
        )

    def line(self) -> str:
        """The row of a Markdown table."""
        interval: Any = shares(self.right, self.n)["ci"] or (0.0, 0.0)
        right = f"{self.right} ({interval[0]:.2f}–{interval[1]:.2f}) | {self.n - self.right}"
        drafts = f"{self.drafts} | {self.drafts_right} | {self.n - self.drafts}" if self.drafts else "– | – | –"
        seconds = f"{self.middle:.2f} | {self.slow:.2f}"
        return f"| {self.model} | {self.n} | {right} | {drafts} | {seconds} | {self.megabytes} |"


HEAD = """\
| answers | n | right (95 %) | wrong | drafts sent | of them right | withheld | s p50 | s p95 | MB |
|---|---|---|---|---|---|---|---|---|---|"""


def _spread(answers: Sequence[Answer]) -> tuple[float, float]:
    """The middle of the seconds that answers took, and what only one in twenty exceeds."""
    seconds = sorted(answer.seconds["total"] for answer in answers)
    return (median(seconds), seconds[min(len(seconds) - 1, int(0.95 * len(seconds)))]) if seconds else (0.0, 0.0)


def rows(models: Sequence[str], knowledge: Path, bank: Path, most: int) -> Iterator[Row]:
    """A row for quoting and one for each generator, over the snapshot in `knowledge`."""
    process = psutil.Process()
    told = False
    cases = [case for case in read_bank(bank) if case.split in {"", "tune"}]
    for model in models:
        brain = open_brain(Settings(generator=model), knowledge)
        try:
            brain.warm()
            comparison = comparing(brain, Retriever(open_current(knowledge), brain.embedder))
            compared = list(measure(comparison, bank_trials(cases), most))
            assert brain.generator
            megabytes = process.memory_info().rss >> 20
            if not told:
                yield Row.quoting(compared, megabytes)
                told = True
            yield Row.of(brain.generator.name, compared, megabytes)
        finally:
            brain.close()


def here() -> list[str]:
    """The catalogue's generators that are ready on this machine."""
    listed = list_models(Settings().models_dir)
    return [one.model.key for one in listed if one.ready and one.model.kind == "generator"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", metavar="MODEL")
    parser.add_argument("--most", type=int, default=24)
    parser.add_argument("--knowledge", type=Path)
    parser.add_argument("--bank", type=Path, default=ROOT / "tests/data/bank.jsonl")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    models = wanted.models or here()
    if not models:
        sys.exit("no generator is here: name one, or `kefu models pull qwen-0.5b`")
    with tempfile.TemporaryDirectory(prefix="kefu-") as folder:
        knowledge = wanted.knowledge or Path(folder)
        if not wanted.knowledge:
            build_knowledge(Settings(), [sample_sources()], knowledge)
        if not wanted.json:
            print(HEAD)
        for row in rows(models, knowledge, wanted.bank, wanted.most):
            print(json.dumps(asdict(row)) if wanted.json else row.line(), flush=True)


if __name__ == "__main__":
    main()
