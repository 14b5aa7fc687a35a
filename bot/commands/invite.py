"""`kefu invite`: a one-time link to the agents' desk, for an agent who has none or whose session ended."""

import sys
from typing import Annotated

import typer

from bot.accounts.base import Role
from bot.commands.common import load_settings, run
from bot.settings import Settings


def invite(
    role: Annotated[
        Role, typer.Option(help="What they may do: read, also write, or also manage accounts.")
    ] = Role.AGENT,
    account: Annotated[str, typer.Option(help="Give this account a new password instead.")] = "",
) -> None:
    """Print a link that lets one person log in, once and within a day."""
    settings = load_settings("warning")
    sys.stdout.write(run(_link(settings, role, account)) + "\n")


async def _link(settings: Settings, role: Role, account: str) -> str:
    from bot.app import open_redis, redis_client
    from bot.channels.web.redis_sessions import RedisSessions
    from bot.channels.web.sessions import Invitation
    from bot.doors.web import login_link

    async with open_redis(settings) as url, redis_client(url) as client:
        secret = await RedisSessions(client).invite(Invitation(role, account))
    return login_link(settings, f"http://{settings.host}:{settings.port}", secret)
