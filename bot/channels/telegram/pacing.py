"""When something may be sent, and how long to wait. Knows chats by number, but no bot and no text.

Telegram counts what arrives in sliding windows. A call arrives somewhere between its begin and its answer; so
whatever must be a second after it begins a second after that answer, and no jitter can bring the two closer.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, field
from typing import TypeVar

from aiogram.utils.backoff import BackoffConfig

Result = TypeVar("Result")

GROUP_LIMIT = 20
EVERYONE_LIMIT = 30
# A timer may ring a moment too early.
_EARLY_TIMERS = 1.005
# So many chats are remembered before those that are free again are forgotten.
_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Tempo:
    """All waiting times, in seconds.

    Telegram allows one message in `chat` seconds to a chat, twenty in `group` seconds to a group, and thirty in
    `everyone` seconds over all. `frame` is how long an answer in the making stays as it is shown, and `light` how
    long showing it, or "typing…", may take; `lease` is how long one process is the sender without saying so again.
    """

    chat: float = 1.0
    group: float = 60.0
    everyone: float = 1.0
    frame: float = 1.0
    light: float = 2.0
    typing: float = 5.0
    typing_longest: float = 60.0
    lease: float = 10.0
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


@dataclass(slots=True)
class _Chat:
    """One chat's past: when its last calls were answered, and what is on its way now."""

    calling: asyncio.Lock = field(default_factory=asyncio.Lock)
    sent: deque[float] = field(default_factory=lambda: deque(maxlen=GROUP_LIMIT))
    counted: float = float("-inf")
    framed: float = float("-inf")
    barred: float = float("-inf")
    waiting: int = 0


class Pacer:
    """Gives each chat its turn to send, one call at a time, and holds back a chat that Telegram told to wait."""

    def __init__(self, tempo: Tempo, stop: asyncio.Event) -> None:
        self._tempo = tempo
        self._stop = stop
        self._chats: dict[int, _Chat] = {}
        # First come, first served: a lane that waits for its place among all others is not overtaken.
        self._places = asyncio.Semaphore(EVERYONE_LIMIT)

    @contextlib.asynccontextmanager
    async def turn(self, chat: int, *, message: bool = True) -> AsyncIterator[None]:
        """Wait until `chat` may be sent to; the call is made inside. Raises Stopping.

        What is no `message` but changes one keeps the chat's pace, and takes no place of a group's or of everyone's.
        """
        known = self._known(chat)
        known.waiting += 1
        try:
            await self._alone(known)
        finally:
            known.waiting -= 1
        try:
            await self._wait(chat, known, message=message)
            try:
                yield
            finally:
                self._count(known, message=message)
        finally:
            known.calling.release()

    @contextlib.asynccontextmanager
    async def frame(self, chat: int, *, message: bool = False) -> AsyncIterator[bool]:
        """Whether an answer in the making may be shown now, as a new `message` or not; the call is made inside.

        It never waits, and none comes while another call is made or awaited.
        """
        known = self._known(chat)
        now = asyncio.get_running_loop().time()
        free = max(self._free(chat, known, message=message), known.framed + self._tempo.frame)
        if now < free or not self._quiet(known) or (message and self._places.locked()):
            yield False
            return
        async with known.calling:
            if message:
                await self._places.acquire()
            try:
                yield True
            finally:
                known.framed = asyncio.get_running_loop().time()
                if message:
                    self._count(known, message=True)

    @contextlib.asynccontextmanager
    async def sign(self, chat: int) -> AsyncIterator[bool]:
        """Whether a sign of life, such as "typing…", may be shown now: Telegram does not count those."""
        known = self._known(chat)
        if not self._quiet(known):
            yield False
            return
        async with known.calling:
            yield True

    def bar(self, chat: int, seconds: float) -> None:
        """Telegram said so: nothing goes to `chat` for so long."""
        known = self._known(chat)
        known.barred = max(known.barred, asyncio.get_running_loop().time() + seconds)

    def _known(self, chat: int) -> _Chat:
        if len(self._chats) > _REMEMBERED:
            self._forget()
        return self._chats.setdefault(chat, _Chat())

    def _forget(self) -> None:
        now = asyncio.get_running_loop().time()
        for chat, known in list(self._chats.items()):
            last = max(known.counted + max(self._tempo.group, self._tempo.chat), known.framed + self._tempo.frame)
            if max(last, known.barred) < now and not known.calling.locked() and not known.waiting:
                del self._chats[chat]

    def _quiet(self, known: _Chat) -> bool:
        barred = asyncio.get_running_loop().time() < known.barred
        return not (barred or known.calling.locked() or known.waiting or self._stop.is_set())

    async def _alone(self, known: _Chat) -> None:
        if known.calling.locked():
            await unless_stopped(self._stop, known.calling.acquire())
        else:
            await known.calling.acquire()

    async def _wait(self, chat: int, known: _Chat, *, message: bool) -> None:
        """Until nothing is in the way; a bar may come while a place among all is awaited."""
        while True:
            await self._rest_until(self._free(chat, known, message=message))
            if not message:
                return
            await self._take_place()
            if self._free(chat, known, message=message) <= asyncio.get_running_loop().time():
                return
            self._places.release()

    async def _rest_until(self, moment: float) -> None:
        clock = asyncio.get_running_loop().time
        while (left := moment - clock()) > 0:
            await rest(self._stop, left)
        if self._stop.is_set():
            raise Stopping

    async def _take_place(self) -> None:
        if self._places.locked():
            await unless_stopped(self._stop, self._places.acquire())
        else:
            await self._places.acquire()

    def _free(self, chat: int, known: _Chat, *, message: bool) -> float:
        free = max(known.counted + self._tempo.chat, known.barred)
        if not message:
            return max(free, known.framed + self._tempo.frame)
        if chat < 0 and len(known.sent) == GROUP_LIMIT:
            free = max(free, known.sent[0] + self._tempo.group)
        return free

    def _count(self, known: _Chat, *, message: bool) -> None:
        loop = asyncio.get_running_loop()
        known.counted = loop.time()
        if message:
            known.sent.append(known.counted)
            loop.call_later(self._tempo.everyone * _EARLY_TIMERS, self._places.release)
