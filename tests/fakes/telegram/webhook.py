"""Carries updates to a webhook: each queue in order, many queues at once, again and again until taken.

Knows updates by their queue, and nothing of what is in them. After tdlib/telegram-bot-api's WebhookActor.
"""

import asyncio
import contextlib
import json
import random
import re
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

from tests.fakes.telegram.inbox import Inbox, Queue, Waiting
from tests.fakes.telegram.ledger import Delivery, Json
from tests.fakes.telegram.params import truth, whole
from tests.fakes.telegram.refusal import bad

CONNECTIONS = 40
SECRET = "X-Telegram-Bot-Api-Secret-Token"


@dataclass(frozen=True, slots=True)
class Pace:
    """All of the courier's times, in seconds; `scale` shortens the waits between two tries, but no other time."""

    scale: float = 1.0
    first: float = 2.0
    capped: tuple[float, float] = (60.0, 120.0)
    longest_retry_after: float = 3600.0
    expiry: float = 86400.0
    patience: float = 60.0

    def wait(self, failures: int, retry_after: float, chance: random.Random) -> float:
        """How long to wait after so many failures in a row."""
        if retry_after > 0:
            return min(retry_after, self.longest_retry_after) * self.scale
        if failures <= 1:
            return 0.0
        return min(self.first * 2.0 ** min(failures - 2, 30), chance.uniform(*self.capped)) * self.scale


class Webhook:
    """Where updates go, and how they fare. Each is posted `copies` times at once."""

    def __init__(self, inbox: Inbox, pace: Pace, clock: Callable[[], float], chance: random.Random) -> None:
        self.url = ""
        self.copies = 1
        self.deliveries: list[Delivery] = []
        self.expired: list[int] = []
        self._inbox = inbox
        self._pace = pace
        self._clock = clock
        self._chance = chance
        self._headers: dict[str, str] = {}
        self._connections = CONNECTIONS
        self._places = asyncio.Semaphore(CONNECTIONS)
        self._queues: dict[Queue, deque[Waiting]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: ClientSession | None = None
        self._error: Json = {}
        self.methods: dict[str, Callable[[Json], Any]] = {
            "setwebhook": self._set,
            "deletewebhook": self._delete,
            "getwebhookinfo": self._info,
        }
        inbox.on_arrival = self._carry

    async def close(self) -> None:
        """Carry nothing more; what was not delivered still waits."""
        tasks = list(self._tasks)
        self._stop()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    # The methods.

    async def _set(self, params: Json) -> bool:
        url, secret = str(params.get("url") or ""), str(params.get("secret_token") or "")
        if not url:
            return await self._delete(params)
        if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", url):
            raise bad("bad webhook: invalid webhook URL specified")
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
            raise bad("secret token contains unallowed characters")
        connections = whole(params, "max_connections", CONNECTIONS)
        if not 1 <= connections <= 100:
            raise bad("max_connections must be between 1 and 100")
        self._inbox.allow(params)
        self._turn_to(url, {SECRET: secret} if secret else {}, connections)
        self._begin(drop=truth(params, "drop_pending_updates"))
        return True

    async def _delete(self, params: Json) -> bool:
        self._turn_to("", {}, CONNECTIONS)
        self._begin(drop=truth(params, "drop_pending_updates"))
        return True

    def _info(self, params: Json) -> Json:
        waiting = len(self._inbox.waiting)
        info: Json = {"url": self.url, "has_custom_certificate": False, "pending_update_count": waiting}
        if self._inbox.allowed:
            info["allowed_updates"] = sorted(self._inbox.allowed)
        if self.url:
            info |= {"max_connections": self._connections, "ip_address": "127.0.0.1"} | self._error
        return info

    # How it carries.

    def _turn_to(self, url: str, headers: dict[str, str], connections: int) -> None:
        self._stop()
        self.url, self._headers, self._connections = url, headers, connections
        self._places = asyncio.Semaphore(connections)
        self._error = {}
        self._inbox.webhook = bool(url)
        self._inbox.tell_change()

    def _begin(self, *, drop: bool) -> None:
        if drop:
            self._inbox.clear()
        for waiting in self._inbox.waiting:
            self._carry(waiting)

    def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks.clear()
        self._queues.clear()

    def _carry(self, waiting: Waiting) -> None:
        if not self.url:
            return
        if waiting.queue in self._queues:
            self._queues[waiting.queue].append(waiting)
            return
        self._queues[waiting.queue] = deque([waiting])
        task = asyncio.get_running_loop().create_task(self._empty(waiting.queue))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _empty(self, name: Queue) -> None:
        queue, failures = self._queues[name], 0
        while queue:
            if self._clock() - queue[0].since >= self._pace.expiry:
                self.expired.append(queue[0].number)
                self._inbox.drop(queue.popleft())
                continue
            async with self._places:
                taken, retry_after = await self._deliver(queue[0])
            if taken:
                failures = 0
                self._inbox.drop(queue.popleft())
                continue
            failures += 1
            await asyncio.sleep(self._pace.wait(failures, retry_after, self._chance))
        del self._queues[name]

    async def _deliver(self, waiting: Waiting) -> tuple[bool, float]:
        body = json.dumps(waiting.update).encode()
        results = await asyncio.gather(*(self._post(waiting.number, body, copy) for copy in range(self.copies)))
        taken = all(delivery.acknowledged for delivery, _ in results)
        if not taken:
            why = next(delivery.why for delivery, _ in results if not delivery.acknowledged)
            self._error = {"last_error_date": int(time.time()), "last_error_message": why}
        return taken, max(retry_after for _, retry_after in results)

    async def _post(self, number: int, body: bytes, copy: int) -> tuple[Delivery, float]:
        at, started = self._clock(), time.monotonic()
        status, why, retry_after = 0, "", 0.0
        try:
            headers = {"Content-Type": "application/json", **self._headers}
            async with self._client().post(self.url, data=body, headers=headers, allow_redirects=False) as answer:
                status = answer.status
                retry_after = _seconds(answer.headers.get("Retry-After", ""))
                await answer.read()
        except TimeoutError:
            status, why = 0, "Read timeout expired"
        except (ClientError, OSError) as error:
            status, why = 0, f"Connection failed: {type(error).__name__}"
        delivery = Delivery(number, at, status, time.monotonic() - started, copy, why or _reason(status))
        self.deliveries.append(delivery)
        return delivery, 0.0 if delivery.acknowledged else retry_after

    def _client(self) -> ClientSession:
        if self._session is None:
            timeout = ClientTimeout(total=self._pace.patience)
            self._session = ClientSession(connector=TCPConnector(limit=0), timeout=timeout)
        return self._session


def _seconds(header: str) -> float:
    with contextlib.suppress(ValueError):
        return max(0.0, float(header))
    return 0.0


def _reason(status: int) -> str:
    if 200 <= status < 300:
        return ""
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Unknown"
    return f"Wrong response from the webhook: {status} {phrase}"
