"""Compares generators on the tune half of the question bank: what they write against what is quoted.

    scripts/compare_models [MODEL …] [--most 24] [--knowledge FOLDER] [--bank FILE] [--json]

MODEL is whatever KEFU_GENERATOR may be; without any, the catalogue's generators that are here already. Every one of
them writes every answer and the check withholds what it must, as with KEFU_COMPOSE=always; a busy machine is met with
patience. Prints a Markdown table with n, and the seconds to the first checked sentence and to the whole answer.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from bot.answering.answer import Mode
from bot.app import open_brain
from bot.commands.building import build_knowledge, sample_sources
from bot.commands.trusting import comparing
from bot.evaluation.bank import read_bank
from bot.evaluation.trusting import Compared, bank_trials, measure
from bot.models.ready import list_models
from bot.settings import Settings
from knowledge.retriever import Retriever
from knowledge.snapshot.reader import open_current

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Row:
    """What one generator did with `n` questions. Seconds are medians over the drafts that were sent."""

    model: str
    n: int
    quoted: int
    generated: int
    drafts: int
    drafts_right: int
    first: float | None
    whole: float | None

    @classmethod
    def of(cls, model: str, compared: Sequence[Compared]) -> "Row":
        """The row that these comparisons come to."""
        sent = [one for one in compared if one.generated.mode is Mode.GENERATED]
        first = [one.generated.seconds["first_sentence"] for one in sent]
        whole = [one.generated.seconds["generate"] for one in sent]
        return cls(
            model,
            len(compared),
            sum(one.quoted_right for one in compared),
            sum(one.generated_right for one in compared),
            len(sent),
            sum(one.generated_right for one in sent),
            median(first) if first else None,
            median(whole) if whole else None,
        )

    def line(self) -> str:
        """The row of a Markdown table."""
        seconds = (f"{value:.1f}" if value is not None else "–" for value in (self.first, self.whole))
        counts = (self.n, self.quoted, self.generated, self.drafts, self.drafts_right)
        return f"| {self.model} | {' | '.join(map(str, counts))} | {self.n - self.drafts} | {' | '.join(seconds)} |"


HEAD = """\
| generator | n | right, quoted | right, with it | drafts sent | of them right | silent | s to first | s whole |
|---|---|---|---|---|---|---|---|---|"""


def rows(models: Sequence[str], knowledge: Path, bank: Path, most: int) -> Iterator[Row]:
    """A row for each generator, over the snapshot in `knowledge`."""
    cases = [case for case in read_bank(bank) if case.split in {"", "tune"}]
    for model in models:
        brain = open_brain(Settings(generator=model), knowledge)
        try:
            brain.warm()
            comparison = comparing(brain, Retriever(open_current(knowledge), brain.embedder))
            compared = list(measure(comparison, bank_trials(cases), most))
            assert brain.generator
            yield Row.of(brain.generator.name, compared)
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
