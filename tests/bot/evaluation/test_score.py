"""An answer is right, wrong or silent by what the bank says of it, whatever way a number is written."""

import pytest

from bot.answering.answer import Outcome
from bot.evaluation.bank import Case
from bot.evaluation.score import Score, Verdict, occurs, score, states

ANSWER = frozenset({Outcome.ANSWERED})
KNOWN = Case("k", ("?",), Outcome.ANSWERED, ANSWER, must=(("30 days", "30 天"), ("free",)), must_not=("60 days",))
UNKNOWN = Case("u", ("?",), Outcome.REFUSED, frozenset({Outcome.REFUSED, Outcome.HANDED_OVER}), must_not=("code is",))
PERSON = Case("p", ("?",), Outcome.HANDED_OVER, frozenset({Outcome.HANDED_OVER}))


def test_an_answer_with_every_fact_is_right() -> None:
    assert score(KNOWN, Outcome.ANSWERED, "30 天, and it is FREE.") == Score(Verdict.RIGHT)


def test_an_answer_that_lacks_a_fact_is_wrong() -> None:
    assert score(KNOWN, Outcome.ANSWERED, "It is free.") == Score(Verdict.WRONG, "lacks: 30 days")


def test_what_must_not_be_said_is_wrong_beside_every_fact() -> None:
    said = score(KNOWN, Outcome.ANSWERED, "30 days, free, 60 days in December.")
    assert said == Score(Verdict.WRONG, "says: 60 days")


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.HANDED_OVER, Outcome.SMALLTALK])
def test_who_does_not_answer_what_is_known_is_silent(outcome: Outcome) -> None:
    assert score(KNOWN, outcome, "30 days, free") == Score(Verdict.SILENT, f"{outcome}, not answered")


def test_an_answer_to_what_is_not_known_is_wrong() -> None:
    assert score(UNKNOWN, Outcome.ANSWERED, "We do.") == Score(Verdict.WRONG, "answered, not refused")


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.HANDED_OVER])
def test_every_accepted_outcome_is_right(outcome: Outcome) -> None:
    assert score(UNKNOWN, outcome, "I can't.").verdict is Verdict.RIGHT


def test_a_refusal_that_says_what_it_must_not_is_wrong() -> None:
    assert score(UNKNOWN, Outcome.REFUSED, "Your code is X.").verdict is Verdict.WRONG


def test_a_refusal_where_a_person_is_due_is_silent_and_an_answer_wrong() -> None:
    assert score(PERSON, Outcome.REFUSED, "").verdict is Verdict.SILENT
    assert score(PERSON, Outcome.ANSWERED, "").verdict is Verdict.WRONG


@pytest.mark.parametrize("text", ["it is 5 €.", "IT IS 5  €", "it is 5\u00a0€ or 7 €", "it is ５ €"])
def test_a_spelling_occurs_whatever_its_blanks_case_and_width(text: str) -> None:
    assert occurs("is 5 €", text)


@pytest.mark.parametrize("text", ["15 €", "4.5 €", "1,5 €", "5 km"])
def test_a_spelling_does_not_occur_in_a_longer_number(text: str) -> None:
    assert not occurs("5 €", text)


@pytest.mark.parametrize("text", ["EUR 1000", "1.000 euros", "1000€", "€1,000"])
def test_a_number_is_stated_in_any_writing(text: str) -> None:
    assert states("1,000 €", text)
    assert not occurs("1,000 €", text)


def test_a_word_counts_as_its_number() -> None:
    assert states("30 days", "you have thirty days")
    assert states("30 days", "三十天内")


@pytest.mark.parametrize(
    ("spelling", "text"),
    [("30 days", "30 hours"), ("5 working days", "5 days"), ("60–100 km", "60 km and 20–100 km"), ("16", "sixteen")],
)
def test_another_fact_is_not_the_same(spelling: str, text: str) -> None:
    assert not states(spelling, text)
