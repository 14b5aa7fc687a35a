"""Finds out what a second look is worth, on the owner's own questions. Knows trials and an eye; no file, no terminal.

The trials are those of `knowledge.calibration`; of the uncertain ones some are looked at. What the look adds is
fitted to them by logistic regression, held to adding nothing. It pays where, for questions that were left out of the
fit, the probabilities are better with it than without: by their likelihood and by how they order right and wrong.
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
from knowledge.calibration.trials import Kind, Trial
from knowledge.confidence import Weights, confidence

# Before anything was seen the first look stands, and the second adds nothing; standard deviations of that.
_PRIOR, _SPREAD = np.array([0.0, 1.0, 0.0, 0.0]), np.array([1.0, 0.3, 2.0, 2.0])
_LEAST = 12  # right ones, and wrong ones; fewer tell nothing
_FAR = 0.25  # so many everyday questions for one of another kind


@dataclass(frozen=True, slots=True)
class Looked:
    """A trial that was looked at: how sure it was before, what was seen, and for how many it counts."""

    trial: Trial
    first: float
    seen: Seen
    importance: float


@dataclass(frozen=True, slots=True)
class Found:
    """What looks told: `n` of them, `right` ones of these, and what they are worth.

    `loss` is the mean negative log-likelihood of what was left out, `order` the AUROC; without the look, and with it.
    """

    n: int
    right: int
    worth: Worth
    loss: tuple[float, float]
    order: tuple[float, float]

    @property
    def pays(self) -> bool:
        """Whether it tells more with the look than without."""
        enough = min(self.right, self.n - self.right) >= _LEAST
        return enough and self.loss[1] < self.loss[0] and self.order[1] > self.order[0]

    def to_json(self) -> dict[str, Any]:
        """As plain JSON types."""
        rounded = {name: [round(value, 3) for value in getattr(self, name)] for name in ("loss", "order")}
        return {"n": self.n, "right": self.right, "weights": asdict(self.worth), "pays": self.pays} | rounded


def chosen(trials: Sequence[Trial], weights: Weights, most: int, band: Band) -> list[tuple[Trial, float, float]]:
    """At most `most` uncertain trials of each kind with their confidence and importance; the same each time.

    What was asked for a translation alone is left out: it has no rival in its language.
    """
    counted = zip(trials, importances(trials), strict=True)
    sure = [(trial, confidence(trial.hits, weights, trial.language), float(one)) for trial, one in counted]
    uncertain = [one for one in sure if band.holds(one[1]) and not one[0].alone]
    random.Random(len(uncertain)).shuffle(uncertain)  # noqa: S311
    kinds = Counter(trial.kind for trial, _, _ in uncertain)
    taken: Counter[Kind] = Counter()
    found = []
    for trial, first, importance in uncertain:
        limit = max(1, round(_FAR * most)) if trial.kind is Kind.FAR else most
        if taken[trial.kind] < limit:
            taken[trial.kind] += 1
            found.append((trial, first, importance * kinds[trial.kind] / min(limit, kinds[trial.kind])))
    return found


def look_at(
    eye: Eye, trials: Sequence[tuple[Trial, float, float]], seconds: float, report: Callable[[int, int], None]
) -> list[Looked]:
    """The trials that could be looked at. Raises GenerationFailed when none could."""
    looked: list[Looked] = []
    failed: GenerationFailed | None = None
    for number, (trial, first, importance) in enumerate(trials, 1):
        try:
            seen = eye.seen(trial.text, trial.hits, trial.language, Limits(deadline=time.monotonic() + seconds))
            looked.append(Looked(trial, first, seen, importance))
        except GenerationFailed as error:
            failed = error
        report(number, len(trials))
    if failed and not looked:
        raise failed
    return looked


def found_in(looked: Sequence[Looked]) -> Found:
    """What these looks tell; at least one."""
    inputs = np.array([(1.0, log_odds(one.first), one.seen.lead, one.seen.back) for one in looked])
    right = np.array([one.trial.right for one in looked])
    weights = np.array([one.importance for one in looked])
    weights = np.asarray(weights * weights.sum() / np.square(weights).sum())
    groups = np.array([one.trial.group if one.trial.group >= 0 else -1 - at for at, one in enumerate(looked)])
    precision = 1 / np.square(_SPREAD)
    told = []
    for width in (2, 4):
        held = inputs[:, :width], right, weights, _PRIOR[:width], precision[:width]
        told.append(out_of_fold(*held, groups))
    loss = tuple(_loss(sure, right, weights) for sure in told)
    order = tuple(_order(sure, right) for sure in told)
    worth = Worth(*fit(inputs, right, weights, _PRIOR, precision).tolist())
    return Found(len(looked), int(right.sum()), worth, (loss[0], loss[1]), (order[0], order[1]))


def _loss(sure: Floats, right: Bools, weights: Floats) -> float:
    held = np.clip(np.where(right, sure, 1 - sure), 1e-6, 1)
    return float(-(weights * np.log(held)).sum() / weights.sum())


def _order(sure: Floats, right: Bools) -> float:
    """How often a right one is surer than a wrong one, ties being halves; one half where there are none."""
    above = np.sign(sure[right][:, None] - sure[~right][None, :])
    return float((above.mean() + 1) / 2) if above.size else 0.5
