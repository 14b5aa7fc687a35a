"""Runs a house: its doors, its workers, and the watch for a new snapshot, until it is told to stop."""

import asyncio
import gc
import os
import platform
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path

import structlog

from bot.app import House
from bot.desk.worker import Worker
from bot.doors.telegram import telegram_job
from bot.doors.web import Tell, serve_web
from bot.doors.webhooks import webhooks_job
from knowledge.errors import KnowledgeError

_log = structlog.get_logger(__name__)

_LOOK_FOR_SNAPSHOT = 1.0  # seconds


async def serve_house(house: House, stop: asyncio.Event, tell: Tell) -> None:
    """Run what this process is for until `stop` is set, or until one part fails: then all stop and the error is
    raised."""
    tasks = [asyncio.create_task(job) for job in _jobs(house, stop, tell)]
    threading.Thread(target=_warm, args=(house,), name="warm", daemon=True).start()
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.set()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result


def _warm(house: House) -> None:
    house.brain.warm()
    # What is loaded by now stays. To walk through it in search of garbage stood every door still for 0.3 s.
    gc.freeze()


def _jobs(house: House, stop: asyncio.Event, tell: Tell) -> Iterator[Coroutine[None, None, None]]:
    """What the process's roles ask for; all of them work beside others of their kind on other machines."""
    roles = house.settings.roles
    if "telegram" in roles and house.settings.telegram_token:
        yield telegram_job(house, stop)
    if "web" in roles:
        yield serve_web(house, stop, tell)
    else:
        tell(f"Kefu works as {' and '.join(roles)}")
    if "worker" in roles:
        name, renewal = f"{platform.node()}-{os.getpid()}", house.settings.lease_seconds / 3
        yield Worker(house.conversations, house.replier.reply, name, renewal=renewal).run(stop)
        yield webhooks_job(house, stop)
    yield follow_snapshots(house, stop)


async def follow_snapshots(house: House, stop: asyncio.Event) -> None:
    """Answer from a new snapshot as soon as it is the current one; a damaged one leaves the old in place."""
    seen = using = house.snapshot
    failed = ""
    while not stop.is_set():
        latest = _current(house.brain.knowledge)
        if latest != seen:
            try:
                seen = using = await _renew(house, using)
            except KnowledgeError as error:
                seen = latest
                _log.error("the new snapshot cannot be used; the old one goes on answering", error=str(error))
            except OSError as error:
                if failed != latest:
                    _log.warning("the new snapshot cannot be read yet; trying again", error=str(error))
                failed = latest
        await _sleep(stop, _LOOK_FOR_SNAPSHOT)


async def _renew(house: House, using: str) -> str:
    """Answer from the snapshot in use unless it is `using`; its id."""
    newest, answerer = await asyncio.to_thread(house.brain.newest)
    if newest != using:
        house.engine.replace(answerer)
        _log.info("new snapshot", snapshot=newest)
    return newest


def _current(folder: Path) -> str:
    try:
        return (folder / "CURRENT").read_text("utf-8").strip()
    except OSError:
        return ""


async def _sleep(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), timeout=seconds)
    except TimeoutError:
        return
