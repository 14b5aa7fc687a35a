"""The same stimuli for a bot of bare aiogram and for Kefu: what a kill loses, what comes thrice, in what order."""

import asyncio
import itertools
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import ClientSession

from scripts.soaking.forked import Child, fork
from scripts.soaking.ground import Figures, Ground, until
from scripts.soaking.house import SECRET
from scripts.soaking.peer import PATH
from scripts.soaking.scene import START, Scene, free_port, scene
from tests.fakes.faults import too_many

_OVER = 3.0
"""Seconds after which a bot without a memory has said all that it will ever say."""
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Bot:
    """How a bot is started; `keeps` tells whether it is worth waiting for what it owes."""

    start: Callable[[Scene, bool], Awaitable[Child]]
    keeps: bool


async def peers(ground: Ground) -> Figures:
    """aiogram alone beside Kefu: kills after the acknowledgement, the same update thrice, one chat's order, a 429."""
    aiogram = Bot(_aiogram(seconds=1.0), keeps=False)
    isolated = Bot(_aiogram(seconds=0.05, isolation=True), keeps=False)
    figures = await _compare(ground, aiogram, isolated)
    kefu = await _compare(ground, Bot(_kefu, keeps=True), Bot(_kefu, keeps=True))
    return {"ok": True, **figures, "kefu": kefu}


async def _compare(ground: Ground, bot: Bot, ordered: Bot) -> Figures:
    of, posted, row = ground.size(200, 40), ground.size(100, 20), 40
    return {
        "of": of,
        "webhook_kill9_lost": await _lost(ground, bot, of, signal.SIGKILL, webhook=True),
        "webhook_sigterm_lost": await _lost(ground, bot, of, signal.SIGTERM, webhook=True),
        "polling_kill9_lost": await _lost(ground, bot, of, signal.SIGKILL, webhook=False),
        "polling_sigterm_lost": await _lost(ground, bot, of, signal.SIGTERM, webhook=False),
        "posted_thrice": posted,
        "posted_thrice_answers": await _thrice(ground, bot, posted),
        "one_chats_messages": row,
        **await _order(ground, ordered, row),
        **await _after_refusal(ground, bot),
    }


async def _lost(ground: Ground, bot: Bot, number: int, end: int, *, webhook: bool) -> int:
    """So many updates were taken, and never answered after the process had ended and begun again."""
    chats = range(1, number + 1)
    async with scene(ground, lease=1.0) as place:
        process = await bot.start(place, webhook)
        for chat in chats:
            place.telegram.write("1", chat=chat)
        if not await until(lambda: not place.telegram.pending, _PATIENCE, pause=0.005):
            raise RuntimeError("the updates were not taken")
        process.kill(end)
        await asyncio.to_thread(process.process.join, 20.0)
        process.kill()
        await bot.start(place, webhook)
        await until(lambda: place.all_heard(chats, 1), _PATIENCE if bot.keeps else _OVER, pause=0.2)
        return sum(not place.heard(chat) for chat in chats)


async def _thrice(ground: Ground, bot: Bot, number: int) -> int:
    """The answers to so many updates that each came three times."""
    chats = range(1, number + 1)
    async with scene(ground, lease=1.0) as place:
        await bot.start(place, True)
        place.telegram.deliver_times(3)
        for chat in chats:
            place.telegram.write("1", chat=chat)
        await until(lambda: place.all_heard(chats, 1), _PATIENCE, pause=0.2)
        await asyncio.sleep(_OVER)
        return sum(len(place.heard(chat)) for chat in chats)


async def _order(ground: Ground, bot: Bot, number: int) -> Figures:
    """How often an answer in one chat is to an earlier message than the one before."""
    async with scene(ground, lease=1.0) as place:
        await bot.start(place, True)
        for turn in range(1, number + 1):
            place.telegram.write(str(turn), chat=1)
        await until(lambda: place.all_heard([1], number), _PATIENCE, pause=0.2)
        heard = place.heard(1)
    inversions = sum(after < before for before, after in itertools.pairwise(heard))
    return {"inversions": inversions, "answered_of_one_chat": len(set(heard))}


async def _after_refusal(ground: Ground, bot: Bot) -> Figures:
    """How often a send is tried that Telegram refuses with 429 at first, and whether it arrives."""
    async with scene(ground, lease=1.0) as place:
        place.telegram.fail("sendMessage", too_many(1))
        await bot.start(place, True)
        place.telegram.write("1", chat=1)
        await until(lambda: place.all_heard([1], 1), 6.0 if bot.keeps else 1.0 + _OVER)
        attempts = len(place.telegram.calls("sendMessage"))
        return {"attempts_with_a_429": attempts, "answers_after_a_429": len(place.heard(1))}


def _aiogram(seconds: float, *, isolation: bool = False) -> Callable[[Scene, bool], Awaitable[Child]]:
    async def start(place: Scene, webhook: bool) -> Child:
        given = [place.telegram.url, "--seconds", str(seconds)]
        given += ["--isolation", place.server.url] if isolation else []
        if webhook:
            place.port = place.port or free_port()
            given += ["--port", str(place.port)]
        before = len(place.telegram.calls("getUpdates"))
        child = await asyncio.to_thread(fork, place.ground, "peer", *given)
        place.houses.append(child)
        if webhook:
            await _listens(place.port)
            await place.telegram.deliver_to(f"http://127.0.0.1:{place.port}{PATH}", SECRET)
        else:
            await until(lambda: _polls(child) or len(place.telegram.calls("getUpdates")) > before, START)
        return child

    return start


async def _kefu(place: Scene, webhook: bool) -> Child:
    return await place.open("--seconds", "1", "--threads", "64", "--lease", "1.0", webhook=webhook)


def _polls(child: Child) -> bool:
    return any("Run polling for bot" in line for line in child.lines())


async def _listens(port: int) -> None:
    async def answers() -> bool:
        try:
            async with ClientSession() as client, client.get(f"http://127.0.0.1:{port}/"):
                return True
        except OSError:
            return False

    if not await until(answers, START):
        raise RuntimeError("the bot does not listen")
