"""Weights follow what was seen, and what was known before as long as little was seen."""

import numpy as np
import pytest

from knowledge.calibration.fit import Bools, Floats, fit, out_of_fold, probabilities

TRUE = np.array([-1.0, 2.0])
PRIOR = np.array([0.0, 0.5])
PRECISION = np.array([4.0, 4.0])


def cases(n: int, seed: int = 0) -> tuple[Floats, Bools]:
    """Cases that come true as often as `TRUE` says."""
    random = np.random.default_rng(seed)
    inputs = np.column_stack([np.ones(n), random.uniform(-2, 2, n)])
    return inputs, random.uniform(size=n) < probabilities(inputs, TRUE)


def test_much_data_overrules_what_was_known_before() -> None:
    inputs, right = cases(20_000)
    assert fit(inputs, right, np.ones(20_000), PRIOR, PRECISION) == pytest.approx(TRUE, abs=0.1)


def test_no_data_leaves_what_was_known_before() -> None:
    inputs, right = cases(1)
    assert fit(inputs, right, np.zeros(1), PRIOR, PRECISION) == pytest.approx(PRIOR)


def test_the_more_is_seen_the_nearer_the_truth() -> None:
    away = []
    for n in (10, 200, 4000):
        inputs, right = cases(n)
        away.append(float(np.abs(fit(inputs, right, np.ones(n), PRIOR, PRECISION) - TRUE).sum()))
    assert away[0] > away[1] > away[2]


def test_cases_that_can_be_parted_without_a_fault_give_no_endless_weights() -> None:
    inputs = np.array([[1.0, -1.0], [1.0, 1.0]])
    fitted = fit(inputs, np.array([False, True]), np.full(2, 50.0), PRIOR, PRECISION)
    assert np.abs(fitted).max() < 20


def test_a_case_does_not_judge_itself() -> None:
    inputs, _ = cases(50)
    right = np.arange(50) == 7
    groups = np.arange(50)
    apart = out_of_fold(inputs, right, np.ones(50), PRIOR, PRECISION, groups)
    otherwise = out_of_fold(inputs, np.zeros(50, bool), np.ones(50), PRIOR, PRECISION, groups)
    assert apart[7] == otherwise[7]
    assert apart[8] != otherwise[8]


def test_probabilities_never_overflow() -> None:
    assert probabilities(np.array([[1e9], [-1e9]]), np.ones(1)).tolist() == [1.0, 0.0]
