"""What everything shares that sends to Telegram. Knows no message."""

import asyncio
import uuid
from dataclasses import dataclass, field

from aiogram import Bot

from bot.channels.telegram.lease import Lease
from bot.channels.telegram.moves import Moves
from bot.channels.telegram.pacing import Pacer, Tempo, rest
from bot.conversation.base import Conversations
from bot.delivery.base import Post


@dataclass(frozen=True, slots=True)
class Wire:
    """The bot, the store that is read, the post, the pace that is kept, and the event that ends it all.

    `sending` is held while this process is the one that sends; `name` is its holder's.
    """

    bot: Bot
    conversations: Conversations
    post: Post
    pacer: Pacer
    tempo: Tempo
    stop: asyncio.Event
    name: str = field(init=False, default_factory=lambda: uuid.uuid4().hex)
    moves: Moves = field(init=False)
    sending: Lease = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "moves", Moves(self.post.notebook))
        object.__setattr__(self, "sending", Lease(self.post.leases, "sender", self.name, self.tempo, self.stop))

    async def rest(self, seconds: float) -> None:
        """Wait. Raises Stopping as soon as `stop` is set."""
        await rest(self.stop, seconds)
