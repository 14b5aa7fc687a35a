"""A conversation in the terminal. Only carries: lines in, sentences out; it knows no model and no terminal."""

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from bot.channels.base import MessageRefused, Reception
from bot.channels.sources import listed_sources
from bot.conversation.base import ConversationsError
from bot.conversation.messages import BOT, Event, Message
from bot.conversation.records import UNDELIVERABLE

_LOOK = 1.0  # seconds that one look for events may last
_PAUSE = 0.5  # seconds before the next look after the store was away
_PATIENCE = 120.0  # seconds for a reply; a claim that was lost comes back several times within

Write = Callable[[str], None]


async def chat(
    reception: Reception,
    *,
    lines: AsyncIterator[str],
    write: Write,
    prompt: str = "",
    patience: float = _PATIENCE,
) -> None:
    """Talk until `lines` end or one is /quit; each line waits for its reply. /human asks for a person.

    `prompt` is written whenever a line is awaited: hand in one only when a person sits there. A reply that has
    not come after `patience` seconds is no longer waited for.
    """
    talk = _Talk(reception, f"console:{uuid.uuid4().hex}", write, patience)
    watching = asyncio.create_task(talk.watch())
    try:
        write(prompt)
        async for line in lines:
            if line.strip() == "/quit":
                break
            if line.strip():
                await talk.say(line)
            write(prompt)
    finally:
        talk.over = True
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching


class _Talk:
    """One conversation: what is said goes in, what happens in it is written."""

    def __init__(self, reception: Reception, conversation: str, write: Write, patience: float) -> None:
        self._reception = reception
        self._conversation = conversation
        self._write = write
        self._patience = patience
        self.over = False
        self._replied = asyncio.Event()
        self._streamed: tuple[str, str] = ("", "")  # the turn in the making, and what was written of it

    async def say(self, line: str) -> None:
        """Hand one line in, and wait for the bot's reply if it will give one."""
        self._replied.clear()
        message = Message(self._conversation, uuid.uuid4().hex, line, time.time())
        try:
            if line.strip() == "/human":
                await self._reception.ask_for_person(message)
            else:
                await self._reception.receive(message)
            owner = (await self._reception.conversations.read(self._conversation, last=1)).state.owner
        except (MessageRefused, ConversationsError) as error:
            self._write(f"not accepted: {error}\n")
            return
        if owner == BOT:
            await self._reply()

    async def _reply(self) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await self._replied.wait()
        except TimeoutError:
            self._write(f"no reply within {self._patience:g} seconds: it is shown here if it still comes\n")

    async def watch(self) -> None:
        """Write what happens, as it happens."""
        mark = "0"
        # Cancelling alone is not enough: https://github.com/python/cpython/issues/86296 (wait_for may swallow it).
        while not self.over:
            try:
                events = await self._reception.conversations.events(self._conversation, mark, _LOOK)
            except ConversationsError:
                await asyncio.sleep(_PAUSE)
                continue
            for event in events:
                mark = event.id
                self._show(event)

    def _show(self, event: Event) -> None:
        match event.kind:
            case "sentence":
                self._stream(event.data["turn"], event.data["text"])
            case "withdrawn" if event.data["turn"] == self._streamed[0]:
                self._write(" (withdrawn)\n")
                self._streamed = ("", "")
            case "turn":
                self._end_turn(event.data)
            case "state" if event.data.get("owner", BOT) != BOT:
                # An agent has taken over: the bot owes no reply any more.
                self._replied.set()

    def _stream(self, turn: str, sentence: str) -> None:
        making, written = self._streamed
        if making != turn:
            written = ""
        glue = "" if not written or written[-1] in "。！？" else " "
        self._write(glue + sentence)
        self._streamed = (turn, written + glue + sentence)

    def _end_turn(self, turn: Mapping[str, Any]) -> None:
        if turn["role"] == "event" and turn["text"] == UNDELIVERABLE:
            self._write("the bot failed to answer: a person has been called\n")
            self._replied.set()
        if turn["role"] not in ("bot", "agent"):
            return
        making, written = self._streamed
        if turn["role"] == "agent":
            self._write(("\n" if written else "") + f"{turn.get('name') or 'agent'}: {turn['text']}\n")
        elif making == turn["id"] and written.split() == turn["text"].split():
            self._write("\n")
        else:
            # The reply differs from what was streamed, or nothing was: the reply counts.
            self._write(("\n" if written else "") + turn["text"] + "\n")
        for number, source in enumerate(listed_sources(turn.get("answer") or {}), 1):
            self._write(f"  [{number}] {source}\n")
        self._streamed = ("", "")
        if turn["role"] == "bot":
            self._replied.set()
