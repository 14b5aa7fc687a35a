"""`kefu chat`: a conversation in the terminal, through the same desk as every other door."""

import asyncio
import sys
from collections.abc import AsyncIterator

from bot.commands.common import KnowledgeOption, knowledge_folder, load_settings, run


def chat(knowledge: KnowledgeOption = None) -> None:
    """Talk to the bot in the terminal; /human asks for a person, /quit ends."""
    settings = load_settings("warning")
    from bot.app import house_of, open_brain, require_redis
    from bot.channels.console import chat as console_chat
    from bot.commands.progress import pull
    from bot.desk.worker import Worker

    run(require_redis(settings))
    brain = open_brain(settings, knowledge_folder(settings, knowledge), pull)

    async def talk() -> None:
        stop = asyncio.Event()
        async with house_of(brain) as house:
            worker = Worker(house.conversations, house.replier.reply, "console")
            working = asyncio.create_task(worker.run(stop))
            try:
                if sys.stdin.isatty():
                    _write("/human asks for a person, /quit (or the end of input, Ctrl-D) leaves\n")
                await console_chat(
                    house.desk, lines=_lines(), write=_write, prompt="> " if sys.stdin.isatty() else ""
                )
            finally:
                stop.set()
                await working

    run(talk())


async def _lines() -> AsyncIterator[str]:
    while line := await asyncio.to_thread(sys.stdin.readline):
        yield line.rstrip("\n")


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
