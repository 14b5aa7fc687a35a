"""What Telegram itself tells of a chat: the bot was blocked, a group has moved, an answer is not wanted any more."""

from aiogram import F, Router
from aiogram.enums import ChatMemberStatus, ChatType
from aiogram.types import ChatMemberUpdated, Message, MessageGenerationStopped

from bot.channels.telegram.address import Address
from bot.channels.telegram.incoming.door import Door
from bot.channels.telegram.incoming.filters import Where
from bot.conversation.base import ConversationUnknown


def standing_router() -> Router:
    """A router for what no one has written. Its notes come from no person."""
    router = Router(name="standing")
    router.message.register(move_on, Where(F.migrate_to_chat_id))
    router.message.register(move_here, Where(F.migrate_from_chat_id))
    private = Where(F.chat.type == ChatType.PRIVATE)
    router.my_chat_member.register(end, private, Where(F.new_chat_member.status == ChatMemberStatus.KICKED))
    router.stopped_message_generation.register(stop)
    return router


async def move_on(message: Message, door: Door) -> None:
    """Note where the group goes on."""
    assert message.migrate_to_chat_id is not None
    await door.homes.move(message.chat.id, message.migrate_to_chat_id)


async def move_here(message: Message, door: Door) -> None:
    """Note where the group comes from."""
    assert message.migrate_from_chat_id is not None
    await door.homes.move(message.migrate_from_chat_id, message.chat.id)


async def end(event: ChatMemberUpdated, address: Address, door: Door) -> None:
    """The customer has blocked the bot: nobody needs to answer any more."""
    await door.resolve(address, "telegram", "blocked")


async def stop(event: MessageGenerationStopped, address: Address, door: Door) -> None:
    """The customer wants no more of the answer in the making."""
    try:
        await door.reception.stop(address.conversation)
    except ConversationUnknown:
        return
