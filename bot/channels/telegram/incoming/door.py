"""Takes Telegram's messages to the reception. Knows how a message becomes ours, but routes and sends nothing."""

from collections import deque
from dataclasses import dataclass, field, replace

import structlog
from aiogram import types

from bot.channels.base import MessageRefused, Reception
from bot.channels.telegram.address import Address
from bot.channels.telegram.incoming.asides import Asides
from bot.channels.telegram.incoming.attachments import attachments_of
from bot.channels.telegram.incoming.homes import Homes
from bot.channels.telegram.outgoing.sender import Sender
from bot.channels.telegram.outgoing.typing_action import Typing
from bot.channels.telegram.texts import help_text, hinted_language, text
from bot.channels.telegram.turn_ids import edition_id, turn_id
from bot.conversation.base import ConversationUnknown, MessageConflict
from bot.conversation.messages import BOT, Conversation, Message, State
from bot.desk.admission import LONGEST_MESSAGE

_log = structlog.get_logger(__name__)

_REST = " […]"


@dataclass(frozen=True, slots=True)
class Door:
    """What handlers do with what came. All coroutines raise ConversationsUnavailable."""

    reception: Reception
    sender: Sender
    typing: Typing
    homes: Homes
    asides: Asides
    _albums: deque[str] = field(default_factory=lambda: deque(maxlen=200))

    def tell(self, address: Address, language: str, name: str, **parts: str) -> None:
        """Say a text of the channel itself."""
        self.sender.post(address, text(name, language, **parts))

    async def remark(self, address: Address, language: str, name: str, **parts: str) -> None:
        """Say it only while no agent speaks: to whom a person has written, the channel has nothing to add."""
        if await self.bot_speaks(address):
            self.tell(address, language, name, **parts)

    async def explain(self, address: Address, language: str) -> None:
        """Say what the bot can do, while no agent speaks."""
        if await self.bot_speaks(address):
            self.sender.post(address, help_text(language))

    async def ask(self, address: Address, message: Message) -> None:
        """Accept a question; what cannot be accepted is told, or cut for the agent who has the conversation."""
        try:
            new = await self.reception.receive(message)
        except MessageRefused as refusal:
            if await self.bot_speaks(address):
                self.tell(address, message.language, "refused", reason=str(refusal))
            elif len(message.text) > LONGEST_MESSAGE:
                await self.ask(address, replace(message, text=_cut(message.text)))
            else:
                _log.warning(
                    "an agent does not get a message", conversation=address.conversation, reason=str(refusal)
                )
        except MessageConflict as error:
            _log.warning("a message came again with another text; the first one stands", error=str(error))
        else:
            if new:
                self.typing.begin(address)

    async def ask_for_person(self, message: Message) -> None:
        """Accept a wish for a person."""
        try:
            await self.reception.ask_for_person(message)
        except MessageConflict as error:
            _log.warning("a wish for a person came again as something else", error=str(error))

    async def read(self, address: Address, last: int = 100) -> Conversation:
        """State and last turns of the conversation; one that has not begun is open and empty."""
        try:
            return await self.reception.conversations.read(address.conversation, last)
        except ConversationUnknown:
            return Conversation(State(address.conversation), ())

    async def resolve(self, address: Address, by: str, reason: str = "") -> None:
        """End the episode, if a conversation has begun at all."""
        try:
            await self.reception.resolve(address.conversation, by, reason)
        except ConversationUnknown:
            _log.debug("there is no conversation to end", conversation=address.conversation)

    async def hand_back(self, address: Address) -> State:
        """Let the bot answer again, unless an agent has said something in this episode; who has it then."""
        try:
            return await self.reception.hand_back(address.conversation, unless_spoken=True)
        except ConversationUnknown:
            return State(address.conversation)

    async def bot_speaks(self, address: Address) -> bool:
        """Whether no agent has taken the conversation: only then the channel remarks on messages."""
        return (await self.read(address, last=0)).state.owner == BOT

    def first_of_album(self, message: types.Message) -> bool:
        """Whether it stands alone or is the first of its album: ten pictures are one occasion to remark."""
        album = message.media_group_id
        if album is None:
            return True
        if album in self._albums:
            return False
        self._albums.append(album)
        return True


def _cut(words: str) -> str:
    return words[: LONGEST_MESSAGE - len(_REST)] + _REST


def language_of(person: types.User | None) -> str:
    """The language (ISO 639-1) that a customer set in Telegram, or empty."""
    return hinted_language(person.language_code if person else None)


def ours(message: types.Message, address: Address, words: str, edit: int | None = None) -> Message:
    """The message as the reception wants it; `edit` is the time of its edition that this one is."""
    original = turn_id(message.message_id, message.chat.id, address.chat)
    return Message(
        conversation=address.conversation,
        id=original if edit is None else edition_id(original, edit, words),
        text=words,
        at=message.date.timestamp() if edit is None else float(edit),
        name=message.from_user.full_name if message.from_user else "",
        language=language_of(message.from_user),
        attachments=() if message.text else attachments_of(message),
    )
