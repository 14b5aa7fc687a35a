"""Figures against cases worked out by hand, and against the plainest way to compute them."""

import itertools
import random
from dataclasses import replace

import numpy as np
import pytest

from knowledge.evaluation import Ranking, auroc, drawn_weights, quantile, retrieval_figures, threshold_for

GOLD = frozenset({"right"})


def ranking(place: int, sure: float = 0.5, *, known: bool = True, kind: str = "", group: str = "") -> Ranking:
    """One whose right entry stands at `place`; 0: nowhere."""
    ranked = tuple("right" if at == place else f"wrong-{at}" for at in range(1, 7))
    return Ranking("q", ranked, sure, GOLD if known else frozenset(), kind, group)


def test_places_are_counted() -> None:
    figures = retrieval_figures([ranking(1), ranking(2), ranking(4), ranking(0)], 0.5)
    assert (figures["n"], figures["top1"], figures["r_at_3"], figures["r_at_5"]) == (4, 0.25, 0.5, 0.75)
    assert figures["mrr"] == pytest.approx((1 + 1 / 2 + 1 / 4) / 4, abs=1e-4)
    assert "n_oos" not in figures


def test_any_right_entry_counts() -> None:
    assert Ranking("q", ("a", "b", "c"), 1.0, frozenset({"c", "b"})).place == 2


def test_unknowns_are_caught_below_the_threshold_alone() -> None:
    known = [ranking(1, 0.9), ranking(1, 0.4), ranking(2, 0.8)]  # right; withheld; wrong
    unknown = [ranking(0, 0.5, known=False, kind="near"), ranking(0, 0.1, known=False, kind="far")]
    figures = retrieval_figures(known + unknown, 0.5)
    assert (figures["n"], figures["n_oos"], figures["threshold"]) == (5, 2, 0.5)
    assert figures["top1"] == pytest.approx(2 / 3, abs=1e-4)
    assert figures["in_scope_accuracy"] == pytest.approx(1 / 3, abs=1e-4)
    assert figures["oos_recall"] == 0.5
    assert figures["overall_accuracy"] == pytest.approx(2 / 5)
    assert figures["oos_auroc"] == pytest.approx(5 / 6, abs=1e-4)
    assert (figures["n_oos_near"], figures["oos_recall_near"], figures["oos_recall_far"]) == (1, 0.0, 1.0)


def test_unknowns_are_told_by_whether_anything_is_known_where_that_is_told_apart() -> None:
    torn = replace(ranking(2, 0.2), known=0.9)  # one of two entries answers, and which is not sure
    unknown = replace(ranking(0, 0.4, known=False), known=0.3)
    assert retrieval_figures([torn, unknown], 0.5)["oos_auroc"] == 1.0
    assert retrieval_figures([replace(torn, known=None), replace(unknown, known=None)], 0.5)["oos_auroc"] == 0.0


def test_the_threshold_for_a_share_is_the_highest_that_leaves_it() -> None:
    known = [ranking(1, 0.9), ranking(1, 0.7), ranking(1, 0.6), ranking(2, 0.8)]
    cases = [*known, ranking(0, 0.95, known=False)]
    assert [threshold_for(cases, share) for share in (0.25, 0.5, 0.75, 1.0)] == [0.9, 0.7, 0.6, 0.0]
    assert retrieval_figures(cases, threshold_for(cases, 0.75))["in_scope_accuracy"] == 0.75
    assert threshold_for([], 0.75) == 1.0


def test_a_figure_of_no_query_is_none() -> None:
    figures = retrieval_figures([ranking(0, known=False)], 0.5)
    assert (figures["top1"], figures["top1_ci"], figures["oos_auroc"]) == (None, None, None)
    assert retrieval_figures([], 0.5)["n"] == 0


def test_auroc_is_the_share_of_pairs_in_order() -> None:
    chance = random.Random(1)
    for _ in range(20):
        sure = np.array([chance.randrange(6) / 5 for _ in range(40)])
        known = np.array([chance.random() < 0.6 for _ in range(40)])
        times = np.array([chance.randrange(3) for _ in range(40)], float)
        pairs = [
            (times[a] * times[b], (sure[a] > sure[b]) + 0.5 * (sure[a] == sure[b]))
            for a, b in itertools.product(np.flatnonzero(known), np.flatnonzero(~known))
        ]
        expected = sum(weight * ahead for weight, ahead in pairs) / sum(weight for weight, _ in pairs)
        assert auroc(sure, known, times[None])[0] == pytest.approx(expected)


def test_the_interval_is_that_of_the_share() -> None:
    figures = retrieval_figures([ranking(1)] * 80 + [ranking(2)] * 20, 0.5)
    low, high = figures["top1_ci"]
    assert low == pytest.approx(0.8 - 1.96 * 0.04, abs=0.015)
    assert high == pytest.approx(0.8 + 1.96 * 0.04, abs=0.015)


def test_the_same_seed_gives_the_same_interval() -> None:
    rankings = [ranking(place % 3 + 1, place / 50) for place in range(50)]
    assert retrieval_figures(rankings, 0.5) == retrieval_figures(rankings, 0.5)
    assert retrieval_figures(rankings, 0.5, seed=1)["top1_ci"] != retrieval_figures(rankings, 0.5)["top1_ci"]


def test_queries_of_a_group_are_drawn_together() -> None:
    weights = drawn_weights(["a", "b", "a", "c"], seed=0, draws=50)
    assert (weights[:, 0] == weights[:, 2]).all()
    assert set((weights[:, 0] + weights[:, 1] + weights[:, 3]).tolist()) == {3.0}
    assert (drawn_weights(["", "", "", ""], seed=0, draws=50).sum(axis=1) == 4).all()


def test_groups_that_agree_within_themselves_widen_the_interval() -> None:
    def width(grouped: bool) -> float:
        cases = [ranking(1 if n < 50 else 2, group=str(n // 10) if grouped else "") for n in range(100)]
        low, high = retrieval_figures(cases, 0.5)["top1_ci"]
        return float(high - low)

    assert width(grouped=True) > 2 * width(grouped=False)


def test_a_quantile_is_one_of_the_values() -> None:
    values, once = np.array([9.0, 1.0, 3.0, 2.0]), np.ones((1, 4))
    assert [quantile(values, at)(once)[0] for at in (0.25, 0.5, 0.95)] == [1, 2, 9]


def test_a_quantile_counts_a_value_as_often_as_it_is_drawn() -> None:
    values = np.array([1.0, 2.0, 3.0])
    assert quantile(values, 0.5)(np.array([[3.0, 0.0, 1.0], [1.0, 0.0, 3.0]])).tolist() == [1, 3]
