"""The audit log: who did what, and when. It only grows, and each entry seals the one before it.

The seal is an HMAC-SHA256 with the installation's key over the entry and the seal before it (Schneier and Kelsey,
"Secure audit logs", 1999, without their evolving keys): whoever can write to the server but has no key cannot change,
drop or insert an entry unseen. Entries older than `days` are let go, oldest first; the end is not protected from
being cut off by who has both. Entries name conversations and never quote them.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from bot.registry.base import Registry

DAYS = 365.0
_LOG, _SLICE = "audit", 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One act: `number` counts from 1, `at` is Unix time, `about` names what it was done to."""

    number: int
    at: float
    who: str
    what: str
    about: str = ""
    detail: str = ""
    before: str = ""
    """The seal of the entry before."""
    seal: str = ""


class Audit:
    """Writes and reads the log of a registry; all methods may raise RegistryUnavailable."""

    def __init__(
        self, registry: Registry, key: str, days: float = DAYS, clock: Callable[[], float] = time.time
    ) -> None:
        self._registry = registry
        self._key = hashlib.sha256(b"kefu.audit\0" + key.encode()).digest()
        self._seconds = days * 86_400
        self._clock = clock

    async def note(self, who: str, what: str, about: str = "", detail: str = "") -> Entry:
        """Write an entry down."""
        while True:
            last = await self._registry.tail(_LOG)
            number, before = _end(last)
            entry = self._sealed(Entry(number + 1, self._clock(), who, what, about, detail, before))
            if await self._registry.append(_LOG, last, json.dumps(asdict(entry), ensure_ascii=False)):
                await self._let_go()
                return entry

    async def latest(self, count: int, before: int = 0) -> Sequence[Entry]:
        """Entries with numbers below `before` (0: all), newest first."""
        end = _end(await self._registry.tail(_LOG))[0]
        skipped = max(end + 1 - before, 0) if before else 0
        texts = await self._registry.read(_LOG, -(skipped + count), count)
        entries = [Entry(**json.loads(text)) for text in texts]
        return [entry for entry in reversed(entries) if not before or entry.number < before]

    async def broken(self) -> int | None:
        """The number of the first entry that is not as it was written, or that lacks the one before it."""
        place, previous = 0, None
        while texts := await self._registry.read(_LOG, place, _SLICE):
            for text in texts:
                expected = previous.number + 1 if previous else 0
                if (entry := self._read(text, previous)) is None:
                    return expected or _number(text)
                previous = entry
            place += len(texts)
        return None

    def _read(self, text: str, previous: Entry | None) -> Entry | None:
        try:
            entry = Entry(**json.loads(text))
        except (ValueError, TypeError):
            return None
        follows = previous is None or (entry.number, entry.before) == (previous.number + 1, previous.seal)
        return entry if follows and hmac.compare_digest(self._sealed(entry).seal, entry.seal) else None

    def _sealed(self, entry: Entry) -> Entry:
        data = {**asdict(entry), "seal": ""}
        told = json.dumps(data, sort_keys=True, ensure_ascii=True).encode()
        return Entry(**{**data, "seal": hmac.new(self._key, told, hashlib.sha256).hexdigest()})

    async def _let_go(self) -> None:
        # Two at most with each new one: so it shrinks, and no one waits.
        for text in await self._registry.read(_LOG, 0, 2):
            if json.loads(text).get("at", 0) < self._clock() - self._seconds:
                await self._registry.cut(_LOG, text)


def _end(last: str) -> tuple[int, str]:
    entry = json.loads(last) if last else {}
    return entry.get("number", 0), entry.get("seal", "")


def _number(text: str) -> int:
    try:
        return int(json.loads(text)["number"])
    except (ValueError, TypeError, KeyError):
        return 1
