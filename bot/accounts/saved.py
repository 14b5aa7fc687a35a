"""Saved views of the inbox: an agent's own, and those that admins share. Knows no meaning of a view and no HTTP."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.accounts.base import key_of
from bot.registry.base import Registry

MOST = 50
"""Views of one agent, and shared ones."""
EVERYONE = ""
"""Whose the shared views are."""


class ViewsFull(Exception):
    """There are MOST views already; its text is one line fit for a person."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """What the inbox shows under a name."""

    name: str
    view: Mapping[str, Any]
    shared: bool


class SavedViews:
    """The views of a registry; all methods may raise RegistryUnavailable. `whose` is an agent's name, or EVERYONE."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    async def of(self, agent: str) -> list[SavedView]:
        """The shared ones and the agent's own, by name."""
        found = [
            SavedView(name, json.loads(text), not whose)
            for whose in (EVERYONE, agent)
            for name, text in (await self._registry.all(_kind(whose))).items()
        ]
        return sorted(found, key=lambda each: (not each.shared, each.name))

    async def save(self, whose: str, name: str, view: Mapping[str, Any]) -> None:
        """Keep one, in place of what had its name. Raises ViewsFull."""
        kind, text = _kind(whose), json.dumps(view, ensure_ascii=False, sort_keys=True)
        while True:
            old = await self._registry.find(kind, name)
            if old is None and len(await self._registry.all(kind)) >= MOST:
                raise ViewsFull(f"there are {MOST} views already: remove one first")
            kept = self._registry.add(kind, name, text) if old is None else None
            if await (kept or self._registry.replace(kind, name, old or "", text)):
                return

    async def drop(self, whose: str, name: str) -> bool:
        """Forget one. False: there is none."""
        return await self._registry.remove(_kind(whose), name)


def _kind(whose: str) -> str:
    return f"views:{key_of(whose)}"
