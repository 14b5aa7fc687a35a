"""Runs the Telegram door: one bot, its poller and its sender. Knows no update and no turn."""

import asyncio

import structlog
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramNotFound,
    TelegramUnauthorizedError,
)
from aiogram.types import BotCommand, User
from aiogram.utils.backoff import Backoff
from aiogram.utils.token import TokenValidationError

from bot.channels.base import Reception
from bot.channels.telegram.door import Door
from bot.channels.telegram.errors import TelegramError, in_one_line
from bot.channels.telegram.handlers import customers_router
from bot.channels.telegram.pacing import Pacer, Stopping, Tempo, rest, unless_stopped
from bot.channels.telegram.poller import WRONG_TOKEN, Poller
from bot.channels.telegram.sender import Sender
from bot.channels.telegram.texts import FALLBACK, languages, text
from bot.channels.telegram.typing_action import Typing
from bot.channels.telegram.wire import Wire
from bot.delivery.base import Post

_log = structlog.get_logger(__name__)


async def run(
    reception: Reception,
    post: Post,
    token: str,
    *,
    api: str = "",
    stop: asyncio.Event,
    tempo: Tempo | None = None,
) -> None:
    """Carry messages between Telegram and `reception` until `stop` is set, then end within 5 seconds.

    `api` is the address of a Bot API server of one's own. Raises TelegramError when the token or `api` is wrong;
    a Telegram that is away is waited for.
    """
    bot = _bot(token, api)
    try:
        await carry(bot, reception, post, stop=stop, tempo=tempo or Tempo())
    finally:
        await bot.session.close()


async def carry(bot: Bot, reception: Reception, post: Post, *, stop: asyncio.Event, tempo: Tempo) -> None:
    """What `run` does, with a bot that the caller has made and closes."""
    try:
        await _introduce(bot, tempo, stop)
        await _work(bot, reception, post, tempo, stop)
    except Stopping:
        return


def _bot(token: str, api: str) -> Bot:
    if api and not api.startswith(("http://", "https://")):
        raise TelegramError(f"{api!r} is not an address: KEFU_TELEGRAM_API must begin with http:// or https://")
    server = TelegramAPIServer.from_base(api) if api else PRODUCTION
    try:
        return Bot(token, session=AiohttpSession(api=server))
    except TokenValidationError as error:
        raise TelegramError(WRONG_TOKEN) from error


async def _introduce(bot: Bot, tempo: Tempo, stop: asyncio.Event) -> User:
    """Learn who we are, and end a webhook of an earlier day. Raises TelegramError, Stopping."""
    backoff = Backoff(tempo.retry)
    while True:
        try:
            me = await unless_stopped(stop, bot.me())
            await unless_stopped(stop, bot.delete_webhook(drop_pending_updates=False))
        except (TelegramUnauthorizedError, TelegramNotFound) as error:
            raise TelegramError(WRONG_TOKEN) from error
        except (TelegramAPIError, ClientDecodeError) as error:
            _log.warning("Telegram cannot be reached, trying again", error=in_one_line(error))
            await rest(stop, next(backoff))
        else:
            _log.info("connected to Telegram", name=me.username)
            return me


async def _work(bot: Bot, reception: Reception, post: Post, tempo: Tempo, stop: asyncio.Event) -> None:
    closing = asyncio.Event()
    wire = Wire(bot, reception.conversations, post, Pacer(tempo, closing), tempo, closing)
    sender, typing = Sender(wire), Typing(wire)
    dispatcher = Dispatcher(disable_fsm=True, door=Door(reception, sender, typing))
    dispatcher.include_router(customers_router())
    poller = Poller(bot, dispatcher, tempo, closing)

    parts = [asyncio.create_task(part) for part in (poller.run(), sender.run())]
    helpers = [asyncio.create_task(_set_commands(bot)), asyncio.create_task(stop.wait())]
    try:
        await asyncio.wait([*parts, helpers[1]], return_when=asyncio.FIRST_COMPLETED)
    finally:
        closing.set()
        for helper in helpers:
            helper.cancel()
        results = await asyncio.gather(*parts, return_exceptions=True)
        await asyncio.gather(typing.close(), *helpers, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result


async def _set_commands(bot: Bot) -> None:
    """Fill the menu of commands, in every language that we speak. Without it everything else works."""
    try:
        for language in languages():
            commands = [
                BotCommand(command=name, description=text(f"command_{name}", language)) for name in ("help", "human")
            ]
            # Set without a language they are everyone's whose language is missing.
            await bot.set_my_commands(commands, language_code=None if language == FALLBACK else language)
    except (TelegramAPIError, ClientDecodeError) as error:
        _log.warning("the menu of commands is not set", error=in_one_line(error))
