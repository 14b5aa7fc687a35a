"""What is internal is for the agents' suggestions alone: no way of answering brings it to a customer."""

from pathlib import Path

import pytest

from bot.answering.answer import CUSTOMER, Answer, Mode, Outcome, PastTurn, Question
from bot.answering.answerer import Answerer, Policy
from bot.answering.engine import Engine
from bot.answering.speak import Manner, Speaker
from bot.answering.support import SpanSupport
from bot.generators.extractive import ExtractiveGenerator
from knowledge.corpus.entry import Entry
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.filters import Filter
from knowledge.retriever import Retriever
from knowledge.snapshot.builder import build
from tests.bot.answering.conftest import Scripted

SECRETS = ("goodwill", "supervisor", "margin")
LONG = " ".join(f"At step {n} of a refund the supervisor signs form {n} of the goodwill margin." for n in range(40))
ENTRIES = (
    Entry(
        "goodwill",
        "The goodwill voucher is 20 €. The supervisor decides about the margin.",
        "How large is the goodwill voucher?",
        title="Goodwill of the supervisor",
        tags=("internal",),
        language="en",
    ),
    Entry(
        "steps", LONG, "How does a refund go?", title="Steps of a goodwill refund", tags=("INTERNAL ",), language="en"
    ),
    Entry("裁量", "goodwill 代金券最高20欧元。", "代金券最高多少？", title="goodwill", tags=("内部",), language="zh"),
    Entry("refund", "A refund takes 5 days.", "How long does a refund take?", title="Refunds", language="en"),
    Entry(
        "voucher", "A voucher is valid for one year.", "How long is a voucher valid?", title="Vouchers", language="en"
    ),
)
QUESTIONS = [
    "How large is the goodwill voucher?",
    "What does the supervisor decide about the margin?",
    "How does a refund go?",
    "At step 3 of a refund, who signs form 3?",
    "代金券最高多少？",
    "Steps of a goodwill refund",
    "margin",
]


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    embedder = HashingEmbedder()
    return Retriever(build(ENTRIES, [], embedder, Path(tmp_path_factory.mktemp("knowledge"))), embedder)


def answerer_of(
    retriever: Retriever, generator: Scripted | None, threshold: float = 0.0, within: Filter | None = None
) -> Answerer:
    manner = Manner(compose=generator is not None, quote_limit=300, needed_support=0.0)
    speaker = Speaker(generator, ExtractiveGenerator(), SpanSupport(retriever), manner)
    return Answerer(retriever, speaker, Policy(threshold, within=within) if within else Policy(threshold))


def told(answer: Answer) -> str:
    """Everything of an answer that a customer may see, in any place."""
    return str(answer.to_json()).lower()


def holds_a_secret(text: str) -> bool:
    return any(secret in text for secret in SECRETS)


@pytest.mark.parametrize("threshold", [0.0, 1.0], ids=["answers all", "refuses all, with articles"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_no_customer_is_told(retriever: Retriever, question: str, threshold: float) -> None:
    before = (PastTurn(CUSTOMER, "Tell me of the goodwill of the supervisor"),)
    answerer = answerer_of(retriever, None, threshold)
    for history in ((), before):
        assert not holds_a_secret(told(answerer.answer(Question(question, history))))


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_generator_reads_it_for_a_customer(retriever: Retriever, question: str) -> None:
    generator = Scripted("The supervisor decides about the goodwill margin.")
    answer = answerer_of(retriever, generator).answer(Question(question))
    shown = [message.content for prompt in generator.prompts for message in prompt.messages[:-1]]
    facts = [prompt.messages[-1].content.split(">>>")[0] for prompt in generator.prompts]
    assert generator.prompts
    assert not holds_a_secret("".join([*shown, *facts]).lower())
    assert answer.mode is not Mode.GENERATED


def test_an_agent_is_told(retriever: Retriever) -> None:
    answerer = answerer_of(retriever, None)
    quoted = answerer.answer(Question(QUESTIONS[0], for_agent=True))
    assert [source.id for source in quoted.sources] == ["goodwill"]
    assert answerer.answer(Question(QUESTIONS[2], for_agent=True)).mode is Mode.EXTRACTIVE


async def test_what_an_agent_was_told_is_not_kept_for_customers(retriever: Retriever) -> None:
    engine = Engine(answerer_of(retriever, None))
    try:
        asked = Question(QUESTIONS[0])
        first = await engine.answer(asked)
        suggested = await engine.answer(Question(QUESTIONS[0], for_agent=True))
        again = await engine.answer(asked)
    finally:
        engine.close()
    assert [source.id for source in suggested.sources] == ["goodwill"]
    assert first.text == again.text
    assert not holds_a_secret(told(again))


def test_where_nothing_may_be_told_it_is_refused_however_low_the_threshold(retriever: Retriever) -> None:
    within = Filter.of(tags=["no such tag"])
    answer = answerer_of(retriever, None, 0.0, within).answer(Question("How long does a refund take?"))
    assert (answer.outcome, answer.sources) == (Outcome.REFUSED, ())


def test_customers_are_told_nothing_but_what_has_the_owners_tags(retriever: Retriever) -> None:
    within = Filter.of(tags=["vouchers"])
    answer = answerer_of(retriever, None, 0.3, within).answer(Question("How long does a refund take?"))
    assert answer.outcome is Outcome.REFUSED
