"""Which program calls, and what it may: a bearer token with scopes. Knows no agent and no customer."""

import hmac
import math
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from bot.accounts.tokens import Scope
from bot.channels.web.wiring import Wired

OWNER = "api"
"""What the holder of KEFU_API_TOKEN is called; that token has all scopes."""
_BEARER = {"WWW-Authenticate": "Bearer"}
_scheme = HTTPBearer(auto_error=False, description="A token that an admin made at the desk, or KEFU_API_TOKEN.")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_scheme)]


def needing(scope: Scope) -> Callable[..., Awaitable[str]]:
    """A dependency that gives the caller's id; 401 without a valid token, 403 without the scope, 429 for haste."""

    async def caller(wiring: Wired, credentials: Credentials) -> str:
        secret = credentials.credentials if credentials else ""
        name = OWNER
        if not wiring.api_token or not hmac.compare_digest(_bytes(secret), _bytes(wiring.api_token)):
            token = await wiring.staff.tokens.find(secret) if secret else None
            if token is None:
                raise HTTPException(401, "send a valid token as Authorization: Bearer …", _BEARER)
            if scope not in token.scopes:
                told = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}
                raise HTTPException(403, f"the token lacks the scope {scope}", told)
            name = token.id
        if wait := math.ceil(wiring.api_pace.admit(name)):
            raise HTTPException(429, f"too many requests: please wait {wait} seconds", {"Retry-After": str(wait)})
        return name

    return caller


async def _notes_too(wiring: Wired, credentials: Credentials) -> bool:
    """Whether the caller, who was let in, may also read agents' private notes."""
    secret = credentials.credentials if credentials else ""
    if wiring.api_token and hmac.compare_digest(_bytes(secret), _bytes(wiring.api_token)):
        return True
    token = await wiring.staff.tokens.find(secret) if secret else None
    return token is not None and Scope.NOTES_READ in token.scopes


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


Asker = Annotated[str, Depends(needing(Scope.ASK))]
Suggester = Annotated[str, Depends(needing(Scope.SUGGEST))]
NotesToo = Annotated[bool, Depends(_notes_too)]
ConversationReader = Annotated[str, Depends(needing(Scope.CONVERSATIONS_READ))]
ConversationWriter = Annotated[str, Depends(needing(Scope.CONVERSATIONS_WRITE))]
KnowledgeReader = Annotated[str, Depends(needing(Scope.KNOWLEDGE_READ))]
WebhookKeeper = Annotated[str, Depends(needing(Scope.WEBHOOKS))]
