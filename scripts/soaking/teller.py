"""A process with Kefu's own webhooks, the follower and the sender, with shorter times: what a scenario kills.

`python -m scripts.soaking.teller REDIS` tells hooks what happens in the conversations of a server.
"""

import argparse
import asyncio
from collections.abc import Sequence

from redis.asyncio import Redis

from bot.conversation.redis import RedisConversations
from bot.log import configure
from bot.registry.redis import RedisRegistry
from bot.webhooks.follower import Follower
from bot.webhooks.hooks import Hooks
from bot.webhooks.redis import RedisDeliveries
from bot.webhooks.sender import Sender

DELAYS = (0.5,) * 40
"""Seconds between attempts; a receiver that refuses half of them is still told all."""


async def _tell(given: argparse.Namespace) -> None:
    conversations = await RedisConversations.connect(given.redis)
    client = Redis.from_url(given.redis)
    hooks, deliveries = Hooks(RedisRegistry(client)), RedisDeliveries(client)
    sender = Sender(hooks, deliveries, private=True, delays=DELAYS, patience=given.patience)
    stop = asyncio.Event()
    await asyncio.gather(Follower(conversations, hooks, deliveries).run(stop), sender.run(stop))


def main(given: Sequence[str] | None = None) -> None:
    """Tell until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("redis")
    parser.add_argument("--patience", type=float, default=2.0)
    configure("error", "json")
    asyncio.run(_tell(parser.parse_args(given)))


if __name__ == "__main__":
    main()
