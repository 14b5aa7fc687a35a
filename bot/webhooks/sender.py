"""Brings deliveries to their hooks: signed, once and again until they arrive or are given up."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import aiohttp
import structlog

from bot.registry.base import RegistryUnavailable
from bot.webhooks.addresses import PublicResolver, check_url
from bot.webhooks.base import Deliveries, Delivery
from bot.webhooks.hooks import Hook, Hooks
from bot.webhooks.patience import waiting_of
from bot.webhooks.signing import headers_of

DELAYS = (5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 36_000.0)
"""Seconds between attempts, as Standard Webhooks 1.0 proposes; after the last one a delivery is given up."""
PATIENCE = 15.0
"""Seconds in which a receiver must answer."""
_PAUSE, _AT_ONCE = 0.5, 4
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why an attempt failed, and for how many seconds the receiver wants to be left alone."""

    reason: str
    wait: float = 0.0


class Sender:
    """Sends what is due. Any number may run; `private` allows addresses of our own network.

    `patience` is how many seconds a receiver has to answer; what a dead process was sending comes again after twice
    as many.
    """

    def __init__(
        self,
        hooks: Hooks,
        deliveries: Deliveries,
        *,
        private: bool = False,
        delays: Sequence[float] = DELAYS,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._hooks = hooks
        self._deliveries = deliveries
        self._private = private
        self._delays = delays
        self._patience = patience
        self._clock = clock

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop` is set; what is on its way then is finished, or comes again."""
        async with self._session() as session:
            await asyncio.gather(*(self._keep_sending(session, stop) for _ in range(_AT_ONCE)))

    async def send_due(self) -> int:
        """Send all that is due; how many attempts that were."""
        attempts = 0
        async with self._session() as session:
            while delivery := await self._deliveries.take(self._clock(), 2 * self._patience):
                attempts += await self._send(session, delivery)
        return attempts

    async def _keep_sending(self, session: aiohttp.ClientSession, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                if delivery := await self._deliveries.take(self._clock(), 2 * self._patience):
                    await self._send(session, delivery)
                    continue
            except RegistryUnavailable as error:
                _log.warning("webhooks wait for the server", error=str(error))
            await asyncio.sleep(_PAUSE)

    def _session(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(resolver=None if self._private else PublicResolver(), use_dns_cache=False)
        return aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=self._patience))

    async def _send(self, session: aiohttp.ClientSession, delivery: Delivery) -> bool:
        """Whether an attempt was made."""
        hook = await self._hooks.find(delivery.hook)
        if hook is None:
            await self._deliveries.settle(delivery)
            return False
        if (until := await self._deliveries.held(hook.id)) > self._clock():
            await self._deliveries.again(replace(delivery, due=until))
            return False
        failure = await self._attempt(session, hook, delivery)
        if failure is None:
            await self._deliveries.settle(delivery)
        else:
            await self._failed(delivery, failure)
        return True

    async def _failed(self, delivery: Delivery, failure: _Failure) -> None:
        now = self._clock()
        if failure.wait:
            # All of its deliveries wait: else each would ask again by itself.
            await self._deliveries.hold(delivery.hook, now + failure.wait, now)
        failed = replace(delivery, attempts=delivery.attempts + 1, reason=failure.reason)
        if failed.attempts > len(self._delays):
            _log.warning("a webhook was given up", hook=delivery.hook, delivery=delivery.id, reason=failure.reason)
            await self._deliveries.bury(replace(failed, due=now))
            return
        wait = max(self._delays[failed.attempts - 1], failure.wait)
        await self._deliveries.again(replace(failed, due=now + wait))

    async def _attempt(self, session: aiohttp.ClientSession, hook: Hook, delivery: Delivery) -> _Failure | None:
        """Why it did not arrive, or nothing when it did."""
        body = delivery.body.encode()
        headers = headers_of(hook.secret, delivery.id, self._clock(), body) | {"Content-Type": "application/json"}
        try:
            url = check_url(hook.url, private=self._private)
            # A redirect is not followed: it might lead into our own network.
            async with session.post(url, data=body, headers=headers, allow_redirects=False) as response:
                if 200 <= response.status < 300:
                    return None
                wait = waiting_of(response.status, response.headers.get("Retry-After", ""), self._clock())
                return _Failure(f"answered {response.status}", wait)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return _Failure(f"could not be reached ({type(error).__name__})")
