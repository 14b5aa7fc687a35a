"""A bot as aiogram's documentation shows it, which answers after a while: what Kefu is compared with."""

import argparse
import asyncio
import logging
import sys
from collections.abc import Sequence

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.fsm.storage.redis import RedisEventIsolation
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

from scripts.soaking.house import SECRET, TOKEN

PATH = "/webhook"


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("api")
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--port", type=int, default=0, help="of the webhook; else Telegram is polled")
    parser.add_argument("--isolation", default="", metavar="REDIS", help="one handler a chat, by a lock there")
    return parser.parse_args(given)


def _dispatcher(given: argparse.Namespace) -> Dispatcher:
    isolation = RedisEventIsolation.from_url(given.isolation) if given.isolation else None
    dispatcher = Dispatcher(events_isolation=isolation)

    @dispatcher.message()
    async def answer(message: Message) -> None:
        await asyncio.sleep(given.seconds)
        await message.answer(f"re: {message.text}")

    return dispatcher


def main(given: Sequence[str] | None = None) -> None:
    """Serve until SIGTERM."""
    logging.basicConfig(level=logging.INFO)
    options = _arguments(given)
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(options.api)))
    dispatcher = _dispatcher(options)
    if not options.port:
        asyncio.run(dispatcher.start_polling(bot))
        return
    app = web.Application()
    SimpleRequestHandler(dispatcher=dispatcher, bot=bot, secret_token=SECRET).register(app, path=PATH)
    setup_application(app, dispatcher, bot=bot)
    web.run_app(app, host="127.0.0.1", port=options.port, print=None)


if __name__ == "__main__":
    main(sys.argv[1:])
