"""What the staff writes in its topics, taken to the reception. Knows no pace, and shows nothing by itself.

Only members can write in the group: that is the authorization. Nothing of the group ever reaches the customers' side.
"""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

from aiogram import F, Router
from aiogram.filters import Command, Filter
from aiogram.methods import SetMessageReaction
from aiogram.types import CallbackQuery, Message, ReactionTypeEmoji

from bot.channels.base import MessageRefused
from bot.channels.telegram.address import Address
from bot.channels.telegram.incoming.door import Door
from bot.channels.telegram.incoming.filters import ATTACHED, UnknownCommand, Where
from bot.channels.telegram.staff.notes import Notes
from bot.channels.telegram.staff.telling import HOW, WATCHED
from bot.channels.telegram.staff.topics import turns_of_agents
from bot.conversation.base import ConversationUnknown
from bot.conversation.messages import BOT, Status

_INTERNAL = "//"
_KEPT_INSIDE, _DONE = "✍", "👌"
_NO_FILES = "Files can't be passed on from here: nothing was sent. Please send words, or a link."
_NO_EDITS = "An edited message is not sent again: the customer has what you wrote first. Please write anew."
_NO_COMMAND = "There is no such command: nothing was sent. /help tells what there is."
_FORGOTTEN = "This conversation is no longer kept: nothing was sent."
_LONGEST_NAME = 100


class InTopic(Filter):
    """Lets pass what a person did in a conversation's topic. Passes `conversation` and the `agent`'s name."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    async def __call__(self, message: Message) -> bool | dict[str, Any]:
        """Both names, or False."""
        agent = _agent(message)
        if not agent or not message.is_topic_message or message.message_thread_id is None:
            return False
        conversation = await self._notes.conversation(message.message_thread_id, _title(message))
        return {"conversation": conversation, "agent": agent} if conversation else False


def agents_router(door: Door, chat: int) -> Router:
    """A router that takes all that happens in the group `chat`. Include it before the customers'."""
    notes = Notes(door.homes.notebook, chat)
    agents, inside = Agents(door, notes, chat), InTopic(notes)
    router = Router(name="staff")
    for observer in (router.message, router.edited_message):
        observer.filter(Where(F.chat.id == chat))
    router.callback_query.filter(Where(F.message.chat.id == chat))
    router.message.register(agents.close, Where(F.forum_topic_closed), inside)
    router.message.register(agents.reopen, Where(F.forum_topic_reopened), inside)
    router.message.register(
        agents.keep_inside, Where(F.text.startswith(_INTERNAL) | F.caption.startswith(_INTERNAL)), inside
    )
    router.message.register(agents.keep_inside, Command("note"), inside)
    router.message.register(agents.take, Command("take"), inside)
    router.message.register(agents.hand_back, Command("bot"), inside)
    router.message.register(agents.close, Command("close"), inside)
    router.message.register(agents.explain, Command("help"), inside)
    router.message.register(agents.refuse_command, UnknownCommand(), inside)
    router.message.register(agents.say, Where(F.text), inside)
    router.message.register(agents.refuse_file, Where(F.content_type.in_(ATTACHED)), inside)
    router.edited_message.register(agents.refuse_edit, Where(F.text & ~F.text.startswith("/")), inside)
    for swallowing in (router.message, router.edited_message, router.callback_query):
        swallowing.register(leave)
    return router


@dataclass(frozen=True, slots=True)
class Agents:
    """What the staff can do in a topic. All coroutines raise ConversationsUnavailable."""

    door: Door
    notes: Notes
    chat: int

    async def say(self, message: Message, conversation: str, agent: str) -> None:
        """Tell the customer; it takes the conversation over."""
        turn = f"{turns_of_agents(self.chat)}{message.message_id}"
        try:
            await self.door.reception.say(conversation, agent, message.text or "", turn)
        except MessageRefused as refusal:
            self._tell(message, f"Not sent: {refusal}.")
        except ConversationUnknown:
            self._tell(message, _FORGOTTEN)

    async def take(self, message: Message, conversation: str, agent: str) -> None:
        """Take over without a word."""
        await self._do(message, self.door.reception.take_over(conversation, agent))

    async def hand_back(self, message: Message, conversation: str) -> None:
        """Let the bot answer again."""
        await self._do(message, self.door.reception.hand_back(conversation))

    async def close(self, message: Message, conversation: str, agent: str) -> None:
        """End the episode; the topic is closed when that is shown."""
        await self._do(message, self.door.reception.resolve(conversation, agent))

    async def reopen(self, message: Message, conversation: str, agent: str) -> None:
        """Take the end back; where the bot already has another matter in hand, look on."""
        reception = self.door.reception
        try:
            state = (await reception.conversations.read(conversation, last=0)).state
            if state.status is Status.RESOLVED:
                await reception.reopen(conversation, agent)
            else:
                await reception.note(
                    conversation, WATCHED, f"{turns_of_agents(self.chat)}{message.message_id}", agent
                )
        except ConversationUnknown:
            self._tell(message, _FORGOTTEN)

    async def keep_inside(self, message: Message) -> None:
        """A note among the staff: it stands in the topic, and goes nowhere."""
        self._react(message, _KEPT_INSIDE)

    async def explain(self, message: Message) -> None:
        """Say how to answer."""
        self._tell(message, HOW)

    async def refuse_command(self, message: Message) -> None:
        """A slip of the pen must not reach the customer; what names another bot is that one's."""
        if "@" not in (message.text or "").split(maxsplit=1)[0]:
            self._tell(message, _NO_COMMAND)

    async def refuse_file(self, message: Message) -> None:
        """Be honest about what cannot be passed on, once for an album."""
        if self.door.first_of_album(message):
            self._tell(message, _NO_FILES)

    async def refuse_edit(self, message: Message) -> None:
        """Say once in a topic that edits change nothing."""
        if not (message.text or "").startswith(_INTERNAL) and await self.notes.first_time(
            f"edits:{message.message_thread_id}"
        ):
            self._tell(message, _NO_EDITS)

    async def _do(self, message: Message, act: Awaitable[object]) -> None:
        try:
            await act
        except ConversationUnknown:
            self._tell(message, _FORGOTTEN)
        else:
            if message.text:
                self._react(message, _DONE)

    def _tell(self, message: Message, text: str) -> None:
        self.door.sender.post(Address(self.chat, message.message_thread_id), text)

    def _react(self, message: Message, emoji: str) -> None:
        reaction = [ReactionTypeEmoji(emoji=emoji)]
        self.door.asides.call(
            SetMessageReaction(chat_id=self.chat, message_id=message.message_id, reaction=list(reaction))
        )


async def leave(event: Message | CallbackQuery) -> None:
    """Whatever else happens in the group is the staff's own."""


def _agent(message: Message) -> str:
    """The name of the person, or of the group for an anonymous administrator; empty for bots and for channels."""
    if message.sender_chat is not None:
        anonymous = message.sender_chat.id == message.chat.id
        name = (message.author_signature or message.sender_chat.title or "Agent") if anonymous else ""
    else:
        person = message.from_user
        name = "" if person is None or person.is_bot else person.full_name.strip() or "Agent"
    # The bot's own name as an owner would leave the conversation to the bot.
    return f"{name} (agent)" if name == BOT else name[:_LONGEST_NAME]


def _title(message: Message) -> str:
    """The title that the topic was made with, as its messages tell when they answer no other message."""
    first = message.reply_to_message
    return first.forum_topic_created.name if first is not None and first.forum_topic_created else ""
