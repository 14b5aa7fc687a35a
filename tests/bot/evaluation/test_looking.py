"""Whether a second look pays is told by the owner's own questions, and by those that were left out of the fit."""

import random
from collections.abc import Sequence

import pytest

from bot.answering.second_look import Band, Eye, Seen
from bot.evaluation.looking import Judged, Looked, chosen, found_in, judged, look_at
from bot.generators.base import GenerationFailed, GeneratorBusy, Limits, Said
from knowledge.calibration.trials import Kind, Trial
from knowledge.confidence import Features, Weights
from knowledge.corpus.entry import Entry
from knowledge.hits import Hit

FEATURES = Features(0, 0, 0, 0, 0)
HITS = (Hit(Entry("a", "We open at nine.", "When?"), 0.5, "When?", "question", coverage=1.0, closeness=1.0),)
WHATEVER = Weights(bias=0.0, closeness=0.0, coverage=0.0, margin=0.0)


def trial(number: int, kind: Kind = Kind.KNOWN, *, alone: bool = False) -> Trial:
    return Trial(kind, number, FEATURES, kind is Kind.KNOWN, alone, f"question {number}?", "en", HITS)


def looks(tells: float, n: int = 80) -> list[Looked]:
    """Looks by which right ones have so much more `lead` than wrong ones."""
    chance = random.Random(7)
    made = []
    for number in range(n):
        one = trial(number, Kind.KNOWN if number % 2 else Kind.NEAR)
        seen = Seen(chance.gauss(tells if one.right else 0.0, 1.0), chance.gauss(0.0, 0.2))
        made.append(Looked(Judged(one, chance.uniform(0.2, 0.6), 1.0), seen))
    return made


def clear(n: int, right: int, first: float) -> list[Judged]:
    """So many trials that are clear at first sight, some of them right."""
    return [Judged(trial(200 + at, Kind.KNOWN if at < right else Kind.NEAR), first, 1.0) for at in range(n)]


def test_a_look_that_tells_right_from_wrong_pays() -> None:
    found = found_in(looks(2.0))
    assert found.pays
    assert (found.n, found.right) == (80, 40)
    assert found.worth.lead > 0.5
    assert found.order[1] > 0.8 > found.order[0]


def test_a_look_that_tells_nothing_does_not_pay() -> None:
    found = found_in(looks(0.0))
    assert not found.pays
    assert abs(found.worth.lead) < 0.5


def test_a_look_that_tells_no_more_than_chance_explains_does_not_pay() -> None:
    found = found_in(looks(0.4))
    assert found.loss[1] < found.loss[0]
    assert found.order[1] > found.order[0]
    assert found.gain[0] == pytest.approx(found.loss[0] - found.loss[1])
    assert 0 < found.gain[0] < 1.64 * found.gain[1]
    assert not found.pays


def test_a_few_looks_are_no_licence() -> None:
    assert not found_in(looks(4.0, n=12)).pays


def test_the_threshold_is_that_of_all_as_they_are_looked_at() -> None:
    sure = [*clear(100, 97, 0.95), *clear(100, 0, 0.01)]
    found = found_in(looks(4.0), sure, 0.15)
    without, with_it = found.points
    assert without is not None
    assert with_it is not None
    assert with_it.coverage > without.coverage + 0.1  # without a look nothing tells the uncertain ones apart
    assert found.worth.threshold == with_it.threshold < 0.95
    assert found.worth.promised == 0.15
    assert found.pays


def test_a_promise_that_nothing_keeps_gives_no_threshold() -> None:
    found = found_in(looks(0.0), clear(100, 20, 0.95), 0.01)
    assert found.points == (None, None)
    assert found.worth.threshold is None
    assert found.to_json()["points"] == [None, None]


def test_uncertain_trials_are_chosen_evenly_by_kind_and_the_same_each_time() -> None:
    trials = [trial(number, kind) for kind in Kind for number in range(30)]
    trials += [trial(99, alone=True)]
    found = judged(trials, WHATEVER)
    picked, others = chosen(found, 8, Band(0.4, 0.6))
    counts = {kind: sum(one.trial.kind is kind for one in picked) for kind in Kind}
    assert counts == {Kind.KNOWN: 8, Kind.PARTLY: 8, Kind.NEAR: 8, Kind.FAR: 2}
    assert [one.trial.alone for one in others] == [True]
    assert (picked, others) == chosen(found, 8, Band(0.4, 0.6))
    assert chosen(found, 8, Band(0.6, 0.9)) == ([], found)


def test_who_is_looked_at_counts_for_those_who_are_not() -> None:
    found = judged([trial(number, kind) for kind in Kind for number in range(30)], WHATEVER)
    picked, _ = chosen(found, 8, Band(0.4, 0.6))
    for kind in Kind:
        told = [sum(one.importance for one in several if one.trial.kind is kind) for several in (found, picked)]
        assert told[1] == pytest.approx(told[0])


class Weighs:
    name = "weighs"

    def __init__(self, fails_at: frozenset[int]) -> None:
        self.fails_at = fails_at
        self.asked = 0

    def weigh(self, said: Sequence[Said], limits: Limits) -> list[float]:
        self.asked += 1
        if self.asked in self.fails_at:
            raise GeneratorBusy("a draft is in work")
        return [-1.0] * len(said)


def test_a_look_that_fails_is_left_out_unless_all_do() -> None:
    trials = [Judged(trial(number), 0.5, 1.0) for number in range(3)]
    told: list[tuple[int, int]] = []
    looked = look_at(Eye(Weighs(frozenset({2}))), trials, 5.0, lambda done, total: told.append((done, total)))
    assert [one.judged.trial.group for one in looked] == [0, 2]
    assert told == [(1, 3), (2, 3), (3, 3)]
    with pytest.raises(GenerationFailed):
        look_at(Eye(Weighs(frozenset({1, 2, 3}))), trials, 5.0, lambda done, total: None)
