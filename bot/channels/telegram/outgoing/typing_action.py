"""Shows that an answer is being made, until it comes. Knows no answer; whatever fails here is forgotten."""

import asyncio
import contextlib
import random

import structlog

from bot.channels.telegram.address import Address
from bot.channels.telegram.outgoing.fates import MustWait, NotSent, Unclear, fate
from bot.channels.telegram.outgoing.streaming import Streaming
from bot.channels.telegram.pacing import Stopping
from bot.channels.telegram.wire import Wire
from bot.conversation.base import ConversationsError
from bot.conversation.messages import BOT

_log = structlog.get_logger(__name__)

_PATIENCE = 5  # seconds for one call
# More customers than these wait for long anyway, and what it costs to show them would make them wait longer.
_MOST = 100
_STEP = 0.01  # seconds


class Typing:
    """Keeps Telegram's five-second "typing…" alive, and the answer growing, where a customer waits for the bot."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._streaming = Streaming(wire)
        self._shown: dict[Address, asyncio.Task[None]] = {}

    def begin(self, address: Address) -> None:
        """Show it until the last turn is not the customer's, an agent owns the conversation, or a minute is over."""
        if earlier := self._shown.pop(address, None):
            earlier.cancel()
        if len(self._shown) >= _MOST:
            return
        task = asyncio.create_task(self._show(address, earlier))
        self._shown[address] = task
        task.add_done_callback(lambda done: self._forget(address, done))

    async def close(self) -> None:
        """End all of them."""
        tasks = list(self._shown.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await self._streaming.close()

    def _forget(self, address: Address, done: asyncio.Task[None]) -> None:
        if self._shown.get(address) is done:
            del self._shown[address]

    async def _show(self, address: Address, earlier: "asyncio.Task[None] | None") -> None:
        """Until one of the two sees that no answer is awaited any more."""
        if earlier is not None:
            await asyncio.wait({earlier})
        typing, following = (asyncio.create_task(work) for work in (self._type(address), self._follow(address)))
        try:
            await asyncio.wait(
                {typing, following}, timeout=self._wire.tempo.typing_longest, return_when=asyncio.FIRST_COMPLETED
            )
            if typing.done():
                # Events come a little later than the turn that they tell of.
                await asyncio.wait({following}, timeout=2 * self._wire.tempo.look)
        finally:
            typing.cancel()
            following.cancel()
            await asyncio.wait({typing, following})

    async def _follow(self, address: Address) -> None:
        with contextlib.suppress(Stopping):
            await self._streaming.follow(address)

    async def _type(self, address: Address) -> None:
        with contextlib.suppress(Stopping):
            # A crowd that came at once is not shown it at once: taking messages in comes first.
            await self._wire.rest(_STEP * len(self._shown))
            while await self._awaited(address):
                with contextlib.suppress(ConversationsError):
                    await self._sign(address)
                await self._wire.rest(self._wire.tempo.typing * random.uniform(0.7, 1.0))  # noqa: S311

    async def _sign(self, address: Address) -> None:
        chat = await self._wire.moves.now(address.chat)
        async with self._wire.pacer.sign(chat) as free:
            if not free:
                return
            bot = self._wire.bot
            try:
                async with asyncio.timeout(self._wire.tempo.light):
                    await fate(
                        bot.send_chat_action(
                            chat, "typing", message_thread_id=address.topic, request_timeout=_PATIENCE
                        )
                    )
            except MustWait as error:
                self._wire.pacer.bar(chat, error.seconds)
            except (NotSent, Unclear, TimeoutError) as error:
                _log.debug("typing is not shown", chat=chat, error=str(error))

    async def _awaited(self, address: Address) -> bool:
        try:
            known = await self._wire.conversations.read(address.conversation, last=1)
        except ConversationsError:
            return True  # A store that is away says nothing; the longest time ends it.
        return known.state.owner == BOT and bool(known.turns) and known.turns[-1].role == "customer"
