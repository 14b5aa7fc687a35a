"""Where Telegram brings updates: checked, stored, acknowledged. Knows no kind of update and handles none."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramNotFound, TelegramUnauthorizedError
from aiogram.utils.backoff import Backoff
from fastapi import APIRouter, HTTPException, Request, Response

from bot.channels.telegram.errors import in_one_line
from bot.channels.telegram.incoming.refusals import Refusals
from bot.channels.telegram.pacing import Stopping, Tempo, rest, unless_stopped
from bot.conversation.base import ConversationsError
from bot.delivery.base import Inbox

_log = structlog.get_logger(__name__)

PATH = "/telegram/updates"
LONGEST_UPDATE = 1_048_576
"""Bytes of one update."""
CONNECTIONS = 40
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105
_RETRY_AFTER = {"Retry-After": "2"}


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where Telegram is told to bring updates, and the secret by which it is known."""

    url: str
    secret: str


def derived_secret(key: str, bot_id: str) -> str:
    """The secret of one bot, made from the installation's key: the same in every process and after each start."""
    return hmac.new(key.encode(), f"telegram-webhook:{bot_id}".encode(), hashlib.sha256).hexdigest()


def webhook_router(inbox: Inbox, secret: str) -> APIRouter:
    """A route for Telegram's POSTs. Whoever does not know the secret touches neither body nor inbox."""
    router = APIRouter()
    expected = secret.encode()

    async def take(request: Request) -> Response:
        """Store one update. 200 says that it is stored for good."""
        given = request.headers.get(_SECRET_HEADER, "").encode("latin-1", "replace")
        if not secret or not hmac.compare_digest(given, expected):
            raise HTTPException(401, "this is for Telegram alone", {"Connection": "close"})
        raw = await request.body()
        number = _number_of(raw)
        try:
            await inbox.put(str(number), raw)
        except ConversationsError as error:
            _log.warning("an update waits at Telegram: it cannot be stored", error=str(error))
            raise HTTPException(503, "updates cannot be stored right now", _RETRY_AFTER) from None
        return Response(status_code=200)

    # Not `post`: there is nothing to validate or to inject, and the secret must be looked at before anything else.
    router.add_route(PATH, take, methods=["POST"], include_in_schema=False)
    return router


def _number_of(raw: bytes) -> int:
    """The update's id. Raises HTTPException."""
    try:
        update = json.loads(raw)
    except (ValueError, RecursionError):
        raise HTTPException(400, "the body is not JSON") from None
    number = update.get("update_id") if isinstance(update, dict) else None
    if not isinstance(number, int) or isinstance(number, bool):
        raise HTTPException(400, "the body has no update_id")
    return number


async def tell_telegram(bot: Bot, webhook: Webhook, kinds: Sequence[str], tempo: Tempo, over: asyncio.Event) -> None:
    """Have updates of the wanted `kinds` brought to us; what waits at Telegram is kept.

    Tries until Telegram has agreed, or `over` is set.
    """
    backoff, refusals = Backoff(tempo.retry), Refusals(tempo)
    try:
        while True:
            setting = bot.set_webhook(
                webhook.url,
                secret_token=webhook.secret,
                allowed_updates=list(kinds),
                max_connections=CONNECTIONS,
                drop_pending_updates=False,
            )
            try:
                await unless_stopped(over, setting)
            except (TelegramUnauthorizedError, TelegramNotFound) as error:
                await refusals.outwait(error, over)
            except (TelegramAPIError, ClientDecodeError) as error:
                _log.warning("the webhook is not set, trying again", url=webhook.url, error=in_one_line(error))
                await rest(over, next(backoff))
            else:
                _log.info("Telegram brings updates", url=webhook.url)
                return
    except Stopping:
        return
