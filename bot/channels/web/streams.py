"""Server-sent events of conversations. Knows no model, and forgets a stream as soon as its reader is gone.

A stream without a mark begins with a `conversation` event: state and turns as they are. Then come the events
after it, so that nothing is missed between the two. A stream with a mark goes on right after it. While nothing
happens a comment is sent every PING_SECONDS, so that proxies and sleeping phones notice a dead connection.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.responses import StreamingResponse

from bot.channels.web.views import agent_conversation, agent_state, public_conversation, public_event
from bot.conversation.base import Conversations, ConversationsError, ConversationUnknown
from bot.conversation.messages import Conversation, State

PING_SECONDS = 10.0
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


class Streams:
    """Opens streams; `stopping` ends them all."""

    def __init__(self, conversations: Conversations, stopping: asyncio.Event, ping: float = PING_SECONDS) -> None:
        self._conversations = conversations
        self._stopping = stopping
        self._ping = ping

    async def for_customer(self, name: str, mark: str) -> StreamingResponse:
        """The customer's view of one conversation."""
        start = await self._start(name, mark)
        return _response(self._customer_events(name, start))

    async def for_agent(self, name: str, mark: str, activity: str, allowed: Allowed) -> StreamingResponse:
        """All conversations' states as they change and, when `name` is given, all events of that one.

        `allowed` is asked again with every ping: a session that was ended ends its streams.
        """
        start = await self._start(name, mark) if name else None
        # What "now" is must be settled before the reader hears that the stream is open and reads the list.
        since = known_mark(activity) or (await self._conversations.activity("$", 0))[0]
        sources = [self._activity(since)]
        if start is not None:
            sources.append(self._agent_events(name, start))
        return _response(_merged(sources, allowed, self._ping))

    async def snapshot(self, name: str) -> Conversation:
        """State and turns; an empty conversation when nothing was ever sent."""
        try:
            return await self._conversations.read(name)
        except ConversationUnknown:
            return Conversation(State(name), ())

    async def _start(self, name: str, mark: str) -> Start:
        if mark := known_mark(mark):
            return Start(mark)
        # The mark is read before the turns: what happens in between comes twice, never not at all.
        # It is that of the last turn, so that the sentences of an answer in the making are shown as well.
        kept = await self._conversations.events(name, "0", 0)
        turns = [event.id for event in kept if event.kind == "turn"]
        return Start(turns[-1] if turns else "0", await self.snapshot(name))

    async def _customer_events(self, name: str, start: Start) -> AsyncIterator[str]:
        mark = start.mark
        if start.conversation is not None:
            yield sse("conversation", public_conversation(start.conversation), "" if mark == "0" else mark)
        while (events := await self._until_stop(self._conversations.events(name, mark, self._ping))) is not None:
            if not events:
                yield PING
            for event in events:
                mark = event.id
                if (data := public_event(event)) is not None:
                    yield sse(event.kind, data, mark)

    async def _agent_events(self, name: str, start: Start) -> AsyncIterator[str]:
        mark = start.mark
        if start.conversation is not None:
            yield sse("conversation", agent_conversation(start.conversation), "" if mark == "0" else mark)
        while (events := await self._until_stop(self._conversations.events(name, mark, self._ping))) is not None:
            for event in events:
                mark = event.id
                yield sse(event.kind, event.data, mark)

    async def _activity(self, mark: str) -> AsyncIterator[str]:
        while (changed := await self._until_stop(self._conversations.activity(mark, self._ping))) is not None:
            mark, names = changed
            states = [agent_state(found.state) for name in names if (found := await self._found(name))]
            yield sse("activity", {"mark": mark, "states": states}) if states else PING

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
