"""Which questions are offered after an answer."""

from pathlib import Path

import pytest

from bot.answering.answer import Outcome, PastTurn, Question, Source
from bot.answering.answerer import Answerer, Policy
from bot.answering.decide import Finding
from bot.answering.question import Part
from bot.answering.related import MOST, questions_next
from bot.answering.speak import Manner, Speaker
from bot.answering.support import SpanSupport
from bot.generators.extractive import ExtractiveGenerator
from knowledge.corpus.entry import Entry
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.hits import Hit
from knowledge.retriever import Retriever
from knowledge.snapshot.builder import build

TOLD = (Source("price", "Shipping prices", None, 0.9),)
PRICE = Entry("price", "4.90 €.", "How much does shipping cost?", tags=("shipping",), language="en")


def found(*near: tuple[Entry, float]) -> Finding:
    hits = ((PRICE, 2.0), *near)
    return Finding(
        Part("", ("",)), tuple(Hit(entry, 0.9, "", "question", closeness) for entry, closeness in hits), 0.9
    )


def offered(*near: tuple[Entry, float], question: Question | None = None) -> tuple[str, ...]:
    return questions_next(question or Question("what is the price of shipping"), "en", [found(*near)], TOLD)


def entry(name: str, language: str = "en", *tags: str) -> Entry:
    return Entry(name.lower(), "An answer.", f"{name}?" if name else "", tags=tags, language=language)


def test_neighbours_are_offered_nearest_first_and_no_more_than_three() -> None:
    near = [(entry(name), 1.0) for name in ("Islands", "Express", "Norway", "Bikes")]
    assert offered(*near) == ("Islands?", "Express?", "Norway?")
    assert MOST == 3


def test_what_is_far_is_offered_only_when_it_is_of_the_same_kind() -> None:
    far = (
        (entry("Payment"), 0.2),
        (entry("Islands", "en", "shipping"), 0.2),
        (entry("Weather", "en", "shipping"), -0.1),
    )
    assert offered(*far) == ("Islands?",)


def test_nothing_is_offered_that_was_told_or_asked() -> None:
    history = (PastTurn("customer", "do you ship to  norway"), PastTurn("bot", "Express?"))
    question = Question("what is the price of shipping", history)
    same = Entry("other", "Elsewhere.", "How much does shipping cost ?", language="en")
    near = (
        (same, 1.0),
        (Entry("norway", "12 €.", "Do you ship to Norway?", language="en"), 1.0),
        (entry("Express"), 1.0),
        (entry("Express"), 1.0),
    )
    assert offered(*near, question=question) == ("Express?",)


def test_nothing_is_offered_in_another_language_or_without_a_question() -> None:
    near = ((entry("退货", "zh"), 1.0), (entry(""), 1.0), (entry("Islands", ""), 1.0))
    assert offered(*near) == ("Islands?",)


@pytest.fixture(scope="module")
def answerer(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    entries = (
        PRICE,
        Entry("free", "From 60 €.", "From what amount is shipping free?", tags=("shipping",), language="en"),
        Entry("secret", "2 €.", "How much does shipping cost us?", tags=("shipping", "internal"), language="en"),
        Entry("pay", "By card.", "How can I pay?", tags=("payment",), language="en"),
    )
    embedder = HashingEmbedder()
    retriever = Retriever(build(entries, [], embedder, Path(tmp_path_factory.mktemp("knowledge"))), embedder)
    return Answerer(retriever, Speaker(None, ExtractiveGenerator(), SpanSupport(retriever), Manner()), Policy())


def test_an_answer_brings_the_questions_beside_it_and_nothing_internal(answerer: Answerer) -> None:
    answer = answerer.answer(Question("How much does shipping cost?"))

    assert answer.outcome is Outcome.ANSWERED
    assert "From what amount is shipping free?" in answer.related
    assert "How much does shipping cost us?" not in answer.related
    assert answer.to_json()["related"] == list(answer.related)


@pytest.mark.parametrize("text", ["hello", "I want to talk to a person", "Which wine goes with salmon?"])
def test_what_is_no_answer_brings_none(answerer: Answerer, text: str) -> None:
    assert answerer.answer(Question(text)).related == ()
