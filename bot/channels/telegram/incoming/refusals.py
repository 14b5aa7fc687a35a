"""What to do when Telegram refuses the token in the middle of the work. Knows no call and no update.

It is no reason to end: the website and the workers of this house go on, and a token may become good again.
"""

import asyncio

import structlog

from bot.channels.telegram.errors import WRONG_TOKEN, in_one_line
from bot.channels.telegram.pacing import Tempo, rest

_log = structlog.get_logger(__name__)

_SILENCE = 3600.0  # seconds


class Refusals:
    """Waits the longest wait after each refusal, and logs the cure once an hour at most."""

    def __init__(self, tempo: Tempo) -> None:
        self._wait = tempo.retry.max_delay
        self._told = float("-inf")

    async def outwait(self, error: Exception, over: asyncio.Event) -> None:
        """Wait until it is worth trying again. Raises Stopping."""
        now = asyncio.get_running_loop().time()
        if now >= self._told + _SILENCE:
            self._told = now
            _log.error("nothing comes from Telegram, trying again", error=in_one_line(error), cure=WRONG_TOKEN)
        await rest(over, self._wait)
