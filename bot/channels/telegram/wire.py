"""What everything shares that sends to Telegram. Knows no message."""

import asyncio
from dataclasses import dataclass, field

from aiogram import Bot

from bot.channels.telegram.moves import Moves
from bot.channels.telegram.pacing import Pacer, Tempo, rest
from bot.conversation.base import Conversations
from bot.delivery.base import Post


@dataclass(frozen=True, slots=True)
class Wire:
    """The bot, the store that is read, the post, the pace that is kept, and the event that ends it all."""

    bot: Bot
    conversations: Conversations
    post: Post
    pacer: Pacer
    tempo: Tempo
    stop: asyncio.Event
    moves: Moves = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "moves", Moves(self.post.notebook))

    async def rest(self, seconds: float) -> None:
        """Wait. Raises Stopping as soon as `stop` is set."""
        await rest(self.stop, seconds)
