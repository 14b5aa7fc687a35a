"""Joins the wires: the only place that names concrete classes. Everything else is handed what it needs."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.answering.answerer import Answerer, Policy
from bot.answering.engine import Engine
from bot.answering.speak import Manner, Speaker
from bot.answering.support import SpanSupport
from bot.conversation.base import Conversations
from bot.desk.desk import Desk
from bot.generators.base import Generator
from bot.generators.extractive import ExtractiveGenerator
from bot.settings import Settings
from knowledge.embedders.base import Embedder
from knowledge.retriever import Retriever
from knowledge.snapshot import Snapshot, open_current

_log = structlog.get_logger(__name__)

# Channels whose replies are pushed out; web and console read them from the conversation.
_PUSHED = frozenset({"telegram"})


def open_embedder(settings: Settings, name: str) -> Embedder:
    """The embedder under a catalogue key, a folder or a hub's name; it is pulled first if need be."""
    if name == "hashing":
        from knowledge.embedders.hashing import HashingEmbedder

        return HashingEmbedder()
    from bot.commands.progress import pulled
    from knowledge.embedders.sentence import SentenceEmbedder

    return SentenceEmbedder(pulled(settings, name))


def open_generator(settings: Settings) -> Generator | None:
    """The generator, which loads in its own thread; None when generating is switched off."""
    if not settings.generate:
        return None
    from bot.commands.progress import pulled
    from bot.generators.causal import CausalGenerator

    folder = pulled(settings, settings.generator)
    return CausalGenerator(folder, weights=settings.weights, waiting=settings.queue_size)


@dataclass(frozen=True, slots=True)
class Brain:
    """What answers: the models and, made from a snapshot, the answerer."""

    settings: Settings
    embedder: Embedder
    generator: Generator | None
    knowledge: Path

    def answerer(self) -> Answerer:
        """An answerer over the current snapshot. Raises SnapshotError."""
        return self.answerer_over(open_current(self.knowledge, self.embedder.name))

    def answerer_over(self, snapshot: Snapshot) -> Answerer:
        """An answerer over this snapshot."""
        settings = self.settings
        retriever = Retriever(snapshot, self.embedder)
        support = SpanSupport(retriever)
        manner = Manner(
            compose=settings.compose == "always",
            seconds=settings.answer_seconds,
            tokens=settings.answer_tokens,
        )
        speaker = Speaker(self.generator, ExtractiveGenerator(), support, manner)
        return Answerer(retriever, speaker, Policy())

    def close(self) -> None:
        """Free the models."""
        if self.generator:
            self.generator.close()


def open_brain(settings: Settings, knowledge: Path) -> Brain:
    """Load what answers from the snapshots in `knowledge`, with the embedder they were built with."""
    built_with = open_current(knowledge).embedder_key
    embedder = open_embedder(settings, settings.embedder or built_with)
    return Brain(settings, embedder, open_generator(settings), knowledge)


@contextlib.asynccontextmanager
async def open_conversations(settings: Settings) -> AsyncIterator[Conversations]:
    """The conversations on `KEFU_REDIS_URL`, else on the embedded Valkey in the data folder."""
    from bot.conversation.redis import RedisConversations
    from bot.conversation.valkey import EmbeddedValkey

    async with contextlib.AsyncExitStack() as stack:
        url = settings.redis_url
        if not url:
            url = (await stack.enter_async_context(EmbeddedValkey(settings.data_dir / "valkey"))).url
        conversations = await RedisConversations.connect(
            url, retention=settings.retention_days * 86400, outbox_channels=_PUSHED
        )
        stack.push_async_callback(conversations.close)
        yield conversations


@dataclass(frozen=True, slots=True)
class House:
    """Everything that runs: the desk, what it answers with, and what it remembers in."""

    brain: Brain
    engine: Engine
    desk: Desk


@contextlib.asynccontextmanager
async def open_house(settings: Settings, knowledge: Path) -> AsyncIterator[House]:
    """Join brain, engine, conversations and desk, and take them apart again."""
    brain = open_brain(settings, knowledge)
    engine = Engine(brain.answerer(), settings.workers)
    try:
        async with open_conversations(settings) as conversations:
            yield House(brain, engine, Desk(conversations, engine))
    finally:
        engine.close()
        brain.close()
