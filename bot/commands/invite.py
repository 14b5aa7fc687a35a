"""`kefu invite`: a one-time link to the agents' desk, for an agent who has none or whose session ended."""

import sys

from bot.commands.common import load_settings, run
from bot.settings import Settings


def invite() -> None:
    """Print a link that lets one agent log in, once and within a day."""
    settings = load_settings("warning")
    sys.stdout.write(run(_link(settings)) + "\n")


async def _link(settings: Settings) -> str:
    from bot.app import open_redis, redis_client
    from bot.channels.web.redis_sessions import RedisSessions
    from bot.serving import login_link

    async with open_redis(settings) as url, redis_client(url) as client:
        secret = await RedisSessions(client).invite()
    return login_link(settings, f"http://{settings.host}:{settings.port}", secret)
