"""Takes a file in: judges what it is, gives it a name that can be shown, and keeps it. Knows no HTTP."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from bot.conversation.messages import Attachment
from bot.files.base import FileRefused, Files, Limits, Stored, Why
from bot.files.content import judge
from bot.files.names import clean_name

AT_ONCE = 32
"""Files that one process takes in at the same time: each lies in its memory meanwhile."""
_JUDGED_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Intake:
    """What the doors take files in with; `seconds` is how long a file is kept that a turn carries."""

    files: Files
    limits: Limits
    seconds: float
    _judging: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_JUDGED_AT_ONCE))
    _coming: set[object] = field(default_factory=set)

    async def take(self, conversation: str, key: str, name: str, coming: AsyncIterator[bytes], by: str) -> Stored:
        """Read a file to its end and keep it under `key`. Raises FileRefused, FileConflict and FilesUnavailable."""
        await self.files.room(conversation, 1, self.limits)
        if len(self._coming) >= AT_ONCE:
            raise FileRefused(Why.BUSY)
        place = object()
        self._coming.add(place)
        try:
            return await self._take(conversation, key, name, await self._read(coming), by)
        finally:
            self._coming.discard(place)

    async def attach(self, conversation: str, names: Sequence[str]) -> tuple[Attachment, ...]:
        """The files as a turn carries them; from here they are kept. Raises FileRefused for one that is not there."""
        if not names:
            return ()
        kept = await self.files.keep(conversation, list(dict.fromkeys(names)), self.seconds)
        return tuple(file.attachment() for file in kept)

    async def _take(self, conversation: str, key: str, name: str, data: bytes, by: str) -> Stored:
        async with self._judging:
            # A thread: an archive is unpacked to be looked through.
            kind = await asyncio.to_thread(judge, data, name, self.limits)
        digest = hashlib.sha256(data).hexdigest()
        file = Stored(key, clean_name(name, kind), kind, len(data), digest, time.time(), by)
        await self.files.put(conversation, file, data, self.limits)
        return file

    async def _read(self, coming: AsyncIterator[bytes]) -> bytes:
        data = bytearray()
        async for piece in coming:
            data += piece
            if len(data) > self.limits.size:
                raise FileRefused(Why.TOO_LARGE)
        return bytes(data)
