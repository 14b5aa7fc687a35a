"""A process with Kefu's own worker and a stub for the engine: what scenarios kill."""

import argparse
import asyncio
import signal

from bot.answering.engine import Engine
from bot.conversation.redis import RedisConversations
from bot.desk.news import Burst
from bot.desk.replying import Replier
from bot.desk.worker import Worker
from bot.log import configure
from scripts.soaking.stub import Stub


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--lease", type=float, default=1.0)
    parser.add_argument("--burst", type=float, default=0.0)
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--sentences", type=int, default=1)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--loud", action="store_true")
    return parser.parse_args()


async def _work(given: argparse.Namespace) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    conversations = await RedisConversations.connect(given.url, lease=given.lease)
    engine = Engine(Stub(given.seconds, given.sentences, given.loud), given.threads)
    replier = Replier(conversations, engine, burst=Burst(given.burst, 4 * given.burst))
    try:
        await Worker(conversations, replier.reply, "soak", renewal=given.lease / 3).run(stop)
    finally:
        engine.close()
        await conversations.close()


if __name__ == "__main__":
    configure("error", "json")
    asyncio.run(_work(_arguments()))
