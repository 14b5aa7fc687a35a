"""Claims what was accepted and has it answered, many conversations at once. Knows no channel, and no answer."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog

from bot.answering.engine import EngineClosed
from bot.conversation.base import Conversations, ConversationsError, ConversationsUnavailable
from bot.conversation.messages import Claim

_log = structlog.get_logger(__name__)

_WAIT = 1.0  # seconds that one look for work may last, and so a stop
_PAUSE = 1.0  # seconds before the next look after the store was away
_RENEWAL = 3.0  # seconds; a third of a claim's lease
# Most of the claims in hand wait for the rest of a burst or for the engine, which costs nothing.
_HANDS = 64
# A kill in the middle of fifty replies makes all fifty come again: only who was there twice is suspected.
_SUSPECT = 3
_GRACE = 5.0  # seconds that replies in the making may take at the end

Answering = Callable[[Claim], Awaitable[bool]]
"""Makes and commits the reply of a claim."""


class Worker:
    """Has up to `hands` claims answered at once.

    A claim is renewed every `renewal` seconds, which must be well below its lease. At the end replies have `grace`
    seconds to be finished; others are given back.
    """

    def __init__(
        self,
        conversations: Conversations,
        answer: Answering,
        name: str,
        *,
        hands: int = _HANDS,
        renewal: float = _RENEWAL,
        grace: float = _GRACE,
    ) -> None:
        self._conversations = conversations
        self._answer = answer
        self._name = name
        self._hands = hands
        self._renewal = renewal
        self._grace = grace
        self._replies: set[asyncio.Task[None]] = set()
        self._told = ""

    async def run(self, stop: asyncio.Event) -> None:
        """Answer until `stop` is set, or until an error that no other claim would escape."""
        grace = 0.0  # whoever cancels does not want to wait
        try:
            while not stop.is_set():
                await self._take_one(stop)
            grace = self._grace
        finally:
            await self._finish(grace)

    async def _take_one(self, stop: asyncio.Event) -> None:
        if len(self._replies) >= self._hands:
            await self._first_of(self._replies, stop)
            return
        try:
            claim = await self._conversations.claim(self._name, _WAIT)
            self._told = ""
        except ConversationsError as error:
            await self._pause(error)
            return
        if claim is not None:
            await self._begin(claim, stop)

    async def _begin(self, claim: Claim, stop: asyncio.Event) -> None:
        """Have a claim answered: beside others, unless those who claimed it before may have died of it."""
        suspect = claim.attempts >= _SUSPECT
        others = set(self._replies) if suspect else set()
        reply = asyncio.create_task(self._settle(claim, others))
        self._replies.add(reply)
        reply.add_done_callback(self._replies.discard)
        if suspect:
            # No other reply shall die along.
            await self._first_of({reply}, stop)

    async def _first_of(self, replies: "set[asyncio.Task[None]]", stop: asyncio.Event) -> None:
        """Wait until one is done, or for the stop."""
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({*replies, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()

    async def _settle(self, claim: Claim, others: "set[asyncio.Task[None]]") -> None:
        try:
            async with self._renewed(claim):
                if others:
                    await asyncio.wait(others)
                await self._answer(claim)
        except ConversationsUnavailable as error:
            await self._give_back(claim)
            await self._pause(error)
        except EngineClosed:
            await self._give_back(claim)
        except asyncio.CancelledError:
            # Without this the customer would wait until the lease is over.
            await self._give_back(claim)
            raise
        except Exception:
            # The next worker may do better; what fails again and again is given up.
            _log.exception("the reply failed", conversation=claim.conversation)
            await self._give_back(claim, failed=True)

    async def _pause(self, error: ConversationsError) -> None:
        kind = type(error).__name__
        if self._told != kind:  # once an outage: a full disk is no place for a line a second
            _log.warning("nothing can be answered", worker=self._name, kind=kind, error=str(error))
        self._told = kind
        await asyncio.sleep(_PAUSE)

    async def _give_back(self, claim: Claim, *, failed: bool = False) -> None:
        with contextlib.suppress(ConversationsError):
            await self._conversations.release(claim, failed=failed)

    async def _finish(self, grace: float) -> None:
        replies = set(self._replies)
        if not replies:
            return
        _, late = await asyncio.wait(replies, timeout=grace)
        for reply in late:
            reply.cancel()
        if late:
            _log.info("unfinished replies are given back", count=len(late))
            await asyncio.wait(late)

    @contextlib.asynccontextmanager
    async def _renewed(self, claim: Claim) -> AsyncIterator[None]:
        async def renew() -> None:
            while True:
                await asyncio.sleep(self._renewal)
                with contextlib.suppress(ConversationsError):
                    await self._conversations.renew(claim)

        renewing = asyncio.create_task(renew())
        try:
            yield
        finally:
            renewing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await renewing
