"""Joins the wires: the only place that names concrete classes. Everything else is handed what it needs."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot.answering.answer import Question
from bot.answering.answerer import Answerer
from bot.answering.engine import Engine
from bot.answering.leak import mark_of
from bot.answering.phrases import phrase
from bot.answering.prompt import build_prompt
from bot.answering.speak import Speaker
from bot.answering.support import SpanSupport
from bot.conversation.base import NO_ADDRESS, ConversationsError
from bot.conversation.retention import DAY, Retention
from bot.desk.desk import Desk
from bot.desk.hours import Hours
from bot.desk.news import Burst
from bot.desk.replying import Replier
from bot.generators.base import GenerationFailed, Generator, Limits
from bot.generators.extractive import ExtractiveGenerator
from bot.manners import examples_of, look_of, manner_of, policy_of, rewriter_of, voice_of
from bot.models.catalogue import read_catalogue
from bot.reading.examples import Examples
from bot.settings import Settings
from bot.timetable import read_holidays, read_week, read_zone
from knowledge.embedders.base import Embedder
from knowledge.embedders.joined import JOIN, JoinedEmbedder
from knowledge.errors import EmbedderError, EmbedderMismatch, SnapshotMissing
from knowledge.retriever import Retriever
from knowledge.snapshot.layout import current_id, snapshot_ids
from knowledge.snapshot.reader import current_manifest, open_current, open_snapshot

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from bot.conversation.redis import RedisConversations

_log = structlog.get_logger(__name__)

HASHING = "hashing"
"""The name of the embedder that needs no model."""

# Channels whose replies are pushed out; web and console read them from the conversation.
_PUSHED = frozenset({"telegram"})

Pull = Callable[[Settings, str], str]
"""(settings, name) → what a loader can open; a model of the catalogue is brought here first."""


def quiet_pull(settings: Settings, name: str) -> str:
    """Bring a model here without a word."""
    from bot.models.ready import resolve

    return resolve(name, settings.models_dir)


def open_embedder(settings: Settings, name: str, pull: Pull = quiet_pull) -> Embedder:
    """The embedder under a catalogue key, a folder or a hub's name, or several of them joined by "+"."""
    if name == HASHING:
        from knowledge.embedders.hashing import HashingEmbedder

        return HashingEmbedder()
    parts = embedder_names(name)
    if len(parts) > 1:
        known = read_catalogue()
        reads = [known[part].reads if part in known else () for part in parts]
        return JoinedEmbedder([open_embedder(settings, part, pull) for part in parts], reads)
    from knowledge.embedders.sentence import SentenceEmbedder

    return SentenceEmbedder(pull(settings, name))


def embedder_names(name: str) -> list[str]:
    """The parts of an embedder's name; a folder keeps its "+"."""
    return [name] if Path(name).expanduser().is_dir() else name.split(JOIN)


def of_catalogue(name: str) -> bool:
    """Whether the catalogue has every part of an embedder's name."""
    return set(embedder_names(name)) <= set(read_catalogue())


def open_generator(settings: Settings, pull: Pull = quiet_pull) -> Generator | None:
    """The generator: in this process, or on a server; None when generating is switched off."""
    if not settings.generate:
        return None
    if settings.generator.startswith(("http://", "https://")):
        from bot.generators.remote import RemoteGenerator

        if settings.adapter:
            raise GenerationFailed("KEFU_ADAPTER is for a model in this process; a server's is named as …/v1#ADAPTER")
        key = settings.generator_key.get_secret_value() if settings.generator_key else ""
        return RemoteGenerator(settings.generator, key=key)
    from bot.generators.opening import open_local

    folder = pull(settings, settings.generator)
    return open_local(folder, weights=settings.weights, waiting=settings.queue_size, adapter=settings.adapter)


def built_with(knowledge: Path) -> str:
    """The name under which `open_embedder` finds the embedder of the snapshot in use. Raises SnapshotError."""
    return JOIN.join(_built_with(knowledge, part) for part in current_manifest(knowledge)[1].embedder.split(JOIN))


def _built_with(knowledge: Path, embedder: str) -> str:
    kind, _, model = embedder.partition(":")
    if kind == HASHING:
        return HASHING
    name = model.rpartition("@")[0]
    if name in read_catalogue():
        return name
    raise EmbedderError(f"{knowledge} was built with {name}: set KEFU_EMBEDDER to the folder or name of that model")


def open_retriever(settings: Settings, knowledge: Path, pull: Pull = quiet_pull) -> Retriever:
    """What finds entries in the snapshot in use. Raises SnapshotError."""
    snapshot = open_current(knowledge)
    return Retriever(snapshot, open_embedder_of(settings, knowledge, pull))


def open_embedder_of(settings: Settings, knowledge: Path, pull: Pull) -> Embedder:
    """The embedder of the snapshot in use. A setting that names another is refused before that one is loaded."""
    built = built_with(knowledge) if not settings.embedder or of_catalogue(settings.embedder) else ""
    if built and settings.embedder and settings.embedder != built:
        message = f"{knowledge} was built with the embedder {built}, KEFU_EMBEDDER is {settings.embedder}"
        raise EmbedderMismatch(f"{message}: use that one, or build again with this one")
    return open_embedder(settings, settings.embedder or built, pull)


@dataclass(frozen=True, slots=True)
class Brain:
    """What answers: models and, made from a snapshot, the answerer; without `examples` by rules alone."""

    settings: Settings
    embedder: Embedder
    generator: Generator | None
    knowledge: Path
    examples: Examples | None = None

    def answerer(self, languages: frozenset[str] = frozenset()) -> Answerer:
        """An answerer over the snapshot in use, out of entries in these languages if any. Raises SnapshotError."""
        return self._over(Retriever(open_current(self.knowledge), self.embedder), languages)

    def newest(self) -> tuple[str, Answerer]:
        """The id of the snapshot in use, and an answerer over that one. Raises SnapshotError."""
        retriever = Retriever(open_current(self.knowledge), self.embedder)
        return retriever.snapshot_id, self._over(retriever)

    def as_of(self, snapshot_id: str) -> Answerer:
        """An answerer over a snapshot that is kept. SnapshotMissing when it is not; EmbedderMismatch."""
        if snapshot_id not in snapshot_ids(self.knowledge):
            raise SnapshotMissing(f"{self.knowledge}: the snapshot {snapshot_id} is no longer kept")
        return self._over(Retriever(open_snapshot(self.knowledge, snapshot_id), self.embedder))

    def _over(self, retriever: Retriever, languages: frozenset[str] = frozenset()) -> Answerer:
        manner = manner_of(self.settings, self.generator, retriever)
        support = SpanSupport(retriever)
        speaker = Speaker(self.generator, ExtractiveGenerator(), support, manner)
        rewriter = rewriter_of(self.settings, self.generator, retriever, support)
        policy = policy_of(self.settings, retriever.calibration)
        within = replace(policy.within, languages=languages)
        look = look_of(self.settings, self.generator, retriever)
        return Answerer(retriever, speaker, replace(policy, within=within), rewriter, look, self.examples)

    def warm(self) -> None:
        """Let models load and read what stands before every question: no customer shall wait for that."""
        if self.examples:
            self.examples.ready()
        if not self.generator:
            return
        count, mark = self.generator.count_tokens, mark_of(current_id(self.knowledge))
        voice = voice_of(self.settings)
        prompt = build_prompt(Question("?"), "en", [], count, self.generator.context, mark, voice=voice)
        try:
            for _ in self.generator.generate(prompt, Limits(tokens=1)):
                pass
        except GenerationFailed as error:
            _log.warning("the generator does not answer; entries are quoted instead", error=str(error))

    def close(self) -> None:
        """Free the models."""
        if self.generator:
            self.generator.close()


def open_brain(settings: Settings, knowledge: Path, pull: Pull = quiet_pull) -> Brain:
    """Load what answers from the snapshots in `knowledge`. A damaged one is refused before models are loaded."""
    open_current(knowledge)
    embedder = open_embedder_of(settings, knowledge, pull)
    return Brain(settings, embedder, open_generator(settings, pull), knowledge, examples_of(settings, embedder))


def retention_of(settings: Settings) -> Retention:
    """How long each class of data is kept."""
    days = settings.retention_days, min(settings.events_days, settings.retention_days), settings.dead_letters_days
    return Retention(*(each * DAY for each in days))


def hours_of(settings: Settings) -> Hours:
    """When the team is there."""
    return Hours(read_week(settings.hours), read_zone(settings.timezone), read_holidays(settings.holidays))


@contextlib.asynccontextmanager
async def open_redis(settings: Settings) -> AsyncIterator[str]:
    """The address of the server that keeps conversations: the owner's, else the embedded one's."""
    if settings.redis_url:
        yield settings.redis_url
        return
    from bot.conversation.valkey import EmbeddedValkey

    async with EmbeddedValkey(settings.data_dir / "valkey") as server:
        yield server.url


async def require_redis(settings: Settings) -> None:
    """Raises ConversationsError when the owner's server does not answer, or holds what we cannot follow."""
    if settings.redis_url:
        from bot.conversation.redis import RedisConversations

        await (await RedisConversations.connect(settings.redis_url)).close()


@contextlib.asynccontextmanager
async def redis_client(url: str) -> AsyncIterator["Redis"]:
    """A connection of its own for what is no conversation (agents' sessions)."""
    from redis.asyncio import Redis

    try:
        client = Redis.from_url(url)
    except ValueError:
        raise ConversationsError(NO_ADDRESS) from None
    try:
        yield client
    finally:
        await client.aclose()


@dataclass(frozen=True, slots=True)
class House:
    """Everything that runs: the desk, what it answers with, and where it remembers.

    `snapshot` is the id of what `engine` answered from when the house was opened.
    """

    settings: Settings
    brain: Brain
    engine: Engine
    desk: Desk
    replier: Replier
    conversations: "RedisConversations"
    redis_url: str
    snapshot: str


@contextlib.asynccontextmanager
async def open_house(settings: Settings, knowledge: Path, pull: Pull = quiet_pull) -> AsyncIterator[House]:
    """Open a brain and a house around it. The loop stands still while models are loaded."""
    await require_redis(settings)
    async with house_of(open_brain(settings, knowledge, pull)) as house:
        yield house


@contextlib.asynccontextmanager
async def house_of(brain: Brain) -> AsyncIterator[House]:
    """Join brain, engine, conversations and desk, and take them apart again; the brain is closed in any case."""
    from bot.conversation.redis import RedisConversations

    settings = brain.settings
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(brain.close)
        snapshot, answerer = brain.newest()
        engine = Engine(answerer, settings.workers, settings.answer_cache)
        stack.callback(engine.close)
        url = await stack.enter_async_context(open_redis(settings))
        conversations = await RedisConversations.connect(
            url,
            retention=retention_of(settings),
            lease=settings.lease_seconds,
            outbox_channels=_PUSHED,
            apology=lambda language: phrase("engine_down", language or "en"),
        )
        stack.push_async_callback(conversations.close)
        burst = Burst(settings.burst_seconds, max(4 * settings.burst_seconds, 3.0))
        replier = Replier(conversations, engine, burst=burst, hours=hours_of(settings))
        yield House(settings, brain, engine, Desk(conversations, engine), replier, conversations, url, snapshot)
