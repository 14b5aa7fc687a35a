"""Kefu as it is served, with a stub for the engine: web door, Telegram and workers in one process. Loads no model.

`python -m scripts.soaking.house REDIS API FOLDER` runs `bot.serving.serve_house`. With --lease or --pace its parts
run side by side with shorter times; with --door the web door alone.
"""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from bot.answering.engine import Engine
from bot.app import Brain, House
from bot.channels.telegram import run as run_telegram
from bot.channels.telegram.pacing import Tempo
from bot.channels.web import app as _app  # noqa: F401  (read before a fork, for it takes seconds)
from bot.commands.common import run
from bot.conversation.records import LEASE
from bot.conversation.redis import RedisConversations
from bot.desk.desk import Desk
from bot.desk.news import Burst
from bot.desk.replying import Replier
from bot.desk.worker import Worker
from bot.doors.telegram import telegram_post, telegram_token, telegram_webhook
from bot.doors.web import serve_web
from bot.log import configure
from bot.serving import serve_house
from bot.settings import Settings
from knowledge.embedders.hashing import HashingEmbedder
from scripts.soaking.stub import Stub

TOKEN = "700001:AAFakeTokenForTheLoopbackServer00000"
SECRET = "soak-2f7c9d41b6e8a035"


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("redis")
    parser.add_argument("api")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--webhook", action="store_true", help="else Telegram is polled; needs --port")
    parser.add_argument("--door", action="store_true", help="the web door alone")
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--sentences", type=int, default=1)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--burst", type=float, default=0.0)
    parser.add_argument("--lease", type=float, default=0.0)
    parser.add_argument("--pace", type=float, default=1.0, help="of Telegram's windows, so many")
    parser.add_argument("--loud", action="store_true")
    return parser.parse_args(given)


def _settings(given: argparse.Namespace) -> Settings:
    return Settings(
        _env_file=None,
        host="127.0.0.1",
        port=given.port,
        public_url=f"http://127.0.0.1:{given.port}" if given.webhook else "",
        data_dir=given.folder,
        redis_url=given.redis,
        secret_key="soak-key-of-an-installation",
        telegram_token=TOKEN,
        telegram_api=given.api,
        telegram_webhook=given.webhook,
        telegram_secret=SECRET,
        generate=False,
        handoff_words=[],
    )


@contextlib.asynccontextmanager
async def _open(given: argparse.Namespace) -> AsyncIterator[House]:
    settings = _settings(given)
    brain = Brain(settings, HashingEmbedder(), None, settings.knowledge_dir)
    engine = Engine(Stub(given.seconds, given.sentences, given.loud), given.threads)
    conversations = await RedisConversations.connect(given.redis, lease=given.lease or LEASE)
    replier = Replier(conversations, engine, burst=Burst(given.burst, 4 * given.burst))
    try:
        yield House(
            settings, brain, engine, Desk(conversations, engine), replier, conversations, given.redis, snapshot=""
        )
    finally:
        engine.close()
        await conversations.close()


async def _serve(given: argparse.Namespace) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with _open(given) as house:
        if given.door:
            await serve_web(house, stop, _tell)
        elif given.lease or given.pace != 1.0:
            await _serve_parts(house, stop, given)
        else:
            await serve_house(house, stop, _tell)


async def _serve_parts(house: House, stop: asyncio.Event, given: argparse.Namespace) -> None:
    lease = given.lease or LEASE
    usual = Tempo()
    windows = {name: getattr(usual, name) * given.pace for name in ("chat", "group", "everyone")}
    tempo = Tempo(lease=given.lease or usual.lease, **windows)
    settings = house.settings
    webhook = telegram_webhook(settings) if settings.telegram_webhook else None
    token, api = telegram_token(settings), settings.telegram_api
    worker = Worker(house.conversations, house.replier.reply, str(os.getpid()), renewal=lease / 3)
    jobs = [
        serve_web(house, stop, _tell),
        worker.run(stop),
        run_telegram(house.desk, telegram_post(house), token, api=api, stop=stop, webhook=webhook, tempo=tempo),
    ]
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.set()
        await asyncio.gather(*tasks)


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(given: Sequence[str] | None = None) -> None:
    """Serve until SIGTERM."""
    configure("info", "json")
    run(_serve(_arguments(given)))


if __name__ == "__main__":
    main()
