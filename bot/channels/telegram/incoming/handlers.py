"""What happens with each kind of message. Knows no offset, no store and no pace; the `Door` does the work."""

from aiogram import F, Router
from aiogram.types import Message

from bot.channels.telegram.address import Address
from bot.channels.telegram.incoming.door import Door, language_of, ours
from bot.channels.telegram.incoming.filters import ATTACHED, Addressed, FromPerson, Where


def messages_router() -> Router:
    """A router for what customers write and send; commands must have gone before."""
    router = Router(name="messages")
    router.message.filter(FromPerson())
    router.message.register(read_text, Where(F.text), Addressed())
    router.message.register(read_attachment, Where(F.content_type.in_(ATTACHED)), Addressed())
    return router


async def read_text(message: Message, words: str, address: Address, door: Door) -> None:
    """Take a question; a mention without words asks what the bot can do."""
    if words.strip():
        await door.ask(address, ours(message, address, words))
    else:
        await door.explain(address, language_of(message.from_user))


async def read_attachment(message: Message, words: str, address: Address, door: Door) -> None:
    """Keep what came for the agents, and take the words under it; a customer is told that only these were read."""
    await door.ask(address, ours(message, address, words))
    if words.strip() and await door.bot_speaks(address) and door.first_of_album(message):
        door.tell(address, language_of(message.from_user), "caption_only")
