"""What an edited message means: the latest is asked anew, of an older one agents are told. Knows no other message."""

import structlog
from aiogram import Router
from aiogram.enums import ChatType
from aiogram.types import Message

from bot.channels.telegram.address import Address
from bot.channels.telegram.incoming.door import Door, ours
from bot.channels.telegram.incoming.filters import Addressed, FromPerson, UnknownCommand
from bot.channels.telegram.turn_ids import original_of
from bot.conversation.base import ConversationUnknown
from bot.conversation.messages import Conversation, Status
from bot.conversation.records import EDITED

_log = structlog.get_logger(__name__)

_LONGEST_NOTE = 200


def edits_router() -> Router:
    """A router for edited messages."""
    router = Router(name="edits")
    router.edited_message.filter(FromPerson(), ~UnknownCommand(), Addressed())
    router.edited_message.register(read_edit)
    return router


async def read_edit(message: Message, words: str, address: Address, door: Door) -> None:
    """Take the new words. A place that moves, or a picture that changes, has none."""
    known = await door.read(address)
    new = ours(message, address, words, edit=message.edit_date or 0)
    original = original_of(new.id)
    before = next((turn for turn in reversed(known.turns) if original_of(turn.id) == original), None)
    if not words.strip() or (before is not None and before.text == words):
        return
    # In a group people may turn to the bot by an edit: what it never got is news to it.
    is_new = before is None and message.chat.type != ChatType.PRIVATE
    if is_new or _asked_last(known, original):
        await door.ask(address, new)
        return
    try:
        await door.reception.note(address.conversation, EDITED, new.id, words[:_LONGEST_NOTE])
    except ConversationUnknown:
        _log.debug("an edit of what nobody knows", conversation=address.conversation)


def _asked_last(known: Conversation, original: str) -> bool:
    """Whether the message is the customer's last in a conversation that has not ended."""
    asked = [turn.id for turn in known.turns if turn.role == "customer"]
    return known.state.status is not Status.RESOLVED and bool(asked) and original_of(asked[-1]) == original
