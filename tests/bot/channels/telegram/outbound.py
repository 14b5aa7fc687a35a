"""The sending half of the channel alone: senders over one post, stopped or killed as a process is."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer

from bot.channels.telegram.outgoing.sender import Sender
from bot.channels.telegram.outgoing.typing_action import Typing
from bot.channels.telegram.pacing import Pacer, Tempo
from bot.channels.telegram.wire import Wire
from bot.conversation.base import Conversations
from bot.conversation.messages import Message, Reply, Turn
from bot.delivery.base import Post
from tests.bot.channels.telegram.conftest import TEMPO, LoopbackSession
from tests.fakes.frontdesk import Outage
from tests.fakes.telegram import FakeTelegram

QUICK = replace(TEMPO, chat=0.0, group=0.0, look=0.02, lease=0.6)


@dataclass
class Running:
    """One process that sends."""

    wire: Wire
    sender: Sender
    typing: Typing
    task: "asyncio.Task[None]"

    async def stop(self) -> None:
        """End it, as a stop does."""
        self.wire.stop.set()
        await self.task


class Process:
    """One process's own way to a post that others share."""

    def __init__(self, post: Post) -> None:
        self._outbox, self._leases = Outage(post.outbox), Outage(post.leases)
        outbox: Any = self._outbox
        leases: Any = self._leases
        self.post = replace(post, outbox=outbox, leases=leases)

    def forget(self) -> None:
        """From now on nothing is noted of what was sent."""
        self._outbox.down |= {"record", "settle"}

    def cut(self) -> None:
        """From now on nothing is reached, as after `kill -9`: the lease ends by itself."""
        self._outbox.down |= {"record", "settle", "next", "attempt"}
        self._leases.down |= {"hold", "let_go"}


@contextlib.asynccontextmanager
async def sending(
    telegram: FakeTelegram, conversations: Any, post: Post, tempo: Tempo = QUICK
) -> AsyncIterator[Running]:
    """A sender and what shows answers in the making, over this post."""
    bot = Bot(telegram.token, session=LoopbackSession(api=TelegramAPIServer.from_base(telegram.url)))
    stop = asyncio.Event()
    wire = Wire(bot, conversations, post, Pacer(tempo, stop), tempo, stop)
    sender = Sender(wire)
    running = Running(wire, sender, Typing(wire), asyncio.create_task(sender.run()))
    try:
        yield running
    finally:
        stop.set()
        await asyncio.gather(running.task, return_exceptions=True)
        await running.typing.close()
        await bot.session.close()


async def say(conversations: Conversations, chat: int, text: str, *, once: bool = False, age: float = 0.0) -> str:
    """An agent says something; the turn's id is the text."""
    name = f"telegram:{chat}"
    turn = Turn(text, "agent", text, time.time() - age, once=once)
    await conversations.accept(Message(name, "opening", "Hello", time.time()))
    await conversations.say(name, "Mia", turn)
    return name


async def reply(conversations: Conversations, chat: int, *turns: Turn) -> str:
    """A customer writes and the bot commits these turns."""
    name = f"telegram:{chat}"
    await conversations.accept(Message(name, f"asked-{turns[0].id}", "Hello", time.time()))
    claim = await conversations.claim("worker", 1.0)
    assert claim is not None
    assert await conversations.commit(claim, Reply(turns))
    return name


async def told(conversations: Conversations, name: str) -> list[str]:
    """The events that agents see in a conversation."""
    turns = (await conversations.read(name)).turns
    return [turn.text for turn in turns if turn.role == "event" and turn.text != "taken_over"]


async def settled(post: Post) -> bool:
    """Whether nothing is left to send, not even for another sender."""
    return await post.outbox.next("another", 0.1) is None
