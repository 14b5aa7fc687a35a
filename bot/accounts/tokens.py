"""Tokens by which programs use the API: made by an admin, limited to scopes, revocable. Knows no HTTP.

A token is 256 random bits; only its hash is kept.
"""

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.registry.base import Registry
from bot.registry.packing import pack, record_of, unpack

PREFIX = "kefu_"
"""By which scanners for leaked secrets know one."""
_KIND = "tokens"


class Scope(StrEnum):
    """What a token may be used for."""

    ASK = "ask"
    SUGGEST = "suggest"
    CONVERSATIONS_READ = "conversations:read"
    NOTES_READ = "notes:read"
    """With `conversations:read`: agents' private notes too."""
    CONVERSATIONS_WRITE = "conversations:write"
    KNOWLEDGE_READ = "knowledge:read"
    WEBHOOKS = "webhooks"


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token; `id` names it and opens nothing. `expires` is Unix time, 0: never."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    created: float
    by: str
    expires: float = 0.0


class Tokens:
    """The tokens of a registry; all methods may raise RegistryUnavailable."""

    def __init__(self, registry: Registry, clock: Callable[[], float] = time.time) -> None:
        self._registry = registry
        self._clock = clock

    async def create(self, name: str, scopes: Sequence[Scope], by: str, days: float = 0.0) -> tuple[str, Token]:
        """A new token's secret, which is shown this once, and what is kept of it."""
        secret, now = PREFIX + secrets.token_urlsafe(32), self._clock()
        token = Token(_id(secret), name, tuple(sorted(set(scopes))), now, by, now + days * 86_400 if days else 0.0)
        await self._registry.add(_KIND, token.id, pack(token, hash=_hash(secret)))
        return secret, token

    async def find(self, secret: str) -> Token | None:
        """The token of a secret, unless it was revoked or has expired."""
        text = await self._registry.find(_KIND, _id(secret))
        data = json.loads(text) if text else {}
        if not data or not secrets.compare_digest(data["hash"], _hash(secret)):
            return None
        token = record_of(Token, data)
        return None if token.expires and token.expires <= self._clock() else token

    async def all(self) -> Sequence[Token]:
        """All tokens, oldest first."""
        found = [unpack(Token, text) for text in (await self._registry.all(_KIND)).values()]
        return sorted(found, key=lambda token: token.created)

    async def revoke(self, name: str) -> bool:
        """End a token by its id. False: there is none."""
        return await self._registry.remove(_KIND, name)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _id(secret: str) -> str:
    return _hash("id\0" + secret)[:16]
