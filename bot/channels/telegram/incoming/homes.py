"""Keeps a group's conversation under its first name when the group becomes a supergroup. Knows no message's text."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message, MessageGenerationStopped, TelegramObject

from bot.channels.telegram.address import Address
from bot.channels.telegram.moves import Moves
from bot.delivery.base import Notebook

Event = Message | CallbackQuery | ChatMemberUpdated | MessageGenerationStopped
_MOST_MOVES = 8  # a group moves once; a damaged note must not lead in circles


@dataclass(frozen=True, slots=True)
class Homes:
    """Under which number a group's conversation began."""

    notebook: Notebook
    moves: Moves

    async def move(self, old: int, new: int) -> None:
        """The chat `old` goes on as `new`: what is sent goes to the new one, the conversation keeps its name."""
        await self.moves.move(await self._first(old), new)

    async def address(self, now: Address) -> Address:
        """The address under which the conversation began."""
        return now if now.chat > 0 else replace(now, chat=await self._first(now.chat))

    async def _first(self, chat: int) -> int:
        for _ in range(_MOST_MOVES):
            home = await self.notebook.read(f"home:{chat}")
            if not home:
                break
            chat = int(home)
        return chat


class Addressing(BaseMiddleware):
    """Hands handlers the `address` of what came. Register it inside of the filters: others' talk needs none."""

    def __init__(self, homes: Homes) -> None:
        self._homes = homes

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Call the handler. A press on what Telegram names no chat of has no address."""
        assert isinstance(event, Event)
        if now := came_from(event):
            data = {**data, "address": await self._homes.address(now)}
        return await handler(event, data)


def came_from(event: Event) -> Address | None:
    """The chat, and in a forum the topic, that something came from."""
    if isinstance(event, MessageGenerationStopped):
        return Address(event.chat.id, event.message_thread_id)
    message = event.message if isinstance(event, CallbackQuery) else event
    if message is None:
        return None
    topic = message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None
    return Address(message.chat.id, topic)
