"""Takes Telegram's messages to the reception. Knows how a message becomes ours, but routes and sends nothing."""

from collections import deque
from dataclasses import dataclass, field

import structlog
from aiogram import types

from bot.channels.base import MessageRefused, Reception
from bot.channels.telegram.address import Address
from bot.channels.telegram.sender import Sender
from bot.channels.telegram.texts import hinted_language, text
from bot.channels.telegram.typing_action import Typing
from bot.conversation.base import ConversationUnknown, MessageConflict
from bot.conversation.messages import BOT, Message, State

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Door:
    """What handlers do with a message. All methods but `tell` raise ConversationsUnavailable."""

    reception: Reception
    sender: Sender
    typing: Typing
    _albums: deque[str] = field(default_factory=lambda: deque(maxlen=200))

    def tell(self, message: types.Message, name: str, **parts: str) -> None:
        """Answer with a text of the channel itself."""
        self.sender.post(address(message), text(name, language(message), **parts))

    async def ask(self, message: types.Message, words: str) -> None:
        """Accept a question; what cannot be accepted is told."""
        try:
            new = await self.reception.receive(ours(message, words))
        except MessageRefused as refusal:
            self.tell(message, "refused", reason=str(refusal))
        except MessageConflict as error:
            _log.warning("a message came again with another text; the first one stands", error=str(error))
        else:
            if new:
                self.typing.begin(address(message))

    async def ask_for_person(self, message: types.Message) -> None:
        """Accept a wish for a person."""
        try:
            await self.reception.ask_for_person(ours(message, message.text or ""))
        except MessageConflict as error:
            _log.warning("a wish for a person came again as something else", error=str(error))

    async def bot_speaks(self, message: types.Message) -> bool:
        """Whether no agent has taken the conversation: only then the channel remarks on messages."""
        return (await self._state(message)).owner == BOT

    def first_of_album(self, message: types.Message) -> bool:
        """Whether it stands alone or is the first of its album: ten pictures are one occasion to remark."""
        album = message.media_group_id
        if album is None:
            return True
        if album in self._albums:
            return False
        self._albums.append(album)
        return True

    async def _state(self, message: types.Message) -> State:
        name = address(message).conversation
        try:
            return (await self.reception.conversations.read(name, last=1)).state
        except ConversationUnknown:
            return State(name)


def address(message: types.Message) -> Address:
    """Where the message came from, and its answer goes."""
    return Address(message.chat.id, message.message_thread_id if message.is_topic_message else None)


def language(message: types.Message) -> str:
    """The language (ISO 639-1) that the customer set in Telegram, or empty."""
    return hinted_language(message.from_user.language_code if message.from_user else None)


def ours(message: types.Message, words: str) -> Message:
    """The message as the reception wants it."""
    return Message(
        conversation=address(message).conversation,
        id=str(message.message_id),
        text=words,
        at=message.date.timestamp(),
        name=message.from_user.full_name if message.from_user else "",
        language=language(message),
    )
