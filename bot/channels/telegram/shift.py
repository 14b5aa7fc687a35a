"""Lets one process of many do a work that only one may do at a time. Knows neither the work nor the server."""

import asyncio
import os
import uuid
from collections.abc import Awaitable, Callable

import structlog

from bot.channels.telegram.lease import Lease
from bot.channels.telegram.pacing import Stopping, rest

_log = structlog.get_logger(__name__)

_LOOK = 0.2  # seconds after which a lease that was lost is noticed, at the latest

Work = Callable[[asyncio.Event], Awaitable[None]]
"""Gets an event that is set when the lease is lost or all stops: then it must return soon."""


def new_holder() -> str:
    """A name that no other process, and no earlier run of this one, has."""
    return f"{os.getpid()}-{uuid.uuid4().hex[:8]}"


async def work_while_held(lease: Lease, work: Work, stop: asyncio.Event) -> None:
    """Do the work whenever the lease is ours, until `stop` is set. What the work raises ends it all."""
    keeping = asyncio.create_task(lease.keep())
    try:
        while not stop.is_set():
            await lease.until_held()
            await _hold_during(lease, work, stop)
    except Stopping:
        return
    finally:
        keeping.cancel()
        await asyncio.wait({keeping})
        await lease.let_go()


async def _hold_during(lease: Lease, work: Work, stop: asyncio.Event) -> None:
    over = asyncio.Event()
    watching = asyncio.create_task(_watch(lease, over, stop))
    try:
        await work(over)
    finally:
        watching.cancel()
        await asyncio.wait({watching})


async def _watch(lease: Lease, over: asyncio.Event, stop: asyncio.Event) -> None:
    try:
        while lease.held:
            await rest(stop, _LOOK)
        _log.warning("a lease was lost; another process goes on with its work")
    except Stopping:
        return
    finally:
        over.set()
