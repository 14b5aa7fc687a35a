"""A channel's post on a Redis or Valkey server, shared with the conversations. Knows no message's meaning."""

import json
import time
import uuid
from collections.abc import Sequence
from typing import Any

import structlog

from bot.conversation.base import ConversationsUnavailable
from bot.conversation.keys import Shard, keys_of, post_key, shard_of
from bot.conversation.messages import Turn
from bot.conversation.records import decode, encode, read_turn
from bot.conversation.redis import RedisConversations
from bot.conversation.server import Text
from bot.delivery.base import FULL, UNDELIVERED, Attempt, Outgoing, Parcel, Post

_log = structlog.get_logger(__name__)


def redis_post(conversations: RedisConversations, channel: str, account: str) -> Post:
    """The post of a channel's account (a bot's id) beside the conversations that it carries."""
    place = f"{channel}:{account}"
    return Post(
        RedisInbox(conversations, place),
        RedisOutbox(conversations, channel),
        RedisLeases(conversations, place),
        RedisNotebook(conversations, place),
    )


class _Scripts:
    """Runs this package's scripts on the conversations' server, with their settings."""

    def __init__(self, conversations: RedisConversations) -> None:
        self._server, self._settings = conversations.server, conversations.script_settings

    async def run(self, name: str, keys: Sequence[bytes], *arguments: Text) -> Any:
        """What the script returns."""
        return await self._server.run(f"bot.delivery/{name}", keys, [self._settings, *arguments])


class RedisOutbox:
    """Implements `Outbox`."""

    def __init__(self, conversations: RedisConversations, channel: str) -> None:
        self._scripts = _Scripts(conversations)
        self._conversations = conversations
        self._channel = channel
        # Calls whose answers were not heard yet: they are made again under the same names.
        self._calls: dict[tuple[str, Shard], str] = {}

    async def next(self, sender: str, wait: float) -> Outgoing | None:
        async def look() -> Outgoing | None:
            for shard in await self._conversations.filled(lambda shard: shard.outbox(self._channel)):
                if outgoing := await self._next_of(shard, sender):
                    return outgoing
            return None

        return await self._conversations.server.until("outbox", look, wait)

    async def _next_of(self, shard: Shard, sender: str) -> Outgoing | None:
        keys = [shard.outbox(self._channel), shard.attempts(self._channel), shard.dead]
        while True:
            call = self._calls.setdefault((sender, shard), uuid.uuid4().hex)
            found = await self._scripts.run("next_turn", keys, encode(sender), call)
            if not found:
                return None
            del self._calls[sender, shard]
            try:
                return _outgoing(found)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                await self._bury(found, error)

    async def _bury(self, found: list[Any], error: Exception) -> None:
        """Lay an entry aside that nobody can read, and tell its conversation: a newer version may have written it."""
        receipt, name = decode(found[0]), decode(found[1])
        reason = f"it cannot be read: {type(error).__name__}"
        _log.error("a turn of the outbox cannot be read", conversation=name, receipt=receipt, reason=reason)
        await self.settle(Outgoing(name, Turn(f"unread-{receipt}", "bot", "", 0.0), receipt), reason)

    async def attempt(self, outgoing: Outgoing, part: int, sender: str) -> Attempt:
        arguments = outgoing.receipt, str(part), encode(sender), outgoing.turn.role
        return Attempt(decode(await self._act("attempt", outgoing, *arguments)))

    async def record(self, outgoing: Outgoing, part: int, message: str) -> None:
        keys = [shard_of(outgoing.conversation).attempts(self._channel)]
        await self._scripts.run("record", keys, outgoing.receipt, str(part), encode(message))

    async def settle(self, outgoing: Outgoing, note: str = "", event: str = UNDELIVERED) -> None:
        told = Turn(f"{outgoing.turn.id}-{event}", "event", event, time.time(), note)
        fields = self._conversations.turn_arguments(outgoing.conversation, told)
        await self._act("settle", outgoing, outgoing.receipt, encode(note), *fields)

    async def _act(self, name: str, outgoing: Outgoing, *arguments: Text) -> Any:
        keys = [*keys_of(outgoing.conversation), shard_of(outgoing.conversation).attempts(self._channel)]
        return await self._scripts.run(name, keys, encode(outgoing.conversation), *arguments)


class RedisInbox:
    """Implements `Inbox`; `full` updates may wait."""

    def __init__(self, conversations: RedisConversations, place: str, full: int = FULL) -> None:
        self._server, self._scripts = conversations.server, _Scripts(conversations)
        self._place = place
        self._full = full
        self._updates, self._attempts = post_key(place, "updates"), post_key(place, "update-attempts")

    async def put(self, name: str, raw: bytes) -> bool:
        keys = [self._updates, post_key(self._place, f"update:{name}")]
        stored = await self._scripts.run("put_update", keys, encode(name), raw, self._full)
        if stored < 0:
            raise ConversationsUnavailable(f"{self._full:,} updates wait already")
        return bool(stored)

    async def next(self, done: Parcel | None, wait: float) -> Parcel | None:
        async def look() -> Parcel | None:
            nonlocal done
            keys = [self._updates, self._attempts]
            found = await self._scripts.run("next_update", keys, done.receipt if done else "")
            done = None
            if found is None:
                return None
            receipt, name, raw, attempts = found
            return Parcel(decode(name), raw, decode(receipt), attempts)

        return await self._server.until("updates", look, wait)

    async def bury(self, parcel: Parcel, reason: str) -> None:
        keys = [self._updates, self._attempts, post_key(self._place, "dead")]
        await self._scripts.run("bury_update", keys, parcel.receipt, encode(reason))

    async def waiting(self) -> int:
        return await self._server.length(self._updates)


class RedisLeases:
    """Implements `Leases`."""

    def __init__(self, conversations: RedisConversations, place: str) -> None:
        self._scripts = _Scripts(conversations)
        self._place = place

    async def hold(self, name: str, holder: str, seconds: float) -> bool:
        return bool(await self._scripts.run("hold", self._keys(name), encode(holder), round(seconds * 1000)))

    async def let_go(self, name: str, holder: str) -> None:
        await self._scripts.run("let_go", self._keys(name), encode(holder))

    def _keys(self, name: str) -> list[bytes]:
        return [post_key(self._place, f"lease:{name}")]


class RedisNotebook:
    """Implements `Notebook`."""

    def __init__(self, conversations: RedisConversations, place: str) -> None:
        self._scripts = _Scripts(conversations)
        self._place = place

    async def read(self, name: str) -> str:
        found = await self._scripts.run("read_note", self._keys(name))
        return "" if found is None else decode(found)

    async def write(self, name: str, value: str, seconds: float) -> None:
        await self._scripts.run("write_note", self._keys(name), encode(value), round(seconds * 1000))

    async def erase(self, name: str) -> None:
        await self.write(name, "", 1.0)

    def _keys(self, name: str) -> list[bytes]:
        return [post_key(self._place, f"note:{name}")]


def _outgoing(found: list[Any]) -> Outgoing:
    receipt, name, turn, attempts, parts = found
    known = {int(part): str(message) for part, message in json.loads(parts or b"{}").items()}
    return Outgoing(decode(name), read_turn(turn), decode(receipt), attempts, known)
