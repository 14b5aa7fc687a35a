"""Turns of the outbox that can never be sent: they are laid aside with a reason, and what is behind them comes."""

import json

import pytest
from redis.asyncio import Redis

from bot.conversation.keys import shard_of
from bot.conversation.messages import Message, Turn
from bot.conversation.redis import RedisConversations
from bot.delivery.redis import redis_post
from tests.conftest import RealServer

ADA = "telegram:42"
NEWER = json.dumps({"id": "t", "role": "bot", "text": "Hi", "at": 1.0, "mood": "what a newer version may tell"})


@pytest.mark.server
@pytest.mark.parametrize(
    ("entry", "turn", "reason"),
    [
        ("*", NEWER, "it cannot be read: TypeError"),
        ("*", '{"id":"t","rol', "it cannot be read: JSONDecodeError"),
        ("*", "[]", "it cannot be read: AttributeError"),
        ("1-1", NEWER, "older than the retention"),
    ],
    ids=["unknown field", "broken JSON", "no object", "of long ago"],
)
async def test_it_is_laid_aside_and_the_next_comes(
    valkey_server: RealServer, entry: str, turn: str, reason: str
) -> None:
    valkey_server.ask("FLUSHALL")
    conversations = await RedisConversations.connect(valkey_server.url)
    outbox = redis_post(conversations, "telegram", "7").outbox
    await conversations.accept(Message(ADA, "m", "Hello", 1.0))
    shard = shard_of(ADA)
    async with Redis.from_url(valkey_server.url) as raw:
        await raw.xadd(shard.outbox("telegram"), {"conversation": ADA, "turn": turn}, id=entry)
        await conversations.say(ADA, "Mia", Turn("next", "agent", "Next", 2.0, "Mia"))
        outgoing = await outbox.next("sender", 1.0)
        [(_, buried)] = await raw.xrange(shard.dead)

    assert outgoing is not None
    assert outgoing.turn.text == "Next"
    assert (buried[b"conversation"], buried[b"reason"].decode()) == (ADA.encode(), reason)
    assert len(json.loads(buried[b"turns"])) == 1
    told = [turn.name for turn in (await conversations.read(ADA)).turns if turn.text == "undelivered"]
    assert told == ([reason] if entry == "*" else [])
    await conversations.close()
