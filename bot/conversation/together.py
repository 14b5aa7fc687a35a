"""Many ask, few trips are made: what is asked in the same turn of the loop goes along. Knows no store."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Ask = TypeVar("Ask")
Told = TypeVar("Told")
_Waiting = list[tuple[Ask, asyncio.Future[Told]]]

_MOST = 100  # asks of one trip: the first one's answer waits for all of them


class Together(Generic[Ask, Told]):
    """Hands asks to `work` in the order in which they came; it gives an answer, or an error, for each at its place.

    What `work` raises itself, all who went along raise. Whoever is cancelled meanwhile has asked all the same.
    """

    def __init__(self, work: Callable[[Sequence[Ask]], Awaitable[Sequence[Told | Exception]]]) -> None:
        self._work = work
        self._waiting: _Waiting[Ask, Told] = []
        self._trips: set[asyncio.Task[None]] = set()

    async def ask(self, what: Ask) -> Told:
        """The answer to one."""
        loop = asyncio.get_running_loop()
        told: asyncio.Future[Told] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._depart)
        self._waiting.append((what, told))
        return await told

    async def finish(self, patience: float) -> None:
        """Wait until all that was asked is answered, for so many seconds at most."""
        if self._waiting:
            await asyncio.sleep(0)
        if self._trips:
            await asyncio.wait(self._trips, timeout=patience)

    def _depart(self) -> None:
        waiting, self._waiting = self._waiting, []
        for first in range(0, len(waiting), _MOST):
            trip = asyncio.create_task(self._travel(waiting[first : first + _MOST]))
            self._trips.add(trip)
            trip.add_done_callback(self._trips.discard)

    async def _travel(self, asked: _Waiting[Ask, Told]) -> None:
        try:
            answers = await self._work([what for what, _ in asked])
        except Exception as error:
            answers = [error] * len(asked)
        for (_, told), answer in zip(asked, answers, strict=True):
            if told.done():  # who asked has left
                continue
            if isinstance(answer, Exception):
                told.set_exception(answer)
            else:
                told.set_result(answer)
