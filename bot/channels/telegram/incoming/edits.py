"""What an edited message means: the latest is asked anew, of an older one agents are told."""

from aiogram import Router
from aiogram.types import Message

from bot.channels.telegram.address import Address
from bot.channels.telegram.incoming.door import Door, ours
from bot.channels.telegram.incoming.filters import Addressed, FromPerson, UnknownCommand
from bot.conversation.base import ConversationUnknown
from bot.conversation.messages import Conversation, Status

_LONGEST_NOTE = 200


def edits_router() -> Router:
    """A router for edited messages."""
    router = Router(name="edits")
    router.edited_message.filter(FromPerson(), ~UnknownCommand(), Addressed())
    router.edited_message.register(read_edit)
    return router


async def read_edit(message: Message, words: str, address: Address, door: Door) -> None:
    """Take the new words. A place that moves, or a picture that changes, has none."""
    try:
        known = await door.reception.conversations.read(address.conversation)
    except ConversationUnknown:
        return
    new = ours(message, address, words, edit=message.edit_date or 0)
    before = next((turn for turn in reversed(known.turns) if _is_version(turn.id, message.message_id)), None)
    if not words.strip() or (before is not None and before.text == words):
        return
    if _asked_last(known, message.message_id):
        await door.ask(address, new)
    else:
        await door.reception.note(address.conversation, "edited", new.id, words[:_LONGEST_NOTE])


def _asked_last(known: Conversation, message_id: int) -> bool:
    """Whether the message is the customer's last in a conversation that has not ended."""
    asked = [turn.id for turn in known.turns if turn.role == "customer"]
    return known.state.status is not Status.RESOLVED and bool(asked) and _is_version(asked[-1], message_id)


def _is_version(turn: str, message_id: int) -> bool:
    return turn.partition("-e")[0] == str(message_id)
