import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, Protocol

import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.utils.backoff import BackoffConfig

from bot.channels.telegram.channel import carry
from bot.channels.telegram.incoming.webhook import Webhook
from bot.channels.telegram.pacing import Tempo
from bot.conversation.memory import MemoryConversations
from bot.delivery.base import Post
from bot.delivery.memory import memory_post
from tests.fakes.frontdesk import FrontDesk, Outage
from tests.fakes.telegram import FakeTelegram

TEMPO = Tempo(
    chat=0.02,
    group=0.02,
    everyone=0.0,
    typing=0.05,
    typing_longest=2.0,
    poll=1,
    look=0.05,
    grace=0.3,
    lease=1.0,
    retry=BackoffConfig(0.02, 0.1, 2.0, 0.001),
)


class Open(Protocol):
    """Opens the channel; closing it sets its stop and waits for its end."""

    def __call__(
        self, with_post: Post | None = None, webhook: Webhook | None = None
    ) -> contextlib.AbstractAsyncContextManager[asyncio.Task[None]]:
        """With the test's post, unless another is given."""


class LoopbackSession(AiohttpSession):
    """Closes at once: without TLS there is nothing to wait a quarter of a second for."""

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as telegram:
        yield telegram


@pytest.fixture
async def bot(telegram: FakeTelegram) -> AsyncIterator[Bot]:
    """A bot beside the channel."""
    bot = Bot(telegram.token, session=LoopbackSession(api=TelegramAPIServer.from_base(telegram.url)))
    yield bot
    await bot.session.close()


@pytest.fixture
def conversations() -> MemoryConversations:
    return MemoryConversations()


@pytest.fixture
def post(conversations: MemoryConversations) -> Post:
    post = memory_post(conversations, "telegram")
    return replace(post, inbox=Outage(post.inbox))  # type: ignore[arg-type]


@pytest.fixture
def inbox(post: Post) -> Outage:
    """The post's inbox, which may be away; `dead` is what was laid aside."""
    assert isinstance(post.inbox, Outage)
    return post.inbox


@pytest.fixture
async def desk(conversations: MemoryConversations) -> AsyncIterator[FrontDesk]:
    desk = FrontDesk(Outage(conversations))
    async with desk.open():
        yield desk
    await conversations.close()


@contextlib.asynccontextmanager
async def carrying(
    telegram: FakeTelegram, desk: FrontDesk, post: Post, tempo: Tempo = TEMPO, **options: Any
) -> AsyncIterator[asyncio.Task[None]]:
    """The channel, open; closing it sets its stop and waits for its end."""
    stop = asyncio.Event()
    session = LoopbackSession(api=TelegramAPIServer.from_base(telegram.url))
    bot = Bot(telegram.token, session=session, default=DefaultBotProperties(parse_mode="HTML"))
    task = asyncio.create_task(carry(bot, desk, post, stop=stop, tempo=tempo, **options))
    try:
        yield task
    finally:
        stop.set()
        await task
        await session.close()


@pytest.fixture
def channel(telegram: FakeTelegram, desk: FrontDesk, post: Post) -> Open:
    def open_channel(
        with_post: Post | None = None, webhook: Webhook | None = None
    ) -> contextlib.AbstractAsyncContextManager[asyncio.Task[None]]:
        return carrying(telegram, desk, with_post or post, webhook=webhook)

    return open_channel


@pytest.fixture
async def running(channel: Open) -> AsyncIterator[None]:
    """The channel, open for the whole test."""
    async with channel():
        yield
