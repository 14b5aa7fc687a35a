"""A small real knowledge for the answering tests: real snapshot, real retriever, an embedder without a model."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bot.answering.answerer import Answerer, Policy
from bot.answering.speak import Manner, Speaker
from bot.answering.support import SpanSupport
from bot.generators.base import Cancelled, ChatMessage, GenerationFailed, Limits, Pieces, Prompt
from bot.generators.extractive import ExtractiveGenerator
from knowledge.corpus.entry import Entry
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.retriever import Retriever
from knowledge.snapshot.builder import build

ENTRIES = (
    Entry(
        "returns",
        "You can return goods within 30 days. Return shipping costs 4.90 €.",
        "How long can I return goods?",
        ("how many days to send goods back",),
        title="Returns",
        language="en",
        url="https://shop.example/returns",
    ),
    Entry("norway", "We ship to Norway for 12 €.", "Do you ship to Norway?", title="Shipping abroad", language="en"),
    Entry("pay", "You can pay by card or bank transfer.", "How can I pay?", title="Payment", language="en"),
    Entry("保修", "自行车保修期为五年。", "自行车保修多久？", title="保修", language="zh"),
    Entry(
        "assembly",
        " ".join(f"Step {n}: tighten bolt {n} of the frame with the key." for n in range(1, 30)),
        title="Assembly of the frame",
        language="en",
    ),
)


class Scripted:
    """A generator that writes what the test says, piece by piece; shipped drafts are kept in `prompts`."""

    def __init__(self, draft: str, fails: GenerationFailed | None = None) -> None:
        self.draft = draft
        self.fails = fails
        self.prompts: list[Prompt] = []
        self.hold = threading.Event()
        self.hold.set()

    name = "scripted"
    context = 4096

    def count_tokens(self, messages: Sequence[ChatMessage]) -> int:
        return sum(len(message.content) for message in messages) // 3

    def generate(self, prompt: Prompt, limits: Limits) -> Pieces:
        self.prompts.append(prompt)
        for start in range(0, len(self.draft), 4):
            if not self.hold.wait(5) or limits.cancelled.is_set():
                raise Cancelled("no longer wanted")
            yield self.draft[start : start + 4]
        if self.fails:
            raise self.fails

    def close(self) -> None:
        pass


MakeAnswerer = Callable[..., Answerer]


@pytest.fixture(scope="session")
def retriever(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    embedder = HashingEmbedder()
    snapshot = build(ENTRIES, [], embedder, Path(tmp_path_factory.mktemp("knowledge")))
    return Retriever(snapshot, embedder)


@pytest.fixture
def make_answerer(retriever: Retriever) -> MakeAnswerer:
    def make(generator: Scripted | None = None, *, compose: bool = False, policy: Policy | None = None) -> Answerer:
        manner = Manner(compose=compose, quote_limit=300, needed_support=0.2)
        speaker = Speaker(generator, ExtractiveGenerator(), SpanSupport(retriever), manner)
        return Answerer(retriever, speaker, policy or Policy())

    return make
