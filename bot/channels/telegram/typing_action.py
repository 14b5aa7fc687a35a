"""Shows "typing…" while an answer is awaited. Knows no answer; whatever fails here is forgotten."""

import asyncio

import structlog
from aiogram.exceptions import ClientDecodeError, TelegramAPIError

from bot.channels.telegram.address import Address
from bot.channels.telegram.errors import in_one_line
from bot.channels.telegram.pacing import Stopping
from bot.channels.telegram.wire import Wire
from bot.conversation.base import ConversationsError
from bot.conversation.messages import BOT

_log = structlog.get_logger(__name__)


class Typing:
    """Keeps Telegram's five-second "typing…" alive in every chat whose customer waits for the bot."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._shown: dict[Address, asyncio.Task[None]] = {}

    def begin(self, address: Address) -> None:
        """Show it until the last turn is not the customer's, an agent owns the conversation, or a minute is over."""
        if earlier := self._shown.pop(address, None):
            earlier.cancel()
        task = asyncio.create_task(self._show(address))
        self._shown[address] = task
        task.add_done_callback(lambda done: self._forget(address, done))

    async def close(self) -> None:
        """End all of them."""
        tasks = list(self._shown.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _forget(self, address: Address, done: asyncio.Task[None]) -> None:
        if self._shown.get(address) is done:
            del self._shown[address]

    async def _show(self, address: Address) -> None:
        try:
            async with asyncio.timeout(self._wire.tempo.typing_longest):
                while await self._awaited(address):
                    if not self._wire.pacer.barred(address.chat):
                        await self._wire.bot.send_chat_action(address.chat, "typing", message_thread_id=address.topic)
                    await self._wire.rest(self._wire.tempo.typing)
        except (TelegramAPIError, ClientDecodeError, ConversationsError) as error:
            _log.debug("typing is not shown", chat=address.chat, error=in_one_line(error))
        except (TimeoutError, Stopping):
            return

    async def _awaited(self, address: Address) -> bool:
        known = await self._wire.conversations.read(address.conversation, last=1)
        return known.state.owner == BOT and bool(known.turns) and known.turns[-1].role == "customer"
