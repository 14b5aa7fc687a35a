"""Asks the owner's own knowledge, fits weights to what is found and chooses the threshold. Writes nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, replace

import numpy as np
from numpy.typing import NDArray

from knowledge.calibration.calibration import Calibration, Verdict
from knowledge.calibration.fit import Bools, Floats, fit, out_of_fold
from knowledge.calibration.promise import LIKELY, NEVER, SURE, Point, curve, keeping
from knowledge.calibration.trials import Kind, Report, Trial, Trials
from knowledge.confidence import Weights
from knowledge.embedders.base import Embedder
from knowledge.snapshot.background import Background
from knowledge.snapshot.contents import Contents

# Of so many questions, the owner's customers are taken to ask what is known, what might be, and what never will be.
SHARES = {Kind.KNOWN: 0.7, Kind.PARTLY: 0.2, Kind.NEAR: 0.2, Kind.FAR: 0.1}
_LEAST = 30  # known questions
# How far from the common weights those of one knowledge may well lie (standard deviations).
# Wider ones told the entries' own questions better apart, and customers' questions worse.
_SPREAD = Weights(
    0.7, closeness=0.2, coverage=0.5, margin=2, nearness=1, across=0.3, passage=0.3, held=0.5, peak=1, shared=1
)
# No rival tells whether anything answers a question at all: two that fit equally speak for it. Nor does it help there
# how much of the words is held, besides which share.
_KNOWN, _KNOWN_SPREAD = replace(Weights(), margin=0), replace(_SPREAD, margin=0.01, shared=0.01)
_ALONE = 0.1  # such a share of the customers finds nothing but a translation, where there are any


def calibrate(
    contents: Contents, background: Background, embedder: Embedder, promised: float, report: Report | None = None
) -> Calibration | None:
    """The calibration of `contents`: at most the share `promised` of the answers shall be wrong.

    None where there are too few entries or questions to tell anything. `embedder` is asked for the same texts several
    times.
    """
    found = Trials(contents, background, embedder).run(report)
    asked = Counter(trial.kind for trial in found)
    if asked[Kind.KNOWN] < _LEAST:
        return None
    return calibration_of(found, promised)


def calibration_of(found: Sequence[Trial], promised: float) -> Calibration:
    """The calibration that the trials `found` lead to."""
    inputs = np.array([(1.0, *trial.features) for trial in found])
    right = np.array([trial.right for trial in found])
    known = np.array([trial.kind is Kind.KNOWN for trial in found])
    importance, before = importances(found), _before(Weights(), _SPREAD)
    sure = out_of_fold(inputs, right, importance, *before, _units(found))
    verdict, chosen, points = _promise(sure, right, known, importance, promised)
    return Calibration(
        Weights(*fit(inputs, right, importance, *before).tolist()),
        chosen.threshold if chosen else NEVER,
        promised,
        verdict,
        chosen,
        dict(Counter(str(trial.kind) for trial in found)),
        points,
        Weights(*fit(inputs, known, importance, *_before(_KNOWN, _KNOWN_SPREAD)).tolist()),
    )


def _before(around: Weights, spread: Weights) -> tuple[Floats, Floats]:
    """Where weights lie before any question is asked, and how precisely."""
    return np.array(astuple(around)), 1 / np.square(astuple(spread))


def importances(found: Sequence[Trial]) -> Floats:
    """How much each trial counts, shape (n,): kinds in their `SHARES`; the sum is the effective number of trials.

    Of each kind those that were asked for a translation alone count a tenth. Questions that are partly known have
    their share where all knowledge is passages, and less where there is other.
    """
    counts = Counter((trial.kind, trial.alone) for trial in found)
    weights = np.array([_share(trial, counts) / counts[trial.kind, trial.alone] for trial in found])
    return np.asarray(weights * weights.sum() / np.square(weights).sum())


def _share(trial: Trial, counts: Counter[tuple[Kind, bool]]) -> float:
    """The share of the trials of one kind, asked for a translation alone or not."""
    other = counts[trial.kind, not trial.alone]
    if trial.kind is Kind.PARTLY:
        known = counts[Kind.KNOWN, False]
        return SHARES[trial.kind] * min(1.0, counts[trial.kind, False] / known) if known else 0.0
    return SHARES[trial.kind] * ((_ALONE if trial.alone else 1 - _ALONE) if other else 1)


def _units(found: Sequence[Trial]) -> NDArray[np.int64]:
    """What stays together when trials are divided: those about one group; everyday questions stand for themselves."""
    return np.array([trial.group if trial.group >= 0 else -1 - at for at, trial in enumerate(found)], np.int64)


def _promise(
    sure: Floats, right: Bools, known: Bools, importance: Floats, promised: float
) -> tuple[Verdict, Point | None, list[Point]]:
    """How well the promise is kept, by which point, and the curve it is of."""
    for verdict, z in ((Verdict.KEPT, SURE), (Verdict.LIKELY, LIKELY)):
        points = curve(sure, right, known, importance, z)
        if chosen := keeping(points, promised):
            return verdict, chosen, points
    return Verdict.NONE, None, points
