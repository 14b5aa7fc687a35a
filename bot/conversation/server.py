"""Talks to one Redis or Valkey server: scripts, many at once, and the bell. Knows no conversation.

The only file that knows redis-py: its errors become ours here. What scripts return has the same shape in both
versions of the protocol, so that nothing else must know which one is spoken.
"""

import asyncio
import contextlib
import hashlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import (
    ClusterDownError,
    NoPermissionError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TryAgainError,
)

from bot.conversation.base import NO_ADDRESS, ConversationsError, ConversationsUnavailable
from bot.conversation.bell import Bell, Found
from bot.conversation.keys import BELL
from bot.conversation.records import decode
from bot.conversation.schema import bring_up
from bot.conversation.together import Together

_CONNECTIONS = 32
_PATIENCE = 5.0  # seconds for one answer, or for a free connection
# Seconds after which a waiting reader looks without a ring: leases end, and rings get lost with a connection.
_PAUSE = 1.0
# The same where only rings matter: those that a broken connection swallowed are made up for when it is back.
_CALM = 10.0
_RETRY = 0.02  # seconds
_HOME = "bot.conversation"

# A server that answers so will do the very same act later, when its owner has looked after it. Inside of a script
# or a pipeline only the text tells which trouble it is.
_PASSING = (ClusterDownError, NoPermissionError, OutOfMemoryError, ReadOnlyError, TryAgainError)
_PASSING_TEXT = re.compile(
    r"\b(BUSY|CLUSTERDOWN|LOADING|MASTERDOWN|MISCONF|NOPERM|NOREPLICAS|OOM|READONLY|TRYAGAIN|UNKILLABLE)\b"
)

Result = TypeVar("Result")
Text = bytes | str | int
Call = tuple[Sequence[bytes], Sequence[Text]]
"""Keys and arguments of a script."""
Act = tuple[str, Sequence[bytes], Sequence[Text]]
"""A script's name, its keys and arguments."""


@cache
def script(name: str) -> str:
    """The text of an act's script: its first line, what all acts share, the act itself.

    A name such as "bot.delivery/settle" is that of another package's script.
    """
    package, _, own = name.rpartition("/")
    head, _, act = (files(package or _HOME) / "lua" / f"{own}.lua").read_text("utf-8").partition("\n")
    return f"{head}\n{(files(_HOME) / 'lua' / 'common.lua').read_text('utf-8')}\n{act}"


@cache
def _digest(name: str) -> str:
    return hashlib.sha1(script(name).encode(), usedforsecurity=False).hexdigest()


class Server:
    """One server, with connections that come back by themselves. All methods raise ConversationsUnavailable,
    and ConversationsError for what will not get better by itself.

    Making one raises ConversationsError when the URL is none.
    """

    def __init__(self, url: str) -> None:
        # Every act may be repeated: each tells by ids and fences whether it was done already.
        retry = Retry(ExponentialBackoff(cap=0.5, base=0.05), 2)
        try:
            pool = BlockingConnectionPool.from_url(
                url,
                max_connections=_CONNECTIONS,
                timeout=_PATIENCE,
                socket_timeout=_PATIENCE,
                socket_connect_timeout=_PATIENCE,
                retry=retry,
            )
        except ValueError:
            # What is wrong with it is not repeated: that may be a part of the password.
            raise ConversationsError(NO_ADDRESS) from None
        self._redis = Redis.from_pool(pool)
        self._bell = Bell(_PAUSE)
        self._listening: asyncio.Task[None] | None = None
        self._calls: set[asyncio.Future[Any]] = set()
        # A crowd at the doors costs a few trips to the server: a trip costs more than the act itself.
        self._acts: Together[Act, Any] = Together(self._run)

    async def check_schema(self) -> None:
        """Bring stored data up to date. Raises ConversationsError when a newer Kefu wrote it."""
        with _translated():
            await bring_up(self._redis)

    async def run(self, name: str, keys: Sequence[bytes], arguments: Sequence[Text]) -> Any:
        """What one script returns: None, int, bytes or lists of them."""
        with _translated():
            return await self._acts.ask((name, keys, arguments))

    async def _run(self, acts: Sequence[Act]) -> list[Any]:
        """What each returns, or its error: errors of others are not its own, and their texts are not either."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for name, keys, arguments in acts:
                pipe.evalsha(_digest(name), len(keys), *keys, *arguments)
            answers = await pipe.execute(raise_on_error=False)
        for place, answer in enumerate(answers):
            if isinstance(answer, NoScriptError):
                answers[place] = await self._run_unknown(*acts[place])
        return answers

    async def _run_unknown(self, name: str, keys: Sequence[bytes], arguments: Sequence[Text]) -> Any:
        try:
            return await self._redis.eval(script(name), len(keys), *keys, *arguments)
        except ResponseError as error:
            return error

    async def _whole(self, work: Awaitable[Result]) -> Result:
        """What the work gives. It is finished even when the caller is cancelled: redis-py can lose a cancellation
        that meets it while it connects, and throws a connection away that another meets."""
        call = asyncio.ensure_future(work)
        self._calls.add(call)
        call.add_done_callback(self._settled)
        return await asyncio.shield(call)

    def _settled(self, call: "asyncio.Future[Any]") -> None:
        self._calls.discard(call)
        if not call.cancelled():
            call.exception()  # looked at, for the caller may have left

    async def run_many(self, name: str, calls: Sequence[Call]) -> list[Any]:
        """What one script that only reads returns for each pair of keys and arguments, in one round trip."""
        try:
            return await self._pipelined(("EVALSHA", _digest(name), len(k), *k, *a) for k, a in calls)
        except _ScriptUnknown:
            with _translated():
                await self._whole(self._redis.script_load(script(name)))
            return await self._pipelined(("EVALSHA", _digest(name), len(k), *k, *a) for k, a in calls)

    async def filled(self, streams: Iterable[bytes]) -> list[bool]:
        """Whether each stream holds anything."""
        return [length > 0 for length in await self._pipelined(("XLEN", stream) for stream in streams)]

    async def length(self, stream: bytes) -> int:
        """How many entries a stream holds."""
        with _translated():
            return int(await self._whole(self._redis.xlen(stream)))

    async def _pipelined(self, commands: Iterable[tuple[Text, ...]]) -> list[Any]:
        async def execute() -> list[Any]:
            async with self._redis.pipeline(transaction=False) as pipe:
                for command in commands:
                    pipe.execute_command(*command)
                return list(await pipe.execute())

        with _translated():
            try:
                return await self._whole(execute())
            except NoScriptError as error:
                raise _ScriptUnknown from error

    async def ping(self) -> None:
        """Returns when the server answers."""
        with _translated():
            await self._whole(self._redis.ping())

    async def until(
        self, topic: str, look: Callable[[], Awaitable[Found | None]], wait: float, *, always_rung: bool = False
    ) -> Found | None:
        """What `look` finds as soon as there is something, or None after `wait` seconds.

        `always_rung`: nothing comes by time alone, so that hundreds of readers need not look every second.
        """
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
        return await self._bell.until(topic, look, wait, pause=_CALM if always_rung else None)

    async def close(self) -> None:
        """Let go of all connections."""
        # More than once: a cancellation that meets redis-py while it connects can get lost.
        while self._listening is not None and not self._listening.done():
            self._listening.cancel()
            await asyncio.wait({self._listening}, timeout=_RETRY)
        await self._acts.finish(_PATIENCE)
        if self._calls:
            await asyncio.wait(self._calls, timeout=_PATIENCE)
        with contextlib.suppress(RedisError, OSError):
            await self._redis.aclose()

    async def _listen(self) -> None:
        while True:
            with contextlib.suppress(RedisError, OSError):
                async for topic in self._rings():
                    self._bell.ring(topic)
            # Who waits finds out by looking what the matter is.
            self._bell.ring_all()
            await asyncio.sleep(_PAUSE)

    async def _rings(self) -> AsyncIterator[str]:
        async with self._redis.pubsub() as pubsub:
            await pubsub.subscribe(BELL)
            while True:
                message = await pubsub.get_message(timeout=_PATIENCE)
                if message is None:
                    await pubsub.ping()
                elif message["type"] == "subscribe":
                    # What happened before the subscription rang for nobody.
                    self._bell.ring_all()
                elif message["type"] == "message":
                    yield decode(message["data"])


class _ScriptUnknown(Exception):
    """The server has forgotten its scripts."""


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        if isinstance(error, ResponseError) and not _passes(error):
            cure = "set KEFU_REDIS_URL to a server, or a database of it, that Kefu has for itself"
            raise ConversationsError(f"the conversations' server refuses an act ({reason}): {cure}") from error
        cure = "look after it, or set KEFU_REDIS_URL to another"
        raise ConversationsUnavailable(f"the conversations' server does not answer ({reason}): {cure}") from error


def _passes(error: ResponseError) -> bool:
    return isinstance(error, _PASSING) or bool(_PASSING_TEXT.search(str(error)))
