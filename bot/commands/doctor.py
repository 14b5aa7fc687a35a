"""`kefu doctor`: checks everything that must be right, and says the cure of what is not."""

import http.client
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import typer

from bot.commands.common import KnowledgeOption, load_settings
from bot.commands.doctor_conversations import check_files, check_redis
from bot.commands.doctor_finding import Finding
from bot.commands.failures import one_line
from bot.settings import Settings

_ROOM = 2_000_000_000  # bytes; a model is converted beside what it is made from


def doctor(knowledge: KnowledgeOption = None) -> None:
    """Check disk, models, knowledge, conversations and the port. Exit code 1 when something needs a cure."""
    settings = load_settings("error")
    if knowledge:
        settings = settings.model_copy(update={"knowledge": knowledge})
    sick = False
    for finding in examine(settings):
        sick |= finding.sick
        mark = "✗" if finding.sick else "✓"
        sys.stdout.write(f"{mark} {finding.what}: {finding.found}{f' → {finding.cure}' if finding.cure else ''}\n")
    if sick:
        raise typer.Exit(1)


def examine(settings: Settings) -> Iterator[Finding]:
    """All findings, in the order in which their cures make sense."""
    checks: list[tuple[str, Callable[[Settings], Finding | list[Finding]]]] = [
        ("disk", _disk),
        ("models", _models),
        ("knowledge", _knowledge),
        # Before the server starts, which cuts off an incomplete end.
        ("files", check_files),
        ("redis", check_redis),
        ("port", _port),
        ("telegram", _telegram),
    ]
    for what, check in checks:
        try:
            found = check(settings)
            yield from [found] if isinstance(found, Finding) else found
        except Exception as error:
            yield Finding(what, one_line(error) or f"{type(error).__name__}: {error}", failed=True)


def _disk(settings: Settings) -> Finding:
    cache, data = (_existing(folder) for folder in (settings.cache_dir, settings.data_dir))
    for folder, variable in ((cache, "KEFU_CACHE_DIR"), (data, "KEFU_DATA_DIR")):
        if not folder.is_dir() or not os.access(folder, os.W_OK):
            return Finding("disk", f"{folder} cannot be written to", f"set {variable} to a folder that can")
    free = min(shutil.disk_usage(folder).free for folder in (cache, data))
    cure = "" if free > _ROOM else "free some, or set KEFU_CACHE_DIR and KEFU_DATA_DIR to another disk"
    where = " and ".join(dict.fromkeys(map(str, (cache, data))))
    return Finding("disk", f"{free / 1e9:.1f} GB free in {where}", cure)


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that is there already."""
    return next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())


def _models(settings: Settings) -> Finding:
    from bot.app import embedder_names
    from bot.models.catalogue import read_catalogue
    from bot.models.ready import is_ready, verify

    wanted = set(embedder_names(settings.embedder or _embedder_of(settings.knowledge_dir)))
    if settings.generate:
        wanted.add(settings.generator)
    models = [model for key, model in read_catalogue().items() if key in wanted]
    missing = [model.key for model in models if not is_ready(model, settings.models_dir)]
    if missing:
        return Finding("models", f"not here: {', '.join(missing)}", f"kefu models pull {' '.join(missing)}")
    for model in models:
        verify(model, settings.models_dir)
    if not models:
        return Finding("models", "none of the catalogue is needed")
    return Finding("models", f"{', '.join(sorted(m.key for m in models))} whole in {settings.models_dir}")


def _embedder_of(folder: Path) -> str:
    from bot.app import built_with
    from knowledge.errors import SnapshotError

    try:
        return built_with(folder)
    except SnapshotError:
        return ""


def _knowledge(settings: Settings) -> Finding:
    from bot.app import HASHING, built_with, of_catalogue
    from knowledge.snapshot.reader import open_current

    snapshot = open_current(settings.knowledge_dir)
    found = f"snapshot {snapshot.id} with {snapshot.manifest.entries} entries is whole"
    if not settings.embedder or settings.embedder == HASHING or of_catalogue(settings.embedder):
        built = built_with(settings.knowledge_dir)
        if settings.embedder not in ("", built):
            found += f", but was built with {built} and not with {settings.embedder}"
            return Finding("knowledge", found, "build it again, or leave KEFU_EMBEDDER out")
    return Finding("knowledge", found)


def _port(settings: Settings) -> Finding:
    from bot.channels.web.server import listen_on

    where = f"{settings.port} on {settings.host}"
    try:
        listen_on(settings.host, settings.port).close()
    except Exception as error:
        if _is_kefu(settings):
            return Finding("port", f"{where} is held by a running Kefu")
        return Finding("port", one_line(error) or str(error), "stop that program or set KEFU_PORT")
    return Finding("port", f"{where} is free")


def _is_kefu(settings: Settings) -> bool:
    """Whether what listens there answers as Kefu's health page does."""
    connection = http.client.HTTPConnection(settings.host, settings.port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return bool(json.loads(connection.getresponse().read()) == {"alive": True})
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()


def _telegram(settings: Settings) -> Finding:
    token = settings.telegram_token.get_secret_value() if settings.telegram_token else ""
    if not token:
        return Finding("telegram", "off (no KEFU_TELEGRAM_TOKEN)")
    head, _, tail = token.partition(":")
    if not head.isdigit() or len(tail) < 20:
        return Finding("telegram", "the token is not of the form 123456:ABC…", "copy it again from @BotFather")
    return Finding("telegram", "a token is set")
