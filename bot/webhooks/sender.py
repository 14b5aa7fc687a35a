"""Brings deliveries to their hooks: signed, once and again until they arrive or are given up."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import aiohttp
import structlog

from bot.registry.base import RegistryUnavailable
from bot.webhooks.addresses import PublicResolver, check_url
from bot.webhooks.base import Deliveries, Delivery
from bot.webhooks.hooks import Hook, Hooks
from bot.webhooks.signing import headers_of

DELAYS = (5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 36_000.0)
"""Seconds between attempts, as Standard Webhooks 1.0 proposes; after the last one a delivery is given up."""
PATIENCE = 15.0
"""Seconds in which a receiver must answer."""
_PAUSE, _AT_ONCE = 0.5, 4
_log = structlog.get_logger(__name__)


class Sender:
    """Sends what is due. Any number may run; `private` allows addresses of our own network."""

    def __init__(
        self,
        hooks: Hooks,
        deliveries: Deliveries,
        *,
        private: bool = False,
        delays: Sequence[float] = DELAYS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._hooks = hooks
        self._deliveries = deliveries
        self._private = private
        self._delays = delays
        self._clock = clock

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop` is set; what is on its way then is finished, or comes again."""
        async with self._session() as session:
            await asyncio.gather(*(self._keep_sending(session, stop) for _ in range(_AT_ONCE)))

    async def send_due(self) -> int:
        """Send all that is due; how many attempts that were."""
        attempts = 0
        async with self._session() as session:
            while delivery := await self._deliveries.take(self._clock(), 2 * PATIENCE):
                await self._send(session, delivery)
                attempts += 1
        return attempts

    async def _keep_sending(self, session: aiohttp.ClientSession, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                if delivery := await self._deliveries.take(self._clock(), 2 * PATIENCE):
                    await self._send(session, delivery)
                    continue
            except RegistryUnavailable as error:
                _log.warning("webhooks wait for the server", error=str(error))
            await asyncio.sleep(_PAUSE)

    def _session(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(resolver=None if self._private else PublicResolver(), use_dns_cache=False)
        return aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=PATIENCE))

    async def _send(self, session: aiohttp.ClientSession, delivery: Delivery) -> None:
        hook = await self._hooks.find(delivery.hook)
        if hook is None:
            await self._deliveries.settle(delivery)
            return
        reason = await self._attempt(session, hook, delivery)
        if not reason:
            await self._deliveries.settle(delivery)
            return
        failed = replace(delivery, attempts=delivery.attempts + 1, reason=reason)
        if failed.attempts > len(self._delays):
            _log.warning("a webhook was given up", hook=hook.id, delivery=delivery.id, reason=reason)
            await self._deliveries.bury(replace(failed, due=self._clock()))
            return
        await self._deliveries.again(replace(failed, due=self._clock() + self._delays[failed.attempts - 1]))

    async def _attempt(self, session: aiohttp.ClientSession, hook: Hook, delivery: Delivery) -> str:
        """Why it did not arrive, or nothing when it did."""
        body = delivery.body.encode()
        headers = headers_of(hook.secret, delivery.id, self._clock(), body) | {"Content-Type": "application/json"}
        try:
            url = check_url(hook.url, private=self._private)
            # A redirect is not followed: it might lead into our own network.
            async with session.post(url, data=body, headers=headers, allow_redirects=False) as response:
                return "" if 200 <= response.status < 300 else f"answered {response.status}"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return f"could not be reached ({type(error).__name__})"
