"""The queue of one process, for tests and trials."""

from collections.abc import Sequence
from dataclasses import replace

from bot.webhooks.base import Delivery


class MemoryDeliveries:
    """Implements `Deliveries`."""

    def __init__(self) -> None:
        self._marks: dict[str, str] = {}
        self._seen: set[str] = set()
        self._waiting: dict[str, Delivery] = {}
        self._due: dict[str, float] = {}
        self._dead: dict[str, Delivery] = {}
        self._held: dict[str, float] = {}

    async def mark(self, source: str) -> str:
        return self._marks.get(source, "")

    async def put(self, source: str, mark: str, deliveries: Sequence[Delivery]) -> None:
        self._marks[source] = mark
        for delivery in deliveries:
            if delivery.id not in self._seen:
                self._seen.add(delivery.id)
                await self.again(delivery)

    async def take(self, now: float, lease: float) -> Delivery | None:
        name = min(self._due, key=lambda each: (self._due[each], each), default="")
        if not name or self._due[name] > now:
            return None
        self._due[name] = now + lease
        return self._waiting[name]

    async def settle(self, delivery: Delivery) -> None:
        self._waiting.pop(delivery.id, None)
        self._due.pop(delivery.id, None)

    async def again(self, delivery: Delivery) -> None:
        self._waiting[delivery.id] = delivery
        self._due[delivery.id] = delivery.due

    async def hold(self, hook: str, until: float, now: float) -> None:
        self._held[hook] = max(until, self._held.get(hook, 0.0))

    async def held(self, hook: str) -> float:
        return self._held.get(hook, 0.0)

    async def bury(self, delivery: Delivery) -> None:
        await self.settle(delivery)
        self._dead[delivery.id] = delivery

    async def dead(self, limit: int = 100) -> Sequence[Delivery]:
        return list(reversed(self._dead.values()))[:limit]

    async def revive(self, name: str, now: float) -> bool:
        if (delivery := self._dead.pop(name, None)) is None:
            return False
        await self.again(replace(delivery, due=now, attempts=0))
        return True
