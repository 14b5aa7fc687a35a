"""Watches conversations and queues what hooks want to know. Any number may run: what is found twice is told once."""

import asyncio
import hashlib
import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog

from bot.conversation.base import Conversations, ConversationsError, ConversationUnknown
from bot.conversation.messages import Event
from bot.registry.base import RegistryUnavailable
from bot.webhooks.base import Deliveries, Delivery, Kind
from bot.webhooks.hooks import Hook, Hooks

_log = structlog.get_logger(__name__)
_OF_ROLE = {"customer": Kind.RECEIVED, "bot": Kind.ANSWERED, "agent": Kind.REPLIED}
_OF_EVENT = {
    "handed_over": Kind.HANDOFF,
    "resolved": Kind.RESOLVED,
    "rated_up": Kind.FEEDBACK,
    "rated_down": Kind.FEEDBACK,
    "commented": Kind.FEEDBACK,
    "scored": Kind.FEEDBACK,
}
_ACTIVITY = "activity"
_WAIT, _PAUSE = 2.0, 1.0  # seconds


class Follower:
    """Reads the conversations' activity from where it was read last."""

    def __init__(
        self,
        conversations: Conversations,
        hooks: Hooks,
        deliveries: Deliveries,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._conversations = conversations
        self._hooks = hooks
        self._deliveries = deliveries
        self._clock = clock

    async def run(self, stop: asyncio.Event) -> None:
        """Follow until `stop` is set."""
        while not stop.is_set():
            try:
                await self.step(_WAIT)
            except (ConversationsError, RegistryUnavailable) as error:
                _log.warning("webhooks wait for the server", error=str(error))
                await asyncio.sleep(_PAUSE)

    async def step(self, wait: float = 0.0) -> None:
        """Queue what happened since the last step, waiting up to `wait` seconds for something."""
        mark = await self._deliveries.mark(_ACTIVITY)
        if not mark:
            mark = (await self._conversations.activity("$", 0))[0]
            await self._deliveries.put(_ACTIVITY, mark, ())
        mark, names = await self._conversations.activity(mark, wait)
        hooks = await self._hooks.all()
        for name in names if hooks else ():
            await self._read(name, hooks)
        await self._deliveries.put(_ACTIVITY, mark, ())

    async def _read(self, name: str, hooks: Sequence[Hook]) -> None:
        source = f"conversation:{name}"
        after = await self._deliveries.mark(source)
        first = "" if after else await self._first(name)
        while events := await self._conversations.events(name, after or "0", 0):
            after = events[-1].id
            found = [each for event in events for each in self._told(name, event, first, hooks)]
            await self._deliveries.put(source, after, found)

    async def _first(self, name: str) -> str:
        try:
            turns = (await self._conversations.read(name, 1_000)).turns
        except ConversationUnknown:
            return ""
        return turns[0].id if turns else ""

    def _told(self, name: str, event: Event, first: str, hooks: Sequence[Hook]) -> list[Delivery]:
        if event.kind != "turn":
            return []
        turn = event.data
        kinds = [kind for kind in (_OF_ROLE.get(turn["role"]), _OF_EVENT.get(turn["text"])) if kind]
        if turn["role"] != "event":
            kinds = kinds[:1]
        if turn["id"] == first:
            kinds.insert(0, Kind.CREATED)
        return [
            self._delivery(hook, kind, name, turn)
            for kind in kinds
            for hook in hooks
            if kind in hook.events and turn["at"] >= hook.created - 1
        ]

    def _delivery(self, hook: Hook, kind: Kind, name: str, turn: dict[str, Any]) -> Delivery:
        told = hashlib.sha256("\0".join((hook.id, kind, name, turn["id"])).encode("utf-8", "replace")).hexdigest()
        at = datetime.fromtimestamp(turn["at"], UTC).isoformat()
        data = {"type": kind, "timestamp": at, "data": {"conversation": name, "turn": turn}}
        return Delivery(f"msg_{told[:32]}", hook.id, kind, json.dumps(data), self._clock(), due=self._clock())
