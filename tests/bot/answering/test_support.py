"""How well a source supports a sentence, and by which of its sentences."""

from pathlib import Path

import pytest

from bot.answering.support import SpanSupport
from knowledge.corpus.entry import Entry
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.retriever import Retriever
from knowledge.snapshot.builder import build

ASKS, TELLS = "Do I need a duplicate title?", "If you have lost your title, you must apply for a duplicate title."
TITLE = f"{ASKS} {TELLS}"


@pytest.fixture
def support(tmp_path: Path) -> SpanSupport:
    embedder = HashingEmbedder()
    entries = [Entry("title", TITLE, language="en"), Entry("hours", "We are open from 9 to 18.", language="en")]
    return SpanSupport(Retriever(build(entries, [], embedder, tmp_path), embedder))


def test_the_nearest_sentence_supports(support: SpanSupport) -> None:
    value, span = support("Apply for a duplicate if you have lost your title.", TITLE)
    assert span == TELLS
    assert 0.5 < value <= 1


def test_no_statement_rests_on_a_question(support: SpanSupport) -> None:
    value, span = support("You need a duplicate title.", TITLE)
    assert span == TELLS
    assert value < support(TELLS, TITLE)[0]


def test_a_question_may_be_quoted(support: SpanSupport) -> None:
    assert support(ASKS, TITLE) == (pytest.approx(1), ASKS)


def test_of_a_source_that_only_asks_a_question_is_the_nearest(support: SpanSupport) -> None:
    assert support("You need a title.", "Do you need a title?")[1] == "Do you need a title?"
