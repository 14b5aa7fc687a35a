"""Asks small bodies of knowledge, each with a snapshot of its own, through the product's own answerer."""

import math
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.answering.answerer import Answerer
from bot.app import Brain, open_generator
from bot.commands.building import calibrating
from bot.generators.base import Generator
from bot.manners import examples_of, policy_of
from bot.settings import Settings
from knowledge.calibration.calibration import Calibration
from knowledge.corpus.entry import Entry
from knowledge.corpus.load import tidied
from knowledge.embedders.choice import choose_default
from knowledge.embedders.remembering import RememberingEmbedder
from knowledge.snapshot.builder import build
from knowledge.snapshot.reader import open_current
from scripts.kept_vectors import kept


class Bench:
    """The models of the settings, loaded once; `compose` is "auto" or "always"."""

    def __init__(self, settings: Settings, compose: str = "auto", generator: Generator | None = None) -> None:
        """Load the models, all but a `generator` that is handed in."""
        self.settings = settings.model_copy(update={"compose": compose})
        self.generator = generator or open_generator(self.settings)
        self.calibration: Calibration | None = None
        self._embedders: dict[str, RememberingEmbedder] = {}

    def over(self, entries: Sequence[Entry]) -> tuple[Answerer, dict[str, Entry]]:
        """An answerer over these entries, tidied and calibrated as by a build, and what it knows by id."""
        tidy = tidied(entries, "passages")
        embedder = self._embedder(self.settings.embedder or choose_default(tidy))
        with tempfile.TemporaryDirectory(prefix="kefu-") as folder:  # an open snapshot is all in memory
            calibrate = calibrating(self.settings.wrong_answers, _quietly) if self.settings.calibrate else None
            build(tidy, [], embedder, Path(folder), calibrate=calibrate)
            examples = examples_of(self.settings, embedder)
            answerer = Brain(self.settings, embedder, self.generator, Path(folder), examples).answerer()
            self.calibration = open_current(Path(folder)).calibration
        return answerer, {entry.id: entry for entry in tidy}

    def names(self) -> dict[str, Any]:
        """What figures depend on; the threshold is that of the last snapshot."""
        models = " and ".join(sorted(embedder.name for embedder in self._embedders.values()))
        return {
            "embedder": models,
            "generator": self.generator.name if self.generator else "none",
            "compose": self.settings.compose,
            "threshold": policy_of(self.settings, self.calibration).threshold,
        }

    def close(self) -> None:
        """Free the models."""
        if self.generator:
            self.generator.close()

    def _embedder(self, name: str) -> RememberingEmbedder:
        if name not in self._embedders:
            self._embedders[name] = RememberingEmbedder(kept(name, self.settings))
        return self._embedders[name]


def passage(id_: str, text: str, title: str = "") -> Entry:
    """An entry that is a passage of a page in English."""
    return Entry(id_, text, title=title, language="en")


def _quietly(done: int, total: int) -> None:
    """Nobody watches."""


def sourced(texts: Sequence[str], known: dict[str, Entry]) -> list[str]:
    """Everything that the entries under these ids hold."""
    entries = [known[id_] for id_ in texts if id_ in known]
    return ["\n".join(filter(None, (e.title, e.question, *e.similar, e.answer, e.url))) for e in entries]


def shares(successes: int, trials: int, z: float = 1.96) -> dict[str, object]:
    """How many of how many, the share, and the score interval of Wilson (1927), which also holds for none at all."""
    if not trials:
        return {"n": 0, "count": 0, "share": None, "ci": None}
    share = successes / trials
    centre = share + z * z / (2 * trials)
    reach = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    whole = 1 + z * z / trials
    ends = [round(max(0.0, (centre - reach) / whole), 4), round(min(1.0, (centre + reach) / whole), 4)]
    return {"n": trials, "count": successes, "share": round(share, 4), "ci": ends}
