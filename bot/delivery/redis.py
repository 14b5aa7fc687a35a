"""A channel's post on a Redis or Valkey server, shared with the conversations. Knows no message's meaning."""

import itertools
import json
import time
import uuid
from typing import Any

import structlog

from bot.conversation.base import ConversationsUnavailable
from bot.conversation.keys import ALL_SHARDS, Shard, keys_of, post_key, shard_of
from bot.conversation.messages import Turn
from bot.conversation.records import decode, encode, read_turn
from bot.conversation.redis import RedisConversations
from bot.conversation.server import Text
from bot.delivery.base import FULL, UNDELIVERED, Attempt, Outgoing, Parcel, Post

_log = structlog.get_logger(__name__)

_HERE = "bot.delivery/"


def redis_post(conversations: RedisConversations, channel: str, account: str) -> Post:
    """The post of a channel's account (a bot's id) beside the conversations that it carries."""
    place = f"{channel}:{account}"
    return Post(
        RedisInbox(conversations, place),
        RedisOutbox(conversations, channel),
        RedisLeases(conversations, place),
        RedisNotebook(conversations, place),
    )


class RedisOutbox:
    """Implements `Outbox`."""

    def __init__(self, conversations: RedisConversations, channel: str) -> None:
        self._server, self._settings = conversations.server, conversations.script_settings
        self._conversations = conversations
        self._channel = channel
        self._shifts = itertools.count()
        # Calls whose answers were not heard yet: they are made again under the same names.
        self._calls: dict[tuple[str, Shard], str] = {}

    async def next(self, sender: str, wait: float) -> Outgoing | None:
        async def look() -> Outgoing | None:
            # Every time another shard first, so that none starves.
            first = next(self._shifts) % len(ALL_SHARDS)
            shards = [*ALL_SHARDS[first:], *ALL_SHARDS[:first]]
            filled = await self._server.filled([shard.outbox(self._channel) for shard in shards])
            for shard in itertools.compress(shards, filled):
                if outgoing := await self._next_of(shard, sender):
                    return outgoing
            return None

        return await self._server.until("outbox", look, wait)

    async def _next_of(self, shard: Shard, sender: str) -> Outgoing | None:
        keys = [shard.outbox(self._channel), shard.attempts(self._channel), shard.dead]
        while True:
            call = self._calls.setdefault((sender, shard), uuid.uuid4().hex)
            found = await self._server.run(f"{_HERE}next_turn", keys, [self._settings, encode(sender), call])
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
        arguments: list[Text] = [self._settings, outgoing.receipt, str(part), encode(message)]
        await self._server.run(f"{_HERE}record", keys, arguments)

    async def settle(self, outgoing: Outgoing, note: str = "", event: str = UNDELIVERED) -> None:
        told = Turn(f"{outgoing.turn.id}-{event}", "event", event, time.time(), note)
        fields = self._conversations.turn_arguments(outgoing.conversation, told)
        await self._act("settle", outgoing, outgoing.receipt, encode(note), *fields)

    async def _act(self, name: str, outgoing: Outgoing, *arguments: bytes | str | int) -> Any:
        shard = shard_of(outgoing.conversation)
        keys = [*keys_of(outgoing.conversation), shard.attempts(self._channel)]
        given = [self._settings, encode(outgoing.conversation), *arguments]
        return await self._server.run(_HERE + name, keys, given)


class RedisInbox:
    """Implements `Inbox`; `full` updates may wait."""

    def __init__(self, conversations: RedisConversations, place: str, full: int = FULL) -> None:
        self._server, self._settings = conversations.server, conversations.script_settings
        self._place = place
        self._full = full
        self._updates, self._attempts = post_key(place, "updates"), post_key(place, "update-attempts")

    async def put(self, name: str, raw: bytes) -> bool:
        keys = [self._updates, post_key(self._place, f"update:{name}")]
        stored = await self._server.run(f"{_HERE}put_update", keys, [self._settings, encode(name), raw, self._full])
        if stored < 0:
            raise ConversationsUnavailable(f"{self._full:,} updates wait already")
        return bool(stored)

    async def next(self, done: Parcel | None, wait: float) -> Parcel | None:
        async def look() -> Parcel | None:
            nonlocal done
            keys = [self._updates, self._attempts]
            found = await self._server.run(
                f"{_HERE}next_update", keys, [self._settings, done.receipt if done else ""]
            )
            done = None
            if found is None:
                return None
            receipt, name, raw, attempts = found
            return Parcel(decode(name), raw, decode(receipt), attempts)

        return await self._server.until("updates", look, wait)

    async def bury(self, parcel: Parcel, reason: str) -> None:
        keys = [self._updates, self._attempts, post_key(self._place, "dead")]
        await self._server.run(f"{_HERE}bury_update", keys, [self._settings, parcel.receipt, encode(reason)])

    async def waiting(self) -> int:
        return await self._server.length(self._updates)


class RedisLeases:
    """Implements `Leases`."""

    def __init__(self, conversations: RedisConversations, place: str) -> None:
        self._server, self._settings = conversations.server, conversations.script_settings
        self._place = place

    async def hold(self, name: str, holder: str, seconds: float) -> bool:
        arguments: list[Text] = [self._settings, encode(holder), round(seconds * 1000)]
        return bool(await self._server.run(f"{_HERE}hold", [post_key(self._place, f"lease:{name}")], arguments))

    async def let_go(self, name: str, holder: str) -> None:
        keys = [post_key(self._place, f"lease:{name}")]
        await self._server.run(f"{_HERE}let_go", keys, [self._settings, encode(holder)])


class RedisNotebook:
    """Implements `Notebook`."""

    def __init__(self, conversations: RedisConversations, place: str) -> None:
        self._server, self._settings = conversations.server, conversations.script_settings
        self._place = place

    async def read(self, name: str) -> str:
        found = await self._server.run(f"{_HERE}read_note", [post_key(self._place, f"note:{name}")], [self._settings])
        return "" if found is None else decode(found)

    async def write(self, name: str, value: str, seconds: float) -> None:
        arguments: list[Text] = [self._settings, encode(value), round(seconds * 1000)]
        await self._server.run(f"{_HERE}write_note", [post_key(self._place, f"note:{name}")], arguments)

    async def erase(self, name: str) -> None:
        await self.write(name, "", 1.0)


def _outgoing(found: list[Any]) -> Outgoing:
    receipt, name, turn, attempts, parts = found
    known = {int(part): str(message) for part, message in json.loads(parts or b"{}").items()}
    return Outgoing(decode(name), read_turn(turn), decode(receipt), attempts, known)
