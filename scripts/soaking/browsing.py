"""A visitor of the website as scenarios need one: writes, listens, is cut off and comes back. Knows no scenario."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.channels.web.visitors import Visitors

KEY = "soak-key-of-an-installation"
_RETRY = 1.0  # seconds; what the server tells its streams' readers


@dataclass(slots=True)
class Visitor:
    """One browser. `events` are those with an id, in the order in which they came; `seen` drops what comes again."""

    session: aiohttp.ClientSession
    address: str
    token: str = ""
    mark: str = ""
    events: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    repeated: int = 0
    opened: int = 0
    seen: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        """Of the visitor's conversation."""
        known = Visitors(KEY).visitor(self.token)
        return known.conversation if known else ""

    async def begin(self) -> None:
        """Get a token."""
        async with self.session.post(f"{self.address}/api/conversations", json={}) as answer:
            self.token = (await answer.json())["token"]

    async def post(self, path: str, body: object) -> tuple[int, Any]:
        """Status and JSON of one request."""
        async with self.session.post(f"{self.address}{path}", json=body, headers=self._headers()) as answer:
            return answer.status, await answer.json()

    async def turns(self) -> list[dict[str, Any]]:
        """The conversation as it is fetched."""
        async with self.session.get(f"{self.address}/api/conversation", headers=self._headers()) as answer:
            turns: list[dict[str, Any]] = (await answer.json())["turns"]
            return turns

    async def listen(self, cuts: Sequence[float], over: asyncio.Event) -> None:
        """Listen until it is over. The first streams are cut off so many seconds after they opened each; what the
        server ends is opened again after what a browser is told to wait."""
        left = list(cuts)
        while not over.is_set():
            cut = left.pop(0) if left else None
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                await self._hear(cut, over)
            if cut is None and not over.is_set():
                await asyncio.sleep(_RETRY)

    async def _hear(self, cut: float | None, over: asyncio.Event) -> None:
        headers = self._headers() | ({"Last-Event-ID": self.mark} if self.mark else {})
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=5)
        async with self.session.get(f"{self.address}/api/events", headers=headers, timeout=timeout) as stream:
            if stream.status != 200:
                return
            self.opened += 1
            async with asyncio.timeout(cut):
                async for mark, kind, data in _parsed(stream):
                    self._take(mark, kind, data)
                    if over.is_set():
                        return

    def _take(self, mark: str, kind: str, data: dict[str, Any]) -> None:
        if not mark:
            return
        self.mark = mark
        if kind == "conversation":
            return
        if mark in self.seen:
            self.repeated += 1
            return
        self.seen.add(mark)
        self.events.append((mark, kind, data))

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


async def _parsed(stream: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, str, dict[str, Any]]]:
    mark, kind, data = "", "", ""
    async for line in stream.content:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name == "id":
            mark = value
        elif name == "event":
            kind = value
        elif name == "data":
            data = value
        elif not name and data:
            yield mark, kind, json.loads(data)
            mark, kind, data = "", "", ""


@contextlib.asynccontextmanager
async def visitors(address: str, count: int) -> AsyncIterator[list[Visitor]]:
    """So many browsers with tokens."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        everyone = [Visitor(session, address) for _ in range(count)]
        for start in range(0, count, 50):
            await asyncio.gather(*(each.begin() for each in everyone[start : start + 50]))
        yield everyone
