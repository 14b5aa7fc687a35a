"""Wakes those who wait for a topic. Knows no store."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeVar
from weakref import WeakValueDictionary

Found = TypeVar("Found")


class Bell:
    """Readers look, then wait for a ring, then look again; without a ring they look every `pause` seconds."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        # A topic lives as long as someone waits for it.
        self._waiting: WeakValueDictionary[str, asyncio.Event] = WeakValueDictionary()

    def ring(self, topic: str) -> None:
        """Let everyone who waits for the topic look again."""
        if rung := self._waiting.pop(topic, None):
            rung.set()

    def ring_all(self) -> None:
        """Let everyone look again."""
        for topic in list(self._waiting):
            self.ring(topic)

    async def until(
        self, topic: str, look: Callable[[], Awaitable[Found | None]], wait: float, *, pause: float | None = None
    ) -> Found | None:
        """What `look` finds, as soon as it finds something; None after `wait` seconds.

        A topic whose every change rings may do with a longer `pause`.
        """
        pause = self._pause if pause is None else pause
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait
        while True:
            # Registered before the look: a ring in between is not lost.
            rung = self._waiting.setdefault(topic, asyncio.Event())
            if (found := await look()) is not None:
                return found
            if (left := deadline - loop.time()) <= 0:
                return None
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(left, pause)):
                    await rung.wait()
