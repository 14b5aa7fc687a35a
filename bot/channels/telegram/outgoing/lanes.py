"""Runs what each chat is to get: chat by chat side by side, within a chat one after the other. Knows no bot."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Generic, TypeVar

import structlog

from bot.channels.telegram.pacing import Stopping

_log = structlog.get_logger(__name__)

Item = TypeVar("Item")


class LaneLeft(Exception):
    """What is in this lane is somebody else's now."""


class Lanes(Generic[Item]):
    """A lane that waits (its pace, a 429, a network that is away) keeps no other lane from going on.

    `bring` does one item. When it raises, the lane ends, and `leave` hears of that item and all behind it: in another
    order than this they must not go out.
    """

    def __init__(self, bring: Callable[[Item], Awaitable[None]], leave: Callable[[Iterable[Item]], None]) -> None:
        self._bring = bring
        self._leave = leave
        self._lanes: dict[int, deque[Item]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, chat: int, item: Item) -> None:
        """Put an item at a lane's end."""
        lane = self._lanes.get(chat)
        if lane is not None:
            lane.append(item)
            return
        self._lanes[chat] = deque([item])
        task = asyncio.create_task(self._run(chat))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def waiting(self, chat: int) -> Sequence[Item]:
        """What is in a lane now."""
        return tuple(self._lanes.get(chat, ()))

    async def finish(self, grace: float) -> None:
        """Wait for what is on its way; what is late is left."""
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=grace)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)

    async def _run(self, chat: int) -> None:
        lane = self._lanes[chat]
        try:
            while lane:
                await self._bring(lane[0])
                lane.popleft()
        except Stopping:
            return
        except LaneLeft:
            _log.info("a lane is left to another sender", chat=chat)
        except Exception:
            # Whatever broke, other lanes go on.
            _log.exception("a lane broke", chat=chat)
        finally:
            del self._lanes[chat]
            self._leave(lane)
