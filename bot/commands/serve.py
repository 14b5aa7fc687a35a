"""`kefu serve`: every door, the desk, the workers and the models in one process."""

import asyncio
import signal
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import KnowledgeOption, knowledge_folder, load_settings, run

if TYPE_CHECKING:
    from bot.app import Brain


class Role(StrEnum):
    """What a process can do."""

    WEB = "web"
    WORKER = "worker"
    TELEGRAM = "telegram"


RoleOption = Annotated[
    list[Role] | None,
    typer.Option("--role", help="What this process does; may be given more than once. Without it: everything."),
]


def serve(knowledge: KnowledgeOption = None, role: RoleOption = None) -> None:
    """Serve the website's widget, the agents' desk and, when a token is set, Telegram.

    Roles share one Redis: as many processes of each as are wanted, on as many machines.
    """
    settings = load_settings()
    if role:
        settings = settings.model_copy(update={"roles": [str(each) for each in role]})
    from bot.app import open_brain, require_redis
    from bot.channels.web.server import listen_on
    from bot.commands.progress import pull

    # A taken port, or a server that is away, is told before models are loaded.
    if "web" in settings.roles:
        listen_on(settings.host, settings.port).close()
    run(require_redis(settings))
    # Outside of the loop, so that a signal ends it at once: nothing is open yet that must be closed.
    brain = open_brain(settings, knowledge_folder(settings, knowledge), pull)
    run(_serve(brain))


async def _serve(brain: "Brain") -> None:
    from bot.app import house_of
    from bot.serving import serve_house

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with house_of(brain) as house:
        await serve_house(house, stop, tell=_tell)


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
