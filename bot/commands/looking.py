"""`kefu calibrate --second-look`: whether a second look by the generator pays, and what it is worth."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands.failures import CommandError
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.evaluation.looking import Found
    from knowledge.calibration.promise import Point

_PATIENCE = 60.0  # seconds a look


def measure_looks(settings: Settings, folder: Path, most: int, as_json: bool) -> None:
    """Measure, keep what was found where the answerer looks for it, and tell it."""
    from bot.answering.second_look import Band, Eye, write_worth
    from bot.app import open_brain
    from bot.commands.progress import pull, work_bars
    from bot.evaluation.looking import chosen, found_in, judged, look_at
    from bot.manners import look_file_of, weigher_of
    from knowledge.calibration.trials import Trials
    from knowledge.confidence import Weights
    from knowledge.retriever import Retriever
    from knowledge.snapshot.reader import open_current

    brain = open_brain(settings, folder, pull)
    try:
        if not (weigher := weigher_of(brain.generator)):
            raise CommandError("this generator tells no likelihoods: a causal model in this process does")
        snapshot = open_current(folder)
        retriever = Retriever(snapshot, brain.embedder)
        calibration = snapshot.calibration
        weights = calibration.weights if calibration else Weights()
        promised = calibration.promised if calibration else settings.wrong_answers
        with work_bars("asking", "looking") as (asking, looking):
            trials = Trials(snapshot.contents, snapshot.manifest.background, brain.embedder).run(asking)
            uncertain, others = chosen(judged(trials, weights), most, Band())
            if not uncertain:
                raise CommandError(f"{folder}: too few entries, or none of their questions is uncertain")
            found = found_in(look_at(Eye(weigher), uncertain, _PATIENCE, looking), others, promised)
        path = look_file_of(settings, weigher, retriever)
        told = {"generator": weigher.name, "snapshot": snapshot.id} | found.to_json()
        write_worth(path, found.worth if found.pays else None, told)
        sys.stdout.write(json.dumps(told) + "\n" if as_json else "\n".join(_lines(found, told, path)) + "\n")
    finally:
        brain.close()


def _lines(found: "Found", told: dict[str, Any], path: Path) -> Iterator[str]:
    yield f"{told['generator']} over {told['snapshot']}: {found.n} looks, {found.right} at what was right\n"
    yield "| | without | with a second look |"
    yield "|---|---|---|"
    yield f"| right ones told from wrong ones (AUROC) | {found.order[0]:.3f} | {found.order[1]:.3f} |"
    yield f"| mean log loss | {found.loss[0]:.3f} | {found.loss[1]:.3f} |"
    without, with_it = found.points
    yield f"| answered from | {_threshold(without)} | {_threshold(with_it)} |"
    yield f"| known ones then answered rightly | {_coverage(without)} | {_coverage(with_it)} |\n"
    yield f"The loss is less by {found.gain[0]:.3f}, with a standard error of {found.gain[1]:.3f}."
    yield "It pays, and is taken from now on." if found.pays else "It does not surely pay, and is not taken."
    yield f"kept in {path}; a server that runs takes it at its next start"


def _threshold(point: "Point | None") -> str:
    return f"{point.threshold:.3f}" if point else "never"


def _coverage(point: "Point | None") -> str:
    return f"{point.coverage:.3f}" if point else "0"
