"""Puts the Telegram door together, from settings and a house."""

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING

from bot.app import House
from bot.doors.key import secret_key
from bot.settings import Settings

if TYPE_CHECKING:
    from fastapi import APIRouter

    from bot.channels.telegram.incoming.webhook import Webhook
    from bot.delivery.base import Post


def telegram_job(house: House, stop: asyncio.Event) -> Coroutine[None, None, None]:
    """The Telegram channel, to be run. Imported here, before anything runs: aiogram blocks the loop for seconds."""
    from bot.channels.telegram import run

    settings = house.settings
    token = telegram_token(settings)
    webhook = telegram_webhook(settings) if settings.telegram_webhook else None
    return run(
        house.desk,
        telegram_post(house),
        token,
        api=settings.telegram_api,
        stop=stop,
        webhook=webhook,
        staff=settings.telegram_staff,
    )


def telegram_token(settings: Settings) -> str:
    """The bot's token, or an empty text."""
    return settings.telegram_token.get_secret_value() if settings.telegram_token else ""


def telegram_post(house: House) -> "Post":
    """What the bot of the token needs to lose nothing."""
    from bot.delivery.redis import redis_post

    return redis_post(house.conversations, "telegram", telegram_token(house.settings).partition(":")[0])


def telegram_webhook(settings: Settings) -> "Webhook":
    """Where Telegram is told to bring updates. Its secret is the setting, else made from the installation's key."""
    from bot.channels.telegram.incoming.webhook import PATH, Webhook, derived_secret

    url = settings.public_url.rstrip("/") + PATH
    if settings.telegram_secret:
        return Webhook(url, settings.telegram_secret.get_secret_value())
    return Webhook(url, derived_secret(secret_key(settings), telegram_token(settings).partition(":")[0]))


def telegram_routes(house: House) -> tuple[list["APIRouter"], dict[str, int]]:
    """The route of Telegram's webhook and how much it takes, if there is one."""
    settings = house.settings
    if not (settings.telegram_token and settings.telegram_webhook):
        return [], {}
    from bot.channels.telegram.incoming.webhook import LONGEST_UPDATE, PATH, webhook_router

    return [webhook_router(telegram_post(house).inbox, telegram_webhook(settings).secret)], {PATH: LONGEST_UPDATE}
