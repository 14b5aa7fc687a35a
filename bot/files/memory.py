"""Files in this process's memory: for tests and demonstrations."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace

from bot.files.base import HELD_SECONDS, FileConflict, FileRefused, Limits, Stored, Usage, Why


class MemoryFiles:
    """Implements `Files`; `clock` gives Unix seconds."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._files: dict[tuple[str, str], tuple[Stored, bytes]] = {}

    async def room(self, conversation: str, size: int, limits: Limits) -> None:
        self._let_go()
        own = sum(file.size for (name, _), (file, _) in self._files.items() if name == conversation)
        if own + size > limits.visitor:
            raise FileRefused(Why.QUOTA)
        if sum(file.size for file, _ in self._files.values()) + size > limits.total:
            raise FileRefused(Why.FULL)

    async def put(self, conversation: str, file: Stored, data: bytes, limits: Limits) -> bool:
        if known := await self.find(conversation, file.id):
            if known.digest != file.digest:
                raise FileConflict("this id was used for another file")
            return False
        await self.room(conversation, file.size, limits)
        held = replace(file, expires=self._clock() + HELD_SECONDS)
        self._files[conversation, file.id] = held, data
        return True

    async def keep(self, conversation: str, names: Sequence[str], seconds: float) -> Sequence[Stored]:
        found = [await self.find(conversation, name) for name in names]
        if None in found:
            raise FileRefused(Why.UNKNOWN)
        kept = [replace(file, expires=self._clock() + seconds) for file in found if file]
        for file in kept:
            self._files[conversation, file.id] = file, self._files[conversation, file.id][1]
        return kept

    async def find(self, conversation: str, name: str) -> Stored | None:
        self._let_go()
        return self._files.get((conversation, name), (None, b""))[0]

    async def read(self, conversation: str, name: str) -> AsyncIterator[bytes]:
        if await self.find(conversation, name):
            yield self._files[conversation, name][1]

    async def forget(self, conversation: str) -> int:
        gone = [key for key in self._files if key[0] == conversation]
        for key in gone:
            del self._files[key]
        return len(gone)

    async def usage(self) -> Usage:
        self._let_go()
        return Usage(len(self._files), sum(file.size for file, _ in self._files.values()))

    def _let_go(self) -> None:
        now = self._clock()
        self._files = {key: kept for key, kept in self._files.items() if kept[0].expires > now}
