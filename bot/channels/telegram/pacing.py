"""When something may be sent, and how long to wait. Knows chats by number, but no bot and no text."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import TypeVar

from aiogram.utils.backoff import BackoffConfig

Result = TypeVar("Result")

# So many chats are remembered before those that are free again are forgotten.
_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Tempo:
    """All waiting times, in seconds.

    Telegram allows a message a second and chat, twenty a minute and group, thirty a second over all.
    """

    chat: float = 1.0
    group: float = 3.0
    everyone: float = 1 / 30
    typing: float = 5.0
    typing_longest: float = 60.0
    poll: int = 25
    look: float = 1.0
    grace: float = 2.0
    retry: BackoffConfig = field(default_factory=lambda: BackoffConfig(1.0, 30.0, 2.0, 0.1))


class Stopping(Exception):
    """The channel is told to stop; whoever waits lets go."""


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Wait. Raises Stopping as soon as `stop` is set."""
    if not stop.is_set():
        try:
            async with asyncio.timeout(max(seconds, 0.0)):
                await stop.wait()
        except TimeoutError:
            return
    raise Stopping


async def unless_stopped(stop: asyncio.Event, work: Awaitable[Result]) -> Result:
    """The work's result. Raises Stopping, and cancels the work, as soon as `stop` is set."""
    doing = asyncio.ensure_future(work)
    stopped = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({doing, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            return doing.result()
        raise Stopping
    finally:
        stopped.cancel()
        if not doing.done():
            doing.cancel()
            await asyncio.wait({doing})


class Pacer:
    """Gives each chat its turn to send, and holds back a chat that Telegram told to wait."""

    def __init__(self, tempo: Tempo, stop: asyncio.Event) -> None:
        self._tempo = tempo
        self._stop = stop
        self._free: dict[int, float] = {}
        self._barred: dict[int, float] = {}
        self._everyone = 0.0

    async def turn(self, chat: int) -> None:
        """Return when `chat` may be sent to, and count that sending. Raises Stopping."""
        clock = asyncio.get_running_loop().time
        while (wait := self._next(chat) - clock()) > 0:
            await rest(self._stop, wait)
        if self._stop.is_set():
            raise Stopping
        now = clock()
        self._everyone = now + self._tempo.everyone
        self._free[chat] = now + (self._tempo.group if chat < 0 else self._tempo.chat)
        self._forget(now)

    def bar(self, chat: int, seconds: float) -> None:
        """Telegram said so: nothing goes to `chat` for so long."""
        until = asyncio.get_running_loop().time() + seconds
        self._barred[chat] = max(self._barred.get(chat, 0.0), until)

    def barred(self, chat: int) -> bool:
        """Whether Telegram told to wait with `chat`."""
        return self._barred.get(chat, 0.0) > asyncio.get_running_loop().time()

    def _next(self, chat: int) -> float:
        return max(self._free.get(chat, 0.0), self._barred.get(chat, 0.0), self._everyone)

    def _forget(self, now: float) -> None:
        if len(self._free) > _REMEMBERED:
            self._free = {chat: until for chat, until in self._free.items() if until > now}
            self._barred = {chat: until for chat, until in self._barred.items() if until > now}
