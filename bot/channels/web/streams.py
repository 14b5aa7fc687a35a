"""Server-sent events of conversations. Knows no model, and forgets a stream as soon as its reader is gone.

A stream without a mark begins with a `conversation` event: state and turns as they are. Then come the events
after it, so that nothing is missed between the two. A stream with a mark goes on right after it; where that is not
possible, because what came next is no longer kept, another `conversation` fills the gap. While nothing happens a
comment is sent every PING_SECONDS, so that proxies and sleeping phones notice a dead connection. A server that stops
says when to come back.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.responses import StreamingResponse

from bot.channels.web.views import (
    Json,
    agent_conversation,
    agent_event,
    placed_state,
    public_conversation,
    public_event,
)
from bot.conversation.base import Conversations, ConversationsError, ConversationUnknown
from bot.conversation.marks import later
from bot.conversation.messages import BOT, Conversation, Event, State

PING_SECONDS = 10.0
RETRY = "retry: 1000\n\n"
"""Come back after a second: the next server may be there by then."""
PING = ": ping\n\n"
_MARK = re.compile(r"[0-9]{1,20}(-[0-9]{1,20})?")
Result = TypeVar("Result")
Allowed = Callable[[], Awaitable[bool]]


def sse(kind: str, data: object, mark: str = "") -> str:
    """One server-sent event; JSON has no line breaks of its own."""
    head = f"id: {mark}\n" if mark else ""
    return f"{head}event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def known_mark(mark: str) -> str:
    """The mark when it can be one, or nothing: a stream without a mark starts over and misses nothing."""
    return mark if _MARK.fullmatch(mark) else ""


@dataclass(frozen=True, slots=True)
class Start:
    """Where a stream begins: events later than `mark`, after the conversation when there is one to show."""

    mark: str
    conversation: Conversation | None = None


@dataclass(frozen=True, slots=True)
class View:
    """How someone sees a conversation and, unless it is hidden from them, an event."""

    conversation: Callable[[Conversation], Json]
    event: Callable[[Event], Json | None]

    def opening(self, start: Start) -> str:
        """The event that a stream begins with; nothing when it goes on where it ended."""
        if start.conversation is None:
            return ""
        return sse("conversation", self.conversation(start.conversation), "" if start.mark == "0" else start.mark)


CUSTOMER = View(public_conversation, public_event)
AGENT = View(agent_conversation, agent_event)


class Streams:
    """Opens streams; `stopping` ends them all."""

    def __init__(self, conversations: Conversations, stopping: asyncio.Event, ping: float = PING_SECONDS) -> None:
        self._conversations = conversations
        self._stopping = stopping
        self._ping = ping

    async def for_customer(self, name: str, mark: str) -> StreamingResponse:
        """The customer's view of one conversation."""
        start = await self._start(name, mark)
        return _response(self._told_when_stopped(self._events(name, start, CUSTOMER)))

    async def for_agent(self, name: str, mark: str, activity: str, allowed: Allowed) -> StreamingResponse:
        """All conversations' states as they change and, when `name` is given, all events of that one.

        `allowed` is asked again with every ping: a session that was ended ends its streams.
        """
        start = await self._start(name, mark) if name else None
        # What "now" is must be settled before the reader hears that the stream is open and reads the list.
        since = known_mark(activity) or (await self._conversations.activity("$", 0))[0]
        sources = [self._activity(since)]
        if start is not None:
            sources.append(self._events(name, start, AGENT))
        return _response(self._told_when_stopped(_merged(sources, allowed, self._ping)))

    async def snapshot(self, name: str) -> Conversation:
        """State and turns; an empty conversation when nothing was ever sent."""
        try:
            return await self._conversations.read(name)
        except ConversationUnknown:
            return Conversation(State(name), ())

    async def _start(self, name: str, mark: str) -> Start:
        # The mark is read before the turns: what happens in between comes twice, never not at all.
        kept = await self._kept(name)
        if known_mark(mark) and kept and not later(kept[0].id, mark) and not later(mark, kept[-1].id):
            return Start(mark)
        return Start(beginning(kept), await self.snapshot(name))

    async def _kept(self, name: str) -> list[Event]:
        kept: list[Event] = []
        while more := await self._conversations.events(name, kept[-1].id if kept else "0", 0):
            kept.extend(more)
        return kept

    async def _events(self, name: str, start: Start, view: View) -> AsyncIterator[str]:
        loop = asyncio.get_running_loop()
        mark = start.mark
        if opening := view.opening(start):
            yield opening
        while (events := await self._until_stop(self._conversations.events(name, mark, self._ping))) is not None:
            heard = loop.time()
            shown = [(event, data) for event in events if (data := view.event(event)) is not None]
            mark = events[-1].id if events else mark
            for event, data in shown:
                yield sse(event.kind, data, event.id)
            if not shown:
                yield PING
            if loop.time() - heard < self._ping:
                continue
            # A reader so slow that what comes next may be gone by now.
            if (again := await self._until_stop(self._start(name, mark))) is None:
                return
            mark = again.mark
            if opening := view.opening(again):
                yield opening

    async def _told_when_stopped(self, events: AsyncIterator[str]) -> AsyncIterator[str]:
        async for event in events:
            yield event
        if self._stopping.is_set():
            yield RETRY

    async def _activity(self, mark: str) -> AsyncIterator[str]:
        while (changed := await self._until_stop(self._conversations.activity(mark, self._ping))) is not None:
            mark, names = changed
            if (news := await self._until_stop(self._news(mark, names))) is None:
                return
            yield sse("activity", news) if news["states"] else PING

    async def _news(self, mark: str, names: Sequence[str]) -> Json:
        queue = await self._conversations.queue() if names else ()
        states = [placed_state(found.state, queue) for name in names if (found := await self._found(name))]
        return {"mark": mark, "states": states, "queue": queue}

    async def _found(self, name: str) -> Conversation | None:
        try:
            return await self._conversations.read(name, 1)
        except ConversationUnknown:
            return None

    async def _until_stop(self, work: Coroutine[Any, Any, Result]) -> Result | None:
        """The work's result; None when the server stops first or the store fails, for then the reader comes again."""
        doing = asyncio.ensure_future(work)
        stop = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({doing, stop}, return_when=asyncio.FIRST_COMPLETED)
            return doing.result() if doing.done() else None
        except ConversationsError:
            return None
        finally:
            stop.cancel()
            doing.cancel()


def beginning(kept: Sequence[Event]) -> str:
    """The mark after which a conversation's events must be told to someone who knows all its turns.

    It is that of the last turn, or lies before the first sentence of an answer in the making.
    """
    before = since = "0"
    making = mark = ""
    for event in kept:
        if event.kind == "sentence" and event.data["turn"] != making:
            making, since = event.data["turn"], before
        elif _ends_an_answer(event):
            making = ""
        before = event.id
        mark = event.id if event.kind == "turn" else mark
    return since if making else mark or before


def _ends_an_answer(event: Event) -> bool:
    match event.kind:
        case "turn":
            return event.data["role"] in ("bot", "agent")
        case "state":
            return bool(event.data["owner"] != BOT or event.data["status"] != "open")
    return event.kind == "withdrawn"


async def _merged(sources: list[AsyncIterator[str]], allowed: Allowed, ping: float) -> AsyncIterator[str]:
    """What any source gives, as it comes, until one ends or the reader is no longer allowed."""
    loop = asyncio.get_running_loop()
    check = loop.time() + ping
    waiting = {asyncio.ensure_future(_next(source)): source for source in sources}
    try:
        while True:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if loop.time() >= check:
                if not await allowed():
                    return
                check = loop.time() + ping
            for task in done:
                source, text = waiting.pop(task), task.result()
                if text is None:
                    return
                yield text
                waiting[asyncio.ensure_future(_next(source))] = source
    finally:
        for task in waiting:
            task.cancel()


async def _next(source: AsyncIterator[str]) -> str | None:
    return await anext(source, None)


def _response(events: AsyncIterator[str]) -> StreamingResponse:
    # X-Accel-Buffering: nginx would keep small events back.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)
