"""Keeps a lease for one process. Knows only its name, not what may be done with it."""

import asyncio

import structlog

from bot.channels.telegram.pacing import Stopping, Tempo, rest
from bot.conversation.base import ConversationsError
from bot.delivery.base import Leases

_log = structlog.get_logger(__name__)


class Lease:
    """Held for `tempo.lease` seconds, and asked for again after a third of that: by one process of many."""

    def __init__(self, leases: Leases, name: str, holder: str, tempo: Tempo, stop: asyncio.Event) -> None:
        self._leases = leases
        self._name = name
        self._holder = holder
        self._seconds = tempo.lease
        self._stop = stop
        self._until = float("-inf")

    @property
    def held(self) -> bool:
        """Whether it is surely ours now."""
        return asyncio.get_running_loop().time() < self._until

    async def keep(self) -> None:
        """Ask for it, again and again, until the stop."""
        try:
            while not self._stop.is_set():
                await self._ask()
                await rest(self._stop, self._seconds / 3)
        except Stopping:
            return

    async def until_held(self) -> None:
        """Wait for it. Raises Stopping."""
        while not self.held:
            await rest(self._stop, min(self._seconds / 20, 0.5))
        if self._stop.is_set():
            raise Stopping

    async def let_go(self) -> None:
        """Give it back, so that the next need not wait for its end."""
        self._until = float("-inf")
        try:
            await self._leases.let_go(self._name, self._holder)
        except ConversationsError as error:
            _log.info("a lease ends by itself", lease=self._name, error=str(error))

    async def _ask(self) -> None:
        asked = asyncio.get_running_loop().time()
        try:
            held = await self._leases.hold(self._name, self._holder, self._seconds)
        except ConversationsError as error:
            _log.warning("a lease cannot be asked for", lease=self._name, error=str(error))
            return
        if held and not self.held:
            _log.info("holding a lease", lease=self._name)
        self._until = asked + self._seconds if held else float("-inf")
