"""Puts together what tells other programs what happens."""

import asyncio
from typing import TYPE_CHECKING

from bot.app import House, redis_client, retention_of

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from bot.webhooks.base import Deliveries


async def webhooks_job(house: House, stop: asyncio.Event) -> None:
    """Tell hooks what happens; as many processes as wanted may do that."""
    from bot.registry.redis import RedisRegistry
    from bot.webhooks.follower import Follower
    from bot.webhooks.hooks import Hooks
    from bot.webhooks.sender import Sender

    async with redis_client(house.redis_url) as client:
        hooks, deliveries = Hooks(RedisRegistry(client)), deliveries_of(house, client)
        sender = Sender(hooks, deliveries, private=house.settings.webhooks_private)
        await asyncio.gather(Follower(house.conversations, hooks, deliveries).run(stop), sender.run(stop))


def deliveries_of(house: House, client: "Redis") -> "Deliveries":
    """The queue of what hooks are told, which remembers longer than conversations keep their events."""
    from bot.webhooks.redis import RedisDeliveries

    kept = retention_of(house.settings)
    return RedisDeliveries(client, seen_seconds=kept.events + 86_400, dead_seconds=kept.dead_letters)
