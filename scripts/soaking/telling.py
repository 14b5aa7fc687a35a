"""HOOKS: webhooks while the process that tells them is killed, and their receiver fails or asks to be left alone."""

import asyncio
import contextlib
import json
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from random import Random

from aiohttp import web
from redis.asyncio import Redis

from bot.conversation.messages import Message
from bot.conversation.redis import RedisConversations
from bot.registry.redis import RedisRegistry
from bot.webhooks.hooks import Hooks
from bot.webhooks.signing import genuine
from scripts.soaking.forked import Child, fork
from scripts.soaking.ground import Figures, Ground, until
from tests.fakes.servers import RealServer

_FAILING, _BUSY = 0.1, 0.03  # shares of calls
_LEFT_ALONE = 2  # seconds
_PATIENCE = 2.0  # seconds; of the sender's
_SLOWLY = 0.1  # seconds; what the receiver takes at most to say that it has taken an event
_ON_ITS_WAY = 0.25
"""Seconds after a refusal in which calls may have been begun before it was read."""
_BEFORE_DEATH = 1.0
"""Seconds before a kill in which what was taken in may not have been noted yet."""


@dataclass(slots=True)
class _Receiver:
    """Takes events in, fails at times and asks at times to be left alone; keeps what it was told, and when."""

    chance: Random
    secret: str = ""
    url: str = ""
    taken: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    bodies: dict[str, bytes] = field(default_factory=dict)
    calls: int = 0
    failed: int = 0
    refused: int = 0
    in_windows: list[float] = field(default_factory=list)
    """When it had asked to be left alone, for each call that came all the same."""
    forged: int = 0
    _alone: tuple[float, float] = (0.0, 0.0)

    async def hear(self, request: web.Request) -> web.Response:
        body, now = await request.read(), time.time()
        self.calls += 1
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.forged += not genuine(self.secret, headers, body, now)
        began, ends = self._alone
        if began + _ON_ITS_WAY < now < ends:
            self.in_windows.append(began)
        drawn = self.chance.random()
        if drawn < _BUSY:
            self.refused += 1
            if now > ends:
                self._alone = now, now + _LEFT_ALONE
            return web.Response(status=self.chance.choice([429, 503]), headers={"Retry-After": str(_LEFT_ALONE)})
        if drawn < _BUSY + _FAILING:
            self.failed += 1
            return web.Response(status=500)
        self.taken[headers["webhook-id"]].append(now)
        self.bodies[headers["webhook-id"]] = body
        await asyncio.sleep(self.chance.uniform(0.0, _SLOWLY))
        return web.Response(status=200)


@contextlib.asynccontextmanager
async def _receiving(chance: Random) -> AsyncIterator[_Receiver]:
    receiver = _Receiver(chance)
    app = web.Application()
    app.router.add_post("/hook", receiver.hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()


async def hooks(ground: Ground) -> Figures:
    """Events of 40 conversations while the process that tells them is killed again and again."""
    count, chats, kills = ground.size(1_000, 200), 40, ground.size(20, 4)
    with ground.server() as server:
        conversations = await RedisConversations.connect(server.url)
        async with _receiving(ground.chance) as receiver, _hooked(server, receiver):
            teller = _Teller(ground, server)
            await teller.start()
            wanted = {f"web:{number % chats:032}/message-{number}" for number in range(count)}
            killing = asyncio.create_task(_kill(teller, kills, receiver, ground.chance))
            for number in range(count):
                await conversations.accept(
                    Message(f"web:{number % chats:032}", f"message-{number}", "Hello", time.time())
                )
                await asyncio.sleep(0.01)
            await killing
            await until(lambda: _told(receiver) >= wanted, 400, pause=0.2)
            # What a killed one had taken comes again after twice its patience: what is to be repeated is, by now.
            await asyncio.sleep(2 * _PATIENCE + 1)
            await teller.end()
        await conversations.close()
    return _figures(receiver, wanted, teller.deaths)


@contextlib.asynccontextmanager
async def _hooked(server: RealServer, receiver: _Receiver) -> AsyncIterator[None]:
    client = Redis.from_url(server.url)
    hook = await Hooks(RedisRegistry(client)).create(receiver.url, [], "soak")
    receiver.secret = hook.secret
    yield
    await client.aclose()


@dataclass(slots=True)
class _Teller:
    """The process that tells; `deaths` is when it was killed, in Unix seconds."""

    ground: Ground
    server: RealServer
    deaths: list[float] = field(default_factory=list)
    child: Child | None = None

    async def start(self) -> None:
        """Begin, or begin again."""
        self.child = await asyncio.to_thread(
            fork, self.ground, "teller", self.server.url, "--patience", str(_PATIENCE)
        )
        client = Redis.from_url(self.server.url)
        # From its first mark on it misses nothing; later ones go on from there.
        await until(lambda: _marked(client), 60)
        await client.aclose()

    async def kill(self) -> None:
        """`kill -9`, and another one."""
        if self.child:
            self.deaths.append(time.time())
            await asyncio.to_thread(self.child.kill)
        await self.start()

    async def end(self) -> None:
        """For good."""
        if self.child:
            await asyncio.to_thread(self.child.kill)


async def _marked(client: Redis) -> bool:
    return bool(await client.get("kefu:{hooks}:mark:activity"))


async def _kill(teller: _Teller, times: int, receiver: _Receiver, chance: Random) -> None:
    for _ in range(times):
        before = receiver.calls
        await until(lambda before=before: receiver.calls > before + 3, 30, pause=0.01)
        await asyncio.sleep(chance.uniform(0.0, 0.4))
        await teller.kill()


def _told(receiver: _Receiver) -> set[str]:
    """The messages whose arrival was told, as "conversation/id"."""
    return {told for told in map(_message, receiver.bodies.values()) if told}


def _message(body: bytes) -> str:
    event = json.loads(body)
    if event["type"] != "message.received":
        return ""
    return f"{event['data']['conversation']}/{event['data']['turn']['id']}"


def _before_one(deaths: list[float], at: float) -> bool:
    return any(0 <= death - at < _BEFORE_DEATH for death in deaths)


def _figures(receiver: _Receiver, wanted: set[str], deaths: list[float]) -> Figures:
    told = [_message(body) for body in receiver.bodies.values()]
    repeated = {name: times for name, times in receiver.taken.items() if len(times) > 1}
    unexplained = sum(not _before_one(deaths, times[0]) for times in repeated.values())
    # Who died with a refusal in its hands could tell nobody of it.
    in_windows = sum(not _before_one(deaths, began) for began in receiver.in_windows)
    lost = len(wanted - set(told))
    other_ids = sum(bool(each) for each in told) - len(set(told) - {""})
    wrong = lost, other_ids, unexplained, receiver.forged, in_windows
    return {
        "ok": not any(wrong) and receiver.refused > 0 and receiver.failed > 0,
        "events": len(wanted),
        "kills": len(deaths),
        "lost": lost,
        "under_another_id": other_ids,
        "repeated": len(repeated),
        "repeated_without_a_death": unexplained,
        "wrong_signatures": receiver.forged,
        "calls": receiver.calls,
        "answered_500": receiver.failed,
        "answered_429_or_503": receiver.refused,
        "calls_inside_windows": in_windows,
    }
