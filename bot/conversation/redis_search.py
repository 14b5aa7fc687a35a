"""Looks for words in the turns on a server. Knows no act that writes."""

import json
from collections.abc import Sequence

from bot.conversation.keys import ALL_SHARDS
from bot.conversation.messages import Found
from bot.conversation.records import (
    SEARCHED,
    SEARCHED_TURNS,
    decode,
    holds,
    read_state,
    read_turn,
    spellings,
    to_bytes,
    words_of,
)
from bot.conversation.server import Call, Server


async def find_words(server: Server, settings: str, text: str, limit: int) -> Sequence[Found]:
    """As `Conversations.search`. Each shard is looked through by itself, so that none is held up for long."""
    words = words_of(text)
    if not words:
        return []
    bounds = SEARCHED // len(ALL_SHARDS), SEARCHED_TURNS, limit, to_bytes([spellings(word) for word in text.split()])
    calls: list[Call] = [([shard.recent], [settings, *bounds, *shard.stems[:2]]) for shard in ALL_SHARDS]
    hits = [hit for shard in await server.run_many("search", calls) for hit in shard]
    found = [Found(read_state(json.loads(decode(state))), read_turn(turn)) for state, turn in hits]
    # The script knows the case of ASCII letters alone: what it lets through is looked at again.
    held = [each for each in found if holds(each.turn, words)]
    return sorted(held, key=lambda each: each.state.updated, reverse=True)[:limit]
