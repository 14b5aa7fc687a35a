"""T06: updates with gaps, again, and numbered anew from lower down. Every one that is new is handled once."""

import asyncio
import random
from dataclasses import dataclass

from bot.conversation.redis import RedisConversations
from bot.delivery.base import Inbox, Parcel
from bot.delivery.redis import redis_post
from scripts.soaking.ground import Figures, Ground, until
from scripts.soaking.scene import scene

_FIRST = 500_000
_AT_ONCE = 20
_STEPS = 14


async def identity(ground: Ground) -> Figures:
    """2,000 random rows of numbers into the inbox, and 2 x 300 updates through a house, by webhook and by polling."""
    sequences, updates = ground.size(2000, 100), ground.size(300, 40)
    with ground.server() as server:
        conversations = await RedisConversations.connect(server.url)
        found = await _try_all(conversations, sequences, ground.chance)
        await conversations.close()
    ways = [await _live(ground, updates, webhook=webhook) for webhook in (True, False)]
    handled = {"webhook": ways[0], "polling": ways[1]}
    ok = not found["wrong"] and all(way["lost"] == way["doubled"] == 0 and way["done"] for way in ways)
    return {"ok": ok, "sequences": sequences, **found, **handled}


@dataclass(slots=True)
class _Numbers:
    """How an unlucky sender numbers updates."""

    chance: random.Random
    used: list[int]
    last: int = _FIRST

    def next(self) -> int:
        """A number: the next one, one further on, one that was there, or a new one from far below."""
        turn = self.chance.random()
        if self.used and turn < 0.25:
            return self.chance.choice(self.used)
        if turn < 0.4:
            self.last += self.chance.randint(2, 5000)
        elif turn < 0.5:
            self.last = self.chance.choice([free for free in range(1, 400) if free not in self.used])
        else:
            self.last += 1
            while self.last in self.used:
                self.last += 1
        self.used.append(self.last)
        return self.last


async def _try_all(conversations: RedisConversations, number: int, chance: random.Random) -> Figures:
    places = asyncio.Semaphore(_AT_ONCE)
    puts = news = wrong = 0

    async def one(bot: int, own: random.Random) -> None:
        nonlocal puts, news, wrong
        async with places:
            inbox = redis_post(conversations, "telegram", str(bot)).inbox
            numbers = _Numbers(own, [])
            row = [str(numbers.next()) for _ in range(_STEPS)]
            taken = [await inbox.put(name, b"{}") for name in row]
            new = list(dict.fromkeys(row))
            puts, news = puts + len(row), news + len(new)
            wrong += sum(taken) != len(new) or await _emptied(inbox) != new

    await asyncio.gather(*(one(bot, random.Random(chance.random())) for bot in range(number)))
    return {"puts": puts, "new": news, "wrong": wrong}


async def _emptied(inbox: Inbox) -> list[str]:
    names = []
    done: Parcel | None = None
    while (done := await inbox.next(done, 0.0)) is not None:
        names.append(done.name)
    return names


async def _live(ground: Ground, number: int, *, webhook: bool) -> Figures:
    """The same through a house; each new update is a message of its own chat."""
    numbers = _Numbers(ground.chance, [])
    async with scene(ground) as place:
        house = await place.open("--pace", "0.1", webhook=webhook)
        written: dict[int, dict[str, object]] = {}
        for turn in range(number):
            name = numbers.next()
            if name in written:
                place.telegram.push(written[name])
            else:
                place.telegram.restart_ids(name)
                written[name] = place.telegram.write("1", chat=len(written) + 1)
            if turn % 10 == 9:
                await asyncio.sleep(0.1)
        chats = range(1, len(written) + 1)
        done = await until(lambda: place.all_heard(chats, 1), 60.0, pause=0.2)
        done = done and await until(lambda: not place.telegram.pending, 60.0)
        found = await place.outcome(chats, 1)
        house.kill()
    told = {"updates": number, "new": len(written), "done": done, "lost": found["lost"] + found["not_sent"]}
    return {**told, "doubled": found["doubled"] + found["sent_again"]}
