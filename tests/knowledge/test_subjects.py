import numpy as np
import pytest

from knowledge.corpus.entry import Entry
from knowledge.subjects import NONE, Subjects

TITLES = ["Rose Inn", "Shipping", "Rose Inn", "Guide › Start", "Mill Inn", "Guide › End", "Mill Inn", ""]


def entries(titles: list[str]) -> list[Entry]:
    return [Entry(str(number), "Yes.", title=title) for number, title in enumerate(titles)]


@pytest.fixture
def subjects() -> Subjects:
    return Subjects(entries(TITLES))


def test_what_several_entries_bear_is_their_subject(subjects: Subjects) -> None:
    assert len(subjects) == 3
    guide, mill, rose = range(3)
    assert subjects.of_rows.tolist() == [rose, NONE, rose, guide, mill, guide, mill, NONE]
    assert [subjects.rows(subject).tolist() for subject in range(3)] == [[3, 5], [4, 6], [0, 2]]


@pytest.mark.parametrize("titles", [["Shop", "Shop"], ["a", "b"], ["", ""]])
def test_one_title_for_all_and_one_for_each_are_no_subjects(titles: list[str]) -> None:
    assert len(Subjects(entries(titles))) == 0


def test_the_turn_that_holds_most_of_a_name_counts_and_rare_words_weigh_more(subjects: Subjects) -> None:
    guide, mill, rose = subjects.named(["Is the inn open?", "I booked the rose inn"]).tolist()
    assert (guide, rose) == (0, pytest.approx(1))
    assert 0 < mill < 0.5


def test_nothing_said_names_nothing(subjects: Subjects) -> None:
    assert np.array_equal(subjects.named([]), np.zeros(3))
