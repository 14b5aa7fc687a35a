"""The threshold is the lowest that keeps what was promised, also on what was not seen."""

import numpy as np
import pytest

from knowledge.calibration.promise import Bools, Floats, Point, curve, keeping, upper_bound


def generated(n: int, seed: int) -> tuple[Floats, Bools]:
    """Probabilities, and whether they came true as often as they say."""
    random = np.random.default_rng(seed)
    sure = random.beta(1.2, 0.6, n)
    return sure, random.uniform(size=n) < sure


def test_more_answers_narrow_the_bound() -> None:
    bounds = [upper_bound(0.03, n) for n in (10, 100, 1000, 100_000)]
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[-1] == pytest.approx(0.03, abs=0.002)


def test_nothing_wrong_among_few_proves_little() -> None:
    assert upper_bound(0, 10) > 0.2
    assert upper_bound(0, 60) < 0.05


def test_of_no_answer_anything_may_be_wrong() -> None:
    assert upper_bound(0, 0) == 1


def test_the_lowest_threshold_that_keeps_the_promise_is_chosen() -> None:
    sure = np.linspace(0, 1, 1001)
    points = curve(sure, sure >= 0.5, sure >= 0.5, np.ones(1001))
    chosen = keeping(points, 0.05)
    assert chosen is not None
    assert 0.48 < chosen.threshold <= 0.5
    assert chosen.bound <= 0.05
    assert all(point.bound > 0.05 for point in points if point.threshold < chosen.threshold)


def test_a_lower_threshold_that_keeps_it_by_luck_is_not_taken() -> None:
    kept, broken, lucky = (Point(at, 0.5, 0.0, bound, 100) for at, bound in ((0.9, 0.04), (0.6, 0.06), (0.3, 0.05)))
    too_few = Point(0.95, 0.1, 0.0, 0.5, 3)
    assert keeping([lucky, broken, kept, too_few], 0.05) == kept


def test_where_everything_is_wrong_nothing_is_promised() -> None:
    sure = np.linspace(0, 1, 500)
    assert keeping(curve(sure, np.zeros(500, bool), np.ones(500, bool), np.ones(500)), 0.05) is None


def test_cases_of_one_probability_are_answered_together() -> None:
    right = np.array([True, False])
    (point,) = curve(np.full(2, 0.7), right, np.ones(2, bool), np.ones(2))
    assert (point.threshold, point.wrong, point.coverage, point.n) == (0.7, 0.5, 0.5, 2)


def test_a_heavy_case_counts_for_several() -> None:
    right, weights = np.array([True, False]), np.array([3.0, 1.0])
    (point,) = curve(np.full(2, 0.7), right, np.ones(2, bool), weights)
    assert point.wrong == 0.25
    assert point.n == pytest.approx(1.6)


def test_of_nothing_there_is_no_curve() -> None:
    nothing = np.zeros(0, bool)
    assert curve(np.zeros(0), nothing, nothing, np.zeros(0)) == []


@pytest.mark.parametrize("promised", [0.05, 0.1, 0.2])
def test_the_promise_is_kept_on_cases_that_were_not_seen(promised: float) -> None:
    broken = 0
    later, came_true = generated(50_000, seed=999)
    for seed in range(100):
        sure, right = generated(400, seed)
        chosen = keeping(curve(sure, right, right, np.ones(400)), promised)
        if chosen:
            broken += np.mean(~came_true[later >= chosen.threshold]) > promised
    # The bound lets 5 be broken; that several thresholds are tried adds a few.
    assert broken <= 10
