"""Files of the web door, from settings."""

from typing import TYPE_CHECKING

from bot.app import retention_of
from bot.conversation.retention import DAY
from bot.settings import Settings

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from bot.files.intake import Intake


def intake_of(settings: Settings, client: "Redis") -> "Intake | None":
    """What takes files in; None where none may be sent."""
    if not settings.files:
        return None
    from bot.files.base import MEGABYTE, Kind, Limits
    from bot.files.intake import Intake
    from bot.files.redis import RedisFiles

    limits = Limits(
        size=round(settings.files_size * MEGABYTE),
        kinds=frozenset(map(Kind, settings.files_types)),
        visitor=round(settings.files_visitor * MEGABYTE),
        total=round(settings.files_total * MEGABYTE),
        unpacked=round(10 * settings.files_size * MEGABYTE),
    )
    # A conversation outlives the files that its turns carry, and goes no sooner than they.
    seconds = min(settings.files_days * DAY, retention_of(settings).conversations)
    return Intake(RedisFiles(client), limits, seconds)
