"""Who wants to be told what: hooks, each with a secret of its own. Knows no delivery."""

import base64
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.registry.base import Registry
from bot.registry.packing import pack, unpack
from bot.webhooks.base import Kind

_KIND = "webhooks"
MOST = 20


class HooksFull(Exception):
    """There are MOST hooks already; its text is one line fit for a person."""


@dataclass(frozen=True, slots=True)
class Hook:
    """An address that is told of events of some kinds, since `created` (Unix seconds)."""

    id: str
    url: str
    events: tuple[Kind, ...]
    created: float
    by: str
    secret: str = field(repr=False)


class Hooks:
    """The hooks of a registry; all methods may raise RegistryUnavailable."""

    def __init__(self, registry: Registry, clock: Callable[[], float] = time.time) -> None:
        self._registry = registry
        self._clock = clock

    async def create(self, url: str, events: Sequence[Kind], by: str) -> Hook:
        """A new hook; without events it is told of all. Raises HooksFull."""
        if len(await self._registry.all(_KIND)) >= MOST:
            raise HooksFull(f"there are {MOST} webhooks already: remove one")
        secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        chosen = tuple(dict.fromkeys(events)) or tuple(Kind)
        hook = Hook(secrets.token_hex(8), url, chosen, self._clock(), by, secret)
        await self._registry.add(_KIND, hook.id, pack(hook))
        return hook

    async def all(self) -> Sequence[Hook]:
        """All hooks, oldest first."""
        found = [unpack(Hook, text) for text in (await self._registry.all(_KIND)).values()]
        return sorted(found, key=lambda hook: hook.created)

    async def find(self, name: str) -> Hook | None:
        """The hook of an id."""
        text = await self._registry.find(_KIND, name)
        return unpack(Hook, text) if text else None

    async def remove(self, name: str) -> bool:
        """Tell a hook nothing any more. False: there is none."""
        return await self._registry.remove(_KIND, name)
