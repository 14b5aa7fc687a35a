"""Figures over scored answers: how many are right, wrong or silent, and how well persons are called. Asks nothing.

Every figure `x` comes with `x_ci`, the interval of `knowledge.evaluation`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.answering.answer import Answer, Outcome
from bot.evaluation.bank import Case
from bot.evaluation.score import Score, Verdict
from knowledge.evaluation import Bools, Floats, Statistic, drawn_weights, quantile, share, with_intervals


@dataclass(frozen=True, slots=True)
class Scored:
    """An answer to a case, what it is worth, and how many hard facts in it none of its sources holds."""

    case: Case
    answer: Answer
    score: Score
    foreign_facts: int = 0


def answer_figures(scored: Sequence[Scored], seed: int = 0) -> dict[str, Any]:
    """All figures, then the verdicts alone by kind and by language."""
    seconds = np.array([one.answer.seconds.get("total", 0.0) for one in scored], np.float64)
    everyone = np.ones(len(scored), np.bool_)
    statistics: dict[str, Statistic] = {
        "answered": share(_which(scored, lambda one: one.answer.outcome is Outcome.ANSWERED), everyone),
        "refused": share(_which(scored, lambda one: one.answer.outcome is Outcome.REFUSED), everyone),
        **_verdicts(scored),
        "seconds_p50": quantile(seconds, 0.5),
        "seconds_p95": quantile(seconds, 0.95),
    }
    sentences = [sentence for one in scored for sentence in one.answer.sentences]
    return {
        "n": len(scored),
        **with_intervals(statistics, _draws(scored, seed)),
        "unsupported_sentences": sum(not sentence.sources for sentence in sentences),
        "foreign_facts": sum(one.foreign_facts for one in scored),
        "kinds": _by(scored, lambda one: one.case.kind, seed),
        "languages": _by(scored, lambda one: one.case.language, seed),
    }


def handoff_figures(scored: Sequence[Scored], seed: int = 0) -> dict[str, Any]:
    """How many of those who need a person get one, and how many of those who get one need one.

    `false_rate` is the share of handoffs among the cases in which none is right. `reasons` tells the precision by
    the reason that was given, `kinds` the recall by what was asked.
    """
    handed = _which(scored, _handed_over)
    due = _which(scored, lambda one: one.case.expected is Outcome.HANDED_OVER)
    fine = _which(scored, lambda one: Outcome.HANDED_OVER in one.case.accepted)
    statistics = {"recall": share(handed, due), "precision": share(fine, handed), "false_rate": share(handed, ~fine)}
    reasons = _grouped(filter(_handed_over, scored), lambda one: str(one.answer.reason))
    kinds = _grouped((one for one in scored if one.case.expected is Outcome.HANDED_OVER), lambda one: one.case.kind)
    return {
        "n": len(scored),
        "n_due": int(due.sum()),
        "n_handed_over": int(handed.sum()),
        **with_intervals(statistics, _draws(scored, seed)),
        "reasons": {
            name: _share_of(group, "precision", lambda one: Outcome.HANDED_OVER in one.case.accepted, seed)
            for name, group in reasons.items()
        },
        "kinds": {name: _share_of(group, "recall", _handed_over, seed) for name, group in kinds.items()},
    }


def _handed_over(one: Scored) -> bool:
    return one.answer.outcome is Outcome.HANDED_OVER


def _share_of(scored: Sequence[Scored], name: str, holds: Callable[[Scored], bool], seed: int) -> dict[str, Any]:
    statistics = {name: share(_which(scored, holds), np.ones(len(scored), np.bool_))}
    return {"n": len(scored), **with_intervals(statistics, _draws(scored, seed))}


def _by(scored: Sequence[Scored], name_of: Callable[[Scored], str], seed: int) -> dict[str, Any]:
    return {
        name: {"n": len(group), **with_intervals(_verdicts(group), _draws(group, seed))}
        for name, group in _grouped(scored, name_of).items()
    }


def _verdicts(scored: Sequence[Scored]) -> dict[str, Statistic]:
    everyone = np.ones(len(scored), np.bool_)
    found = np.array([one.score.verdict for one in scored], object)
    return {str(verdict): share(found == verdict, everyone) for verdict in Verdict}


def _grouped(scored: Iterable[Scored], name_of: Callable[[Scored], str]) -> dict[str, list[Scored]]:
    """The members of each group that has a name, in the order of their first ones."""
    groups: dict[str, list[Scored]] = {}
    for one in scored:
        if name := name_of(one):
            groups.setdefault(name, []).append(one)
    return groups


def _which(scored: Sequence[Scored], holds: Callable[[Scored], bool]) -> Bools:
    return np.array([holds(one) for one in scored], np.bool_)


def _draws(scored: Sequence[Scored], seed: int) -> Floats:
    return drawn_weights([""] * len(scored), seed)
