"""Where one of several things asked has no answer, the customer is told so."""

import pytest

from bot.answering.answer import Outcome, Question, Sentence
from bot.answering.decide import Finding
from bot.answering.leftover import leaves_open
from bot.answering.phrases import phrase
from bot.answering.question import Part
from knowledge.corpus.entry import Entry
from knowledge.hits import Hit
from tests.bot.answering.conftest import MakeAnswerer

NORWAY, BOTH = "Do you ship to Norway?", "Do you ship to Norway? And which wine goes with salmon?"


def found(text: str, entry: str = "", sure: float = 0.9) -> Finding:
    hits = (Hit(Entry(entry, "Yes."), 0.9, text, "question"),) if entry else ()
    return Finding(Part(text, (text,)), hits, sure if entry else 0.0)


A, B, WHOLE = found("a?", "one"), found("b?", "two"), found("a? b?", "one")


@pytest.mark.parametrize(
    ("findings", "spoken", "left"),
    [
        ([A, B, WHOLE], [A], True),
        ([A, found("b?"), WHOLE], [A], True),
        ([A, B, WHOLE], [A, B], False),
        ([A, found("b?", "one", 0.15), WHOLE], [A], False),
        ([A, found("b?", "one", 0.05), WHOLE], [A], True),
        ([A, B, WHOLE], [WHOLE], False),
        ([A, B, WHOLE], [WHOLE, A], True),
        ([A, B, found("a? b?", "three")], [found("a? b?", "three"), A], False),
        ([A], [A], False),
    ],
)
def test_open_is_what_no_entry_told_answers(findings: list[Finding], spoken: list[Finding], left: bool) -> None:
    assert leaves_open(findings, spoken, 0.4) is left


def test_a_customer_hears_that_something_has_no_answer(make_answerer: MakeAnswerer) -> None:
    released: list[Sentence] = []
    answer = make_answerer().answer(Question(BOTH), released.append)
    assert answer.outcome is Outcome.ANSWERED
    assert answer.text.endswith(phrase("left_open", "en"))
    assert [source.id for source in answer.sources] == ["norway"]
    assert tuple(released) == answer.sentences
    assert released[-1].sources == ()


@pytest.mark.parametrize("text", [NORWAY, "Do you ship to Norway? And how can I pay?"])
def test_who_got_all_answers_hears_nothing_of_it(make_answerer: MakeAnswerer, text: str) -> None:
    assert phrase("left_open", "en") not in make_answerer().answer(Question(text)).text
