"""A fake Bot API server with a clock that tests turn, a bot that talks to it, and a receiver of webhooks."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from typing import Any, Self

import aiohttp
import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiohttp import web

from tests.fakes.telegram import FakeTelegram, Pace

Json = dict[str, Any]
FAST = Pace(scale=0.005)


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class LoopbackSession(AiohttpSession):
    """Closes at once: without TLS there is nothing to wait a quarter of a second for."""

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


class Receiver:
    """Where updates are posted to. It takes them all, unless `answer` says otherwise."""

    def __init__(self) -> None:
        self.url = ""
        self.got: list[Json] = []
        self.headers: list[Any] = []
        self.open = 0
        self.most_open = 0
        self.open_by_chat: dict[int, int] = defaultdict(int)
        self.most_open_by_chat = 0
        self.pause = 0.0
        self.answer: Callable[[Json], web.Response] = lambda update: web.Response()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/hook", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/hook"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        update = await request.json()
        chat = update.get("message", {}).get("chat", {}).get("id", 0)
        self._count(chat, 1)
        await asyncio.sleep(self.pause)
        self._count(chat, -1)
        self.got.append(update)
        self.headers.append(request.headers)
        return self.answer(update)

    def _count(self, chat: int, change: int) -> None:
        self.open += change
        self.open_by_chat[chat] += change
        self.most_open = max(self.most_open, self.open)
        self.most_open_by_chat = max(self.most_open_by_chat, self.open_by_chat[chat])

    def texts(self, chat: int) -> list[str]:
        """What was said in a chat, in the order of arrival."""
        return [update["message"]["text"] for update in self.got if update["message"]["chat"]["id"] == chat]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def telegram(clock: Clock) -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(clock=clock, pace=FAST) as telegram:
        yield telegram


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver() as receiver:
        yield receiver


@pytest.fixture
async def bot(telegram: FakeTelegram) -> AsyncIterator[Bot]:
    session = LoopbackSession(api=TelegramAPIServer.from_base(telegram.url))
    yield Bot(telegram.token, session=session)
    await session.close()


@pytest.fixture
async def call(telegram: FakeTelegram) -> AsyncIterator[Callable[..., Any]]:
    """Calls a method by hand, with JSON; what is answered is returned as it came."""
    async with aiohttp.ClientSession() as session:

        async def do(method: str, **params: Any) -> Json:
            async with session.post(f"{telegram.url}/bot{telegram.token}/{method}", json=params) as response:
                answer: Json = await response.json()
                return answer

        yield do
