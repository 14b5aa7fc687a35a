"""A threshold is promised where the knowledge bears it out, and nowhere else."""

from dataclasses import astuple
from functools import partial

import numpy as np
import pytest

from knowledge.calibration.calibrate import calibrate, calibration_of, importances
from knowledge.calibration.calibration import Calibration, Verdict
from knowledge.calibration.fit import probabilities
from knowledge.calibration.promise import NEVER
from knowledge.calibration.trials import Kind, Trial, Trials
from knowledge.confidence import Features, Weights
from knowledge.corpus.entry import Entry
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.snapshot.background import Background, measure
from knowledge.snapshot.contents import Contents
from tests.fakes.shop import contents_of, noise, shop

at_most_5 = partial(calibrate, embedder=HashingEmbedder(), promised=0.05)


def calibrated(entries: list[Entry]) -> Calibration | None:
    contents = contents_of(entries)
    return at_most_5(contents, measure(contents, HashingEmbedder()))


def test_a_knowledge_of_unrelated_texts_promises_nothing() -> None:
    found = calibrated(noise(40))
    assert found is not None
    assert found.verdict is Verdict.NONE
    assert found.threshold == NEVER > 1
    assert found.chosen is None


def test_a_plain_shop_keeps_its_promise(contents: Contents, background: Background) -> None:
    found = at_most_5(contents, background)
    assert found is not None
    assert found.chosen in found.curve
    assert found.chosen is not None
    assert found.chosen.bound <= 0.05
    assert found.chosen.coverage > 0.3


def test_too_little_knowledge_tells_nothing(background: Background) -> None:
    assert at_most_5(contents_of(shop()[:5]), background) is None


def test_the_same_contents_give_the_same_bytes(contents: Contents, background: Background) -> None:
    one, other = at_most_5(contents, background), at_most_5(contents_of(shop()), background)
    assert one is not None
    assert other is not None
    assert one.to_bytes() == other.to_bytes()


def test_who_promises_less_answers_more(contents: Contents, background: Background) -> None:
    found = Trials(contents, background, HashingEmbedder()).run()
    thresholds = [calibration_of(found, promised).threshold for promised in (0.02, 0.05, 0.2)]
    assert thresholds == sorted(thresholds, reverse=True)
    assert thresholds[0] > thresholds[-1]


def test_two_entries_that_fit_equally_make_the_first_doubtful_and_the_subject_not() -> None:
    clear, torn, far = Features(1.0, 0.6, 0.15, 1.0, 0), Features(1.0, 0.6, 0.0, 1.0, 0), Features(0, 0.1, 0.15, 0, 0)
    tried = [
        Trial(kind, group, told, right)
        for group in range(60)
        for kind, told, right in ((Kind.KNOWN, clear, True), (Kind.KNOWN, torn, False), (Kind.FAR, far, False))
    ]
    found = calibration_of(tried, 0.2)

    def sure(weights: Weights | None, told: Features) -> float:
        inputs = np.array([(1.0, *told)])
        return float(probabilities(inputs, np.array(astuple(weights or Weights())))[0])

    assert sure(found.weights, torn) < 0.5 < sure(found.weights, clear)
    assert sure(found.known, torn) > 0.9 > sure(found.known, far)
    assert sure(found.known, torn) == pytest.approx(sure(found.known, clear), abs=0.01)


def test_kinds_weigh_as_customers_ask_however_many_were_tried() -> None:
    told = Features(1.0, 0.5, 0.1, 1.0, 0.0)
    counts = {Kind.KNOWN: 10, Kind.NEAR: 90, Kind.FAR: 30}
    tried = [Trial(kind, 0, told, False) for kind, n in counts.items() for _ in range(n)]
    weights = importances(tried)
    by_kind = [sum(w for w, trial in zip(weights, tried, strict=True) if trial.kind is kind) for kind in counts]
    assert [part / weights.sum() for part in by_kind] == pytest.approx([0.7, 0.2, 0.1])
    assert weights.sum() == pytest.approx(weights.sum() ** 2 / (weights**2).sum())


def test_what_is_partly_known_weighs_as_much_as_there_are_passages() -> None:
    told = Features(1.0, 0.5, 0.1, 1.0, 0.0)
    counts = {Kind.KNOWN: 40, Kind.PARTLY: 10, Kind.NEAR: 40}
    tried = [Trial(kind, 0, told, False) for kind, n in counts.items() for _ in range(n)]
    known, partly = importances(tried)[[0, 40]]
    assert 10 * partly / (40 * known) == pytest.approx(0.2 / 4 / 0.7)


def test_questions_that_only_a_translation_answers_count_a_tenth_of_their_kind() -> None:
    tried = [
        Trial(Kind.KNOWN, 0, Features(1.0, 0.4, 0.1, 1.0, float(alone)), True, alone) for alone in (True, False, True)
    ]
    first, second, third = importances(tried)
    assert first == third
    assert (first + third) / (first + second + third) == pytest.approx(0.1)
