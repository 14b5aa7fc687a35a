"""What several commands share: settings, the knowledge that is meant, coroutines. Knows no model."""

import asyncio
import hashlib
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from bot.commands.failures import CommandError
from bot.settings import Settings

T = TypeVar("T")

KnowledgeOption = Annotated[
    Path | None,
    typer.Option("--knowledge", "-k", help="Folder of snapshots, or the files themselves (built once, then kept)."),
]


def load_settings(log_level: str | None = None) -> Settings:
    """The settings, with logging configured by them."""
    from bot import log

    settings = Settings()
    log.configure(log_level or settings.log_level, settings.log_format)
    return settings


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, on the faster loop where there is one: under a crowd its acknowledgements come
    in two thirds of the time."""
    try:
        import uvloop
    except ImportError:  # not made for Windows
        return asyncio.run(work)
    return uvloop.run(work)


def knowledge_folder(settings: Settings, chosen: Path | None) -> Path:
    """The folder of snapshots that is meant; files are built into one of the cache first."""
    folder = chosen or settings.knowledge_dir
    if chosen is None or (folder / "CURRENT").exists():
        return folder
    if not folder.exists():
        raise CommandError(f"{folder}: no such file or folder")
    from bot.commands.building import build_if_changed

    key = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    built = settings.cache_dir / "knowledge" / key
    build_if_changed(settings, [folder], built)
    return built
