"""A registry of one process, for tests and trials."""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence


class MemoryRegistry:
    """Implements `Registry`; `clock` gives Unix seconds."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._records: dict[str, dict[str, str]] = defaultdict(dict)
        self._held: dict[str, tuple[str, float]] = {}
        self._logs: dict[str, list[str]] = defaultdict(list)

    async def add(self, kind: str, key: str, text: str) -> bool:
        if key in self._records[kind]:
            return False
        self._records[kind][key] = text
        return True

    async def find(self, kind: str, key: str) -> str | None:
        return self._records[kind].get(key)

    async def all(self, kind: str) -> Mapping[str, str]:
        return dict(self._records[kind])

    async def replace(self, kind: str, key: str, old: str, new: str) -> bool:
        if self._records[kind].get(key) != old:
            return False
        self._records[kind][key] = new
        return True

    async def remove(self, kind: str, key: str) -> bool:
        return self._records[kind].pop(key, None) is not None

    async def count(self, what: str, seconds: float) -> int:
        counted = int(self._kept(what) or "0") + 1
        until = self._held[what][1] if counted > 1 else self._clock() + seconds
        self._held[what] = str(counted), until
        return counted

    async def hold(self, what: str, text: str, seconds: float) -> str | None:
        if (kept := self._kept(what)) is not None:
            return kept
        self._held[what] = text, self._clock() + seconds
        return None

    async def exchange(self, what: str, old: str, new: str, seconds: float) -> bool:
        if self._kept(what) != old:
            return False
        self._held[what] = new, self._clock() + seconds
        return True

    async def forget(self, what: str) -> None:
        self._held.pop(what, None)

    async def append(self, log: str, last: str, text: str) -> bool:
        if await self.tail(log) != last:
            return False
        self._logs[log].append(text)
        return True

    async def tail(self, log: str) -> str:
        return self._logs[log][-1] if self._logs[log] else ""

    async def read(self, log: str, first: int, count: int) -> Sequence[str]:
        start = len(self._logs[log]) + first if first < 0 else first
        return self._logs[log][max(start, 0) : max(start + count, 0)]

    async def cut(self, log: str, first: str) -> bool:
        if self._logs[log][:1] != [first]:
            return False
        del self._logs[log][0]
        return True

    def _kept(self, what: str) -> str | None:
        text, until = self._held.get(what, ("", 0.0))
        return text if until > self._clock() else None
