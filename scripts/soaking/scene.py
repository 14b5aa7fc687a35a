"""What scenarios with Telegram share: houses before a Bot API server on the loopback, and a judge of its ledger."""

import asyncio
import contextlib
import json
import re
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from bot.conversation.base import Conversations
from bot.conversation.messages import Message, Reply, Turn
from bot.conversation.redis import RedisConversations
from scripts.soaking.forked import Child, fork
from scripts.soaking.ground import Figures, Ground, until
from scripts.soaking.judge import verdict
from tests.fakes.servers import RealServer
from tests.fakes.telegram import FakeTelegram, accepted

START = 60.0
"""Seconds that a house may take to begin; the first one waits until all code is read."""
_ANSWER = re.compile(r"^re: ([\d ]+)$")


@dataclass(slots=True)
class Scene:
    """A server, a Bot API server, and the houses that were opened between them."""

    ground: Ground
    server: RealServer
    telegram: FakeTelegram
    conversations: RedisConversations
    houses: list[Child] = field(default_factory=list)
    port: int = 0

    async def open(self, *options: str, webhook: bool = False) -> Child:
        """A house that serves; its webhook is set, or it polls when it may."""
        arguments = [self.server.url, self.telegram.url, str(self.ground.folder), *options]
        if webhook:
            self.port = self.port or free_port()
            arguments += ["--webhook", "--port", str(self.port)]
        house = await asyncio.to_thread(fork, self.ground, "house", *arguments)
        self.houses.append(house)
        await until(lambda: _serves(house) or not house.process.is_alive(), START)
        if not _serves(house):
            raise RuntimeError(f"the house does not open: {house.lines()[-5:]}")
        if webhook and "--door" not in options and not await until(lambda: bool(self.telegram.webhook.url), START):
            raise RuntimeError(f"the webhook is not set: {house.lines()[-5:]}")
        return house

    def holder(self, lease: str) -> Child | None:
        """The house that lives and was the last one to say that it holds a lease."""
        found: tuple[str, Child] | None = None
        for house in self.houses:
            if not house.process.is_alive():
                continue
            told = [one["timestamp"] for one in map(_record, house.lines()) if one.get("lease") == lease]
            if told and (found is None or told[-1] > found[0]):
                found = told[-1], house
        return found[1] if found else None

    def heard(self, chat: int) -> list[int]:
        """The numbers of the messages that a chat got answers to, in order."""
        return [int(number) for text in self.telegram.sent(chat) for number in _numbers(text)]

    async def outcome(self, chats: Sequence[int], each: int) -> Figures:
        """What became of messages "1" to `each` of every chat, in the store and in Telegram."""
        stored = await verdict(self.conversations, [f"telegram:{chat}" for chat in chats], each)
        figures = {"lost": stored.lost, "doubled": stored.doubled, "out_of_order": stored.out_of_order}
        unheard = repeated = inverted = 0
        for chat in chats:
            heard = Counter(self.heard(chat))
            unheard += each - len(heard)
            repeated += sum(heard.values()) - len(heard)
            firsts = list(dict.fromkeys(self.heard(chat)))
            inverted += firsts != sorted(firsts)
        sent = {"not_sent": unheard, "sent_again": repeated, "chats_sent_out_of_order": inverted}
        return {"messages": stored.messages, **figures, "turns": stored.turns, **sent}

    def all_heard(self, chats: Sequence[int], each: int) -> bool:
        """Whether every message's answer has come."""
        by_chat: Counter[int | None] = Counter()
        for chat, text in {(call.chat, call.text) for call in accepted(self.telegram.ledger)}:
            by_chat[chat] += len(_numbers(text))
        return all(by_chat[chat] >= each for chat in chats)


@contextlib.asynccontextmanager
async def scene(ground: Ground, telegram: FakeTelegram | None = None, lease: float = 9.0) -> AsyncIterator[Scene]:
    """An empty server and a Bot API server; all houses are killed at the end."""
    with ground.server() as server:
        async with telegram or FakeTelegram(seed=ground.seed) as serving:
            conversations = await RedisConversations.connect(server.url, lease=lease)
            place = Scene(ground, server, serving, conversations)
            try:
                yield place
            finally:
                for house in place.houses:
                    house.kill()
                await conversations.close()


async def write_evenly(telegram: FakeTelegram, chats: Sequence[int], each: int, a_second: float) -> dict[str, float]:
    """Messages "1" to `each` of every chat, one chat after the other; when each was written, by "chat/number"."""
    written, start, count = {}, time.monotonic(), 0
    for number in range(1, each + 1):
        for chat in chats:
            telegram.write(str(number), chat=chat)
            written[f"{chat}/{number}"] = telegram.clock()
            count += 1
            await asyncio.sleep(max(0.0, start + count / a_second - time.monotonic()))
    return written


async def fill(conversations: Conversations, chat: int, texts: Sequence[str], *, once: bool = False) -> None:
    """An agent has said something in a chat; a turn's id is its place and text."""
    name = f"telegram:{chat}"
    await conversations.accept(Message(name, "opening", "Hello", time.time()))
    for number, text in enumerate(texts):
        await conversations.say(name, "", Turn(f"{number}", "agent", text, time.time(), once=once))


async def fill_many(conversations: Conversations, chats: dict[int, Sequence[str]], *, once: bool = False) -> None:
    """`fill` for many chats, some at once."""
    places = asyncio.Semaphore(20)

    async def one(chat: int, texts: Sequence[str]) -> None:
        async with places:
            await fill(conversations, chat, texts, once=once)

    await asyncio.gather(*(one(chat, texts) for chat, texts in chats.items()))


async def answer_many(conversations: Conversations, chats: dict[int, str]) -> None:
    """The bot's answer to each chat, which no channel has sent yet."""
    for chat in chats:
        await conversations.accept(Message(f"telegram:{chat}", "asked", "?", time.time()))
    for _ in chats:
        claim = await conversations.claim("filler", START)
        assert claim is not None
        said = Turn("answer", "bot", chats[int(claim.conversation.partition(":")[2])], time.time())
        await conversations.commit(claim, Reply((said,)))


def _serves(house: Child) -> bool:
    return any("Kefu answers" in line for line in house.lines())


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


def _numbers(text: str) -> list[str]:
    found = _ANSWER.match(text)
    return found.group(1).split() if found else []


def _record(line: str) -> dict[str, str]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
