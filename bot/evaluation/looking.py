"""Finds out what a second look is worth, on the owner's own questions. Knows trials and an eye; no file, no terminal.

The trials are those of `knowledge.calibration`; of the uncertain ones some are looked at. What the look adds is
fitted to them by logistic regression, held to adding nothing. It costs seconds, and pays only where, for questions
that were left out of the fit, the probabilities are better with it than without (by how they order right and wrong,
and by their likelihood, more than chance explains) and where, at what was promised, no fewer are answered rightly.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from bot.answering.second_look import Band, Eye, Seen, Worth, log_odds
from bot.generators.base import GenerationFailed, Limits
from knowledge.calibration.calibrate import importances
from knowledge.calibration.fit import Bools, Floats, fit, out_of_fold
from knowledge.calibration.promise import LIKELY, SURE, Point, curve, keeping
from knowledge.calibration.trials import Kind, Trial
from knowledge.confidence import Weights, confidence

# Before anything was seen the first look stands, and the second adds nothing; standard deviations of that.
_PRIOR, _SPREAD = np.array([0.0, 1.0, 0.0, 0.0]), np.array([1.0, 0.3, 2.0, 2.0])
_LEAST = 12  # right ones, and wrong ones; fewer tell nothing
_ROUNDED = ("loss", "order", "gain")
_FAR = 0.25  # so many everyday questions for one of another kind


@dataclass(frozen=True, slots=True)
class Judged:
    """A trial, how sure the first look is, and for how many it counts."""

    trial: Trial
    first: float
    importance: float


@dataclass(frozen=True, slots=True)
class Looked:
    """A trial that was looked at, and what was seen."""

    judged: Judged
    seen: Seen


@dataclass(frozen=True, slots=True)
class Found:
    """What looks told: `n` of them, `right` ones of these, and what they are worth.

    `loss` is the mean negative log-likelihood of what was left out, `order` the AUROC; without the look, and with it.
    `gain` is by how much less the loss is with it, and the standard error of that. `points` are those of the
    thresholds that keep what was promised, without and with it; None where none does.
    """

    n: int
    right: int
    worth: Worth
    loss: tuple[float, float]
    order: tuple[float, float]
    gain: tuple[float, float]
    points: tuple[Point | None, Point | None]

    @property
    def pays(self) -> bool:
        """Whether it surely tells more with the look than without."""
        enough = min(self.right, self.n - self.right) >= _LEAST
        gain, error = self.gain
        without, with_it = (point.coverage if point else 0.0 for point in self.points)
        return enough and gain > SURE * error and self.order[1] > self.order[0] and with_it >= without

    def to_json(self) -> dict[str, Any]:
        """As plain JSON types."""
        rounded = {name: [round(value, 3) for value in getattr(self, name)] for name in _ROUNDED}
        points = [asdict(point) if point else None for point in self.points]
        told = {"n": self.n, "right": self.right, "weights": asdict(self.worth), "pays": self.pays}
        return told | rounded | {"points": points}


def judged(trials: Sequence[Trial], weights: Weights) -> list[Judged]:
    """All trials as the first look judges them."""
    counted = zip(trials, importances(trials), strict=True)
    return [Judged(trial, confidence(trial.hits, weights, trial.language), float(one)) for trial, one in counted]


def chosen(found: Sequence[Judged], most: int, band: Band) -> tuple[list[Judged], list[Judged]]:
    """At most `most` uncertain ones of each kind, counting for the others as well; and what is not uncertain.

    The same each time. What was asked for a translation alone has no rival in its language, and is not looked at.
    """
    uncertain = [one for one in found if band.holds(one.first) and not one.trial.alone]
    others = [one for one in found if not band.holds(one.first) or one.trial.alone]
    random.Random(len(uncertain)).shuffle(uncertain)  # noqa: S311
    kinds = Counter(one.trial.kind for one in uncertain)
    taken: Counter[Kind] = Counter()
    picked = []
    for one in uncertain:
        kind = one.trial.kind
        limit = max(1, round(_FAR * most)) if kind is Kind.FAR else most
        if taken[kind] < limit:
            taken[kind] += 1
            picked.append(Judged(one.trial, one.first, one.importance * kinds[kind] / min(limit, kinds[kind])))
    return picked, others


def look_at(eye: Eye, picked: Sequence[Judged], seconds: float, report: Callable[[int, int], None]) -> list[Looked]:
    """The trials that could be looked at. Raises GenerationFailed when none could."""
    looked: list[Looked] = []
    failed: GenerationFailed | None = None
    for number, one in enumerate(picked, 1):
        trial = one.trial
        try:
            seen = eye.seen(trial.text, trial.hits, trial.language, Limits(deadline=time.monotonic() + seconds))
            looked.append(Looked(one, seen))
        except GenerationFailed as error:
            failed = error
        report(number, len(picked))
    if failed and not looked:
        raise failed
    return looked


def found_in(looked: Sequence[Looked], others: Sequence[Judged] = (), promised: float = 0.15) -> Found:
    """What these looks tell, at least one; `others` are clear without any.

    At most the share `promised` of the answers shall be wrong.
    """
    inputs = np.array([(1.0, log_odds(one.judged.first), one.seen.lead, one.seen.back) for one in looked])
    right = np.array([one.judged.trial.right for one in looked])
    weights = _effective(np.array([one.judged.importance for one in looked]))
    groups = np.array([_group(one.judged.trial, at) for at, one in enumerate(looked)])
    precision = 1 / np.square(_SPREAD)
    without, with_it = (
        out_of_fold(inputs[:, :width], right, weights, _PRIOR[:width], precision[:width], groups) for width in (2, 4)
    )
    points = tuple(_point(looked, told, others, promised) for told in (without, with_it))
    bias, sure, lead, back = fit(inputs, right, weights, _PRIOR, precision).tolist()
    losses = [_losses(told, right) for told in (without, with_it)]
    return Found(
        n=len(looked),
        right=int(right.sum()),
        worth=Worth(bias, sure, lead, back, points[1].threshold if points[1] else None, promised),
        loss=(_mean(losses[0], weights)[0], _mean(losses[1], weights)[0]),
        order=(_order(without, right), _order(with_it, right)),
        gain=_mean(losses[0] - losses[1], weights),
        points=(points[0], points[1]),
    )


def _point(looked: Sequence[Looked], sure: Floats, others: Sequence[Judged], promised: float) -> Point | None:
    """The point of the lowest threshold that keeps what was promised, over all trials; None where none does."""
    every = [*(one.judged for one in looked), *others]
    all_sure = np.concatenate([sure, [one.first for one in others]])
    right = np.array([one.trial.right for one in every])
    known = np.array([one.trial.kind is Kind.KNOWN for one in every])
    importance = _effective(np.array([one.importance for one in every]))
    kept = (keeping(curve(all_sure, right, known, importance, z), promised) for z in (SURE, LIKELY))
    return next(filter(None, kept), None)


def _effective(importance: Floats) -> Floats:
    """The same so that the sum is the effective number."""
    return np.asarray(importance * importance.sum() / np.square(importance).sum())


def _group(trial: Trial, at: int) -> int:
    return trial.group if trial.group >= 0 else -1 - at


def _losses(sure: Floats, right: Bools) -> Floats:
    return np.asarray(-np.log(np.clip(np.where(right, sure, 1 - sure), 1e-6, 1)))


def _mean(values: Floats, weights: Floats) -> tuple[float, float]:
    """The weighted mean, and its standard error."""
    shares = weights / weights.sum()
    mean = shares @ values
    return float(mean), float(np.sqrt(np.square(shares * (values - mean)).sum()))


def _order(sure: Floats, right: Bools) -> float:
    """How often a right one is surer than a wrong one, ties being halves; one half where there are none."""
    above = np.sign(sure[right][:, None] - sure[~right][None, :])
    return float((above.mean() + 1) / 2) if above.size else 0.5
