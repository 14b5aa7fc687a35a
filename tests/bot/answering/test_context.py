"""The entries in a prompt differ from one another, the best one first."""

from pathlib import Path

from bot.answering.answer import Question
from bot.answering.answerer import Answerer, Policy
from bot.answering.speak import Manner, Speaker
from bot.answering.support import SpanSupport
from bot.generators.extractive import ExtractiveGenerator
from knowledge.corpus.entry import Entry
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.retriever import Retriever
from knowledge.snapshot.builder import build
from tests.bot.answering.conftest import Scripted

CARD = "You can pay by credit card in every shop."
ENTRIES = [
    *(Entry(f"card-{n}", f"{CARD} {'Really. ' * n}", "Can I pay by credit card?", language="en") for n in range(6)),
    Entry(
        "fee", "A fee of 2 % is taken from foreign cards.", "What does it cost to pay by credit card?", language="en"
    ),
    Entry("limit", "The most is 500 € a day.", "How much may one pay by credit card?", language="en"),
]


def test_a_prompt_holds_what_differs(tmp_path: Path) -> None:
    embedder, generator = HashingEmbedder(), Scripted(CARD)
    retriever = Retriever(build(ENTRIES, [], embedder, tmp_path), embedder)
    speaker = Speaker(generator, ExtractiveGenerator(), SpanSupport(retriever), Manner(compose=True))
    Answerer(retriever, speaker, Policy(threshold=0.0)).answer(Question("Can I pay by credit card?"))
    facts = generator.prompts[0].messages[-1].content
    assert facts.index(CARD) < facts.index("2 %")
    assert "500 €" in facts
    assert facts.count(CARD) == 1
