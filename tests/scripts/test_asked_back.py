"""The counts by which asking back is judged, on cases whose outcome is known; no model is loaded."""

from bot.answering.clarify import Doubt
from knowledge.corpus.entry import Entry
from knowledge.hits import Hit
from scripts.asked_back import Case, row


def hit(name: str, relevance: float, closeness: float = 1.0) -> Hit:
    return Hit(
        Entry(name, f"Answer {name}.", f"{name}?", language="en"), 0.8, "", "question", closeness, 0.5, relevance
    )


def case(sure: bool, *gold: str, margin: float = 0.01) -> Case:
    """A question for which "a" was found first and "b" second."""
    return Case((hit("a", 0.5), hit("b", 0.5 - margin)), sure, "en", frozenset(gold))


def counts(*cases: Case) -> list[int]:
    return [int(cell) for cell in row(cases, Doubt(0.05, 0.5)).strip("| ").split(" | ")[2:]]


def test_a_right_answer_that_becomes_a_question_is_lost_and_a_wrong_one_avoided() -> None:
    assert counts(case(True, "a"), case(True, "b"), case(True, "c")) == [1, 2, 0, 0, 0]


def test_of_refusals_it_counts_the_choices_that_hold_an_answer() -> None:
    assert counts(case(False, "a"), case(False, "b"), case(False, "c")) == [0, 0, 2, 3, 0]


def test_what_nobody_can_answer_counts_where_it_was_refused_before() -> None:
    assert counts(case(False), case(True)) == [0, 0, 0, 0, 1]


def test_what_is_not_asked_back_does_not_count() -> None:
    assert counts(case(True, "a", margin=0.2), case(False, "a", margin=0.2), case(False, margin=0.2)) == [0] * 5


def test_a_section_of_a_page_is_known_by_file_and_heading() -> None:
    section = Hit(Entry("x1", "Answer.", title="Help › Returns"), 0.8, "", "title")
    assert Case((section,), True, "en", frozenset({"#Returns"})).holds((section,))
