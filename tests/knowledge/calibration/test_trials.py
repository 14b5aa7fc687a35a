"""What is asked, of what, and whether it should have been answered."""

from collections import Counter

import pytest

from knowledge.calibration.trials import Kind, Trial, Trials
from knowledge.corpus.entry import Entry
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.snapshot.background import Background, measure
from knowledge.snapshot.contents import Contents
from tests.fakes.shop import contents_of, noise, shop


@pytest.fixture(scope="module")
def found(contents: Contents, background: Background) -> list[Trial]:
    return Trials(contents, background, HashingEmbedder()).run()


def test_every_question_is_asked_with_its_entry_and_without(found: list[Trial]) -> None:
    counts = Counter(trial.kind for trial in found)
    assert counts[Kind.KNOWN] == counts[Kind.NEAR] == 60


def test_what_is_gone_cannot_be_found(found: list[Trial]) -> None:
    assert not any(trial.right for trial in found if trial.kind is not Kind.KNOWN)


def test_held_out_questions_of_a_plain_shop_find_their_entry(found: list[Trial]) -> None:
    known = [trial.right for trial in found if trial.kind is Kind.KNOWN]
    assert sum(known) >= 0.9 * len(known)


def test_held_out_questions_of_noise_find_nothing_of_theirs() -> None:
    contents = contents_of(noise(20))
    trials = Trials(contents, measure(contents, HashingEmbedder()), HashingEmbedder()).run()
    assert sum(trial.right for trial in trials) < 0.2 * len(trials)


def test_too_few_entries_to_take_any_away_are_not_asked(background: Background) -> None:
    assert Trials(contents_of(shop()[:4]), background, HashingEmbedder()).run() == []


def test_progress_is_told_to_its_end(contents: Contents, background: Background) -> None:
    told: list[tuple[int, int]] = []
    Trials(contents, background, HashingEmbedder()).run(lambda done, total: told.append((done, total)))
    assert told == [(i, 5) for i in range(1, 6)]


def test_a_passage_is_asked_what_its_sentences_say_with_them_and_without() -> None:
    contents = contents_of(passages())
    found = Trials(contents, measure(contents, HashingEmbedder()), HashingEmbedder()).run()
    counts = Counter(trial.kind for trial in found)
    assert counts[Kind.KNOWN] == counts[Kind.PARTLY] == 2 * len(passages())
    assert not any(trial.right for trial in found if trial.kind is Kind.PARTLY)
    held = {kind: [trial.features.coverage for trial in found if trial.kind is kind] for kind in Kind}
    assert sum(held[Kind.PARTLY]) < sum(held[Kind.KNOWN])
    assert all(trial.features.passage for trial in found)


def passages() -> list[Entry]:
    told = (
        "The {0} was built by {0} engineers in the year 18{1}. Today the {0} is visited by {1} thousand {0} friends."
    )
    names = ("bridge", "tower", "castle", "harbour", "theatre", "station", "garden", "museum")
    return [Entry(name, told.format(name, 40 + at), title=name, language="en") for at, name in enumerate(names)]
