"""How good a ranking is, and how well its confidence tells what is not known. Knows numbers; asks nothing itself.

Every figure `x` comes with `x_ci`: the interval that holds 95 % of its values when the queries (or their groups: all
questions about one document belong together) are drawn anew with replacement. The draws are seeded.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Statistic = Callable[[Floats], Floats]
"""From the weights (draws, n) that each query has in each draw to a figure a draw (draws,); NaN where none is."""

DRAWS = 1000
_AT_ONCE = 100  # draws: a matrix of all would take 100 MB for 12,000 queries


@dataclass(frozen=True, slots=True)
class Ranking:
    """What was found for one query: ids of entries, best first, and how sure it is that the first one answers.

    No `gold` means that nothing known answers it; `kind` then tells what sort of an unknown it is. Queries of one
    `group` are drawn together. `least` is the confidence from which it is answered, where calibration told one;
    `known` the probability that any entry answers, where that is told apart.
    """

    id: str
    ranked: tuple[str, ...]
    confidence: float
    gold: frozenset[str]
    kind: str = ""
    group: str = ""
    least: float | None = None
    known: float | None = None

    @property
    def place(self) -> int:
        """The place, from 1, of the first id that answers; 0 where none was found."""
        return next((place for place, found in enumerate(self.ranked, 1) if found in self.gold), 0)


def retrieval_figures(rankings: Sequence[Ranking], threshold: float, seed: int = 0) -> dict[str, Any]:
    """All figures of `rankings` with their intervals, rounded; those on unknowns only where some are.

    A query counts as answered from its own `least` confidence on, else from `threshold` on. `wrong` is the share of
    the answers that are wrong. A figure of no query is None.
    """
    places = np.array([ranking.place for ranking in rankings], np.float64)
    known = np.array([bool(ranking.gold) for ranking in rankings], bool)
    statistics: dict[str, Statistic] = {
        "top1": share(places == 1, known),
        "r_at_3": share((places >= 1) & (places <= 3), known),
        "r_at_5": share((places >= 1) & (places <= 5), known),
        "mrr": share(np.divide(1, places, out=np.zeros_like(places), where=places > 0), known),
    }
    draws = drawn_weights([ranking.group for ranking in rankings], seed)
    figures = {"n": len(rankings)} | with_intervals(statistics, draws)
    if known.all():
        return figures
    counts, unknown = _on_unknowns(rankings, places, known, threshold)
    own = {ranking.least for ranking in rankings if ranking.least is not None}
    told = {"threshold": round(own.pop(), 6) if len(own) == 1 else threshold}
    return figures | counts | told | with_intervals(unknown, draws)


def _on_unknowns(
    rankings: Sequence[Ranking], places: Floats, known: Bools, threshold: float
) -> tuple[dict[str, int], dict[str, Statistic]]:
    sure = np.array([ranking.confidence for ranking in rankings], np.float64)
    anything = np.array([each.confidence if each.known is None else each.known for each in rankings], np.float64)
    answered = sure >= [threshold if ranking.least is None else ranking.least for ranking in rankings]
    right = np.where(known, answered & (places == 1), ~answered)
    counts = {"n_oos": int((~known).sum())}
    statistics: dict[str, Statistic] = {
        "oos_auroc": lambda weights: auroc(anything, known, weights),
        "in_scope_accuracy": share(right, known),
        "oos_recall": share(right, ~known),
        "overall_accuracy": share(right, np.ones_like(known)),
        "wrong": share(~(known & right), answered),
    }
    for kind in sorted({ranking.kind for ranking in rankings if ranking.kind and not ranking.gold}):
        among = ~known & np.array([ranking.kind == kind for ranking in rankings])
        counts[f"n_oos_{kind}"] = int(among.sum())
        statistics[f"oos_recall_{kind}"] = share(right, among)
    return counts, statistics


def threshold_for(rankings: Sequence[Ranking], in_scope_accuracy: float) -> float:
    """The highest threshold that leaves so large a share of known queries answered rightly; 0 where none does."""
    known = sum(bool(ranking.gold) for ranking in rankings)
    sure = sorted((ranking.confidence for ranking in rankings if ranking.place == 1), reverse=True)
    needed = int(np.ceil(round(in_scope_accuracy * known, 6)))
    if not needed:
        return 1.0
    return sure[needed - 1] if needed <= len(sure) else 0.0


def share(values: NDArray[Any], among: Bools) -> Statistic:
    """The weighted mean of `values` (n,) over the queries `among` (n,)."""
    counted, members = np.where(among, values, 0).astype(np.float64), among.astype(np.float64)

    def statistic(weights: Floats) -> Floats:
        return _divided(weights @ counted, weights @ members)

    return statistic


def quantile(values: Floats, at: float) -> Statistic:
    """The least of `values` (n,) that a share `at` of all does not exceed."""
    order = np.argsort(values, kind="stable")

    def statistic(weights: Floats) -> Floats:
        below = np.cumsum(weights[:, order], axis=1)
        if not below.shape[1]:
            return np.full(len(weights), np.nan)
        result: Floats = values[order][(below >= at * below[:, -1:]).argmax(axis=1)]
        return result

    return statistic


def auroc(sure: Floats, known: Bools, weights: Floats) -> Floats:
    """How often a known query is surer than an unknown one, ties counting half: (draws,) of `weights` (draws, n)."""
    order = np.argsort(sure, kind="stable")
    starts = np.flatnonzero(np.diff(sure[order], prepend=-np.inf))
    ordered = weights[:, order]
    knowns = np.add.reduceat(ordered * known[order], starts, axis=1)
    unknowns = np.add.reduceat(ordered * ~known[order], starts, axis=1)
    below = np.cumsum(unknowns, axis=1) - unknowns / 2
    return _divided((knowns * below).sum(axis=1), knowns.sum(axis=1) * unknowns.sum(axis=1))


def drawn_weights(groups: Sequence[str], seed: int, draws: int = DRAWS) -> Floats:
    """How often each query is drawn, shape (draws, n): whole groups at once where there are several."""
    names, member = np.unique(np.array(groups), return_inverse=True)
    if len(names) < 2:
        member = np.arange(len(groups))
    units = int(member.max()) + 1 if len(member) else 0
    if not units:
        return np.zeros((draws, 0))
    counts = np.random.default_rng(seed).multinomial(units, np.full(units, 1 / units), draws)
    return counts.astype(np.float64)[:, member]


def with_intervals(statistics: dict[str, Statistic], draws: Floats) -> dict[str, Any]:
    """Each figure over all queries, rounded, and its interval over `draws` (draws, n); None where none is."""
    figures: dict[str, Any] = {}
    for name, statistic in statistics.items():
        figures[name] = _rounded(statistic(np.ones((1, draws.shape[1])))[0])
        parts = [statistic(draws[start : start + _AT_ONCE]) for start in range(0, len(draws), _AT_ONCE)]
        values = np.concatenate(parts)
        told = values[~np.isnan(values)]
        figures[f"{name}_ci"] = [_rounded(end) for end in np.quantile(told, (0.025, 0.975))] if len(told) else None
    return figures


def _divided(above: Floats, below: Floats) -> Floats:
    result: Floats = np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0)
    return result


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)
