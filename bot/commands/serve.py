"""`kefu serve`: every door, the desk, the workers and the models in one process."""

import asyncio
import signal
import sys
from pathlib import Path

from bot.commands.common import KnowledgeOption, knowledge_folder, load_settings, run
from bot.settings import Settings


def serve(knowledge: KnowledgeOption = None) -> None:
    """Serve the website's widget, the agents' desk and, when a token is set, Telegram."""
    settings = load_settings()
    from bot.channels.web.server import listen_on

    # A taken port is told before models are loaded.
    listen_on(settings.host, settings.port).close()
    run(_serve(settings, knowledge_folder(settings, knowledge)))


async def _serve(settings: Settings, knowledge: Path) -> None:
    from bot.app import open_house
    from bot.commands.progress import pull
    from bot.serving import serve_house

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with open_house(settings, knowledge, pull) as house:
        await serve_house(house, stop, tell=_tell)


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
