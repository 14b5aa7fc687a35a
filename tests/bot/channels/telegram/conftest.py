import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.utils.backoff import BackoffConfig

from bot.channels.telegram.channel import carry
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
    retry=BackoffConfig(0.02, 0.1, 2.0, 0.001),
)

Open = Callable[[], contextlib.AbstractAsyncContextManager[asyncio.Task[None]]]


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
def conversations() -> MemoryConversations:
    return MemoryConversations()


@pytest.fixture
def post(conversations: MemoryConversations) -> Post:
    return memory_post(conversations, "telegram")


@pytest.fixture
async def desk(conversations: MemoryConversations) -> AsyncIterator[FrontDesk]:
    desk = FrontDesk(Outage(conversations))
    async with desk.open():
        yield desk
    await conversations.close()


@pytest.fixture
def channel(telegram: FakeTelegram, desk: FrontDesk, post: Post) -> Open:
    """Opens the channel; closing it sets its stop and waits for its end."""

    @contextlib.asynccontextmanager
    async def open_channel() -> AsyncIterator[asyncio.Task[None]]:
        stop = asyncio.Event()
        session = LoopbackSession(api=TelegramAPIServer.from_base(telegram.url))
        bot = Bot(telegram.token, session=session, default=DefaultBotProperties(parse_mode="HTML"))
        task = asyncio.create_task(carry(bot, desk, post, stop=stop, tempo=TEMPO))
        try:
            yield task
        finally:
            stop.set()
            await task
            await session.close()

    return open_channel


@pytest.fixture
async def running(channel: Open) -> AsyncIterator[None]:
    """The channel, open for the whole test."""
    async with channel():
        yield
