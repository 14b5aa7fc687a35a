"""What happens with each kind of message. Knows no offset, no store and no pace; the `Door` does the work."""

from aiogram import F, Router
from aiogram.enums import ChatType, ContentType
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import Message

from bot.channels.telegram.door import Door
from bot.channels.telegram.filters import UNREADABLE, Addressed, FromPerson, UnknownCommand
from bot.channels.telegram.links import question_in


def customers_router() -> Router:
    """A router for customers' messages; the dispatcher must have a `door`. Order matters: the first match handles."""
    router = Router(name="customers")
    router.message.filter(FromPerson())
    router.message.register(greet, CommandStart())
    router.message.register(explain, Command("help"))
    router.message.register(fetch_person, Command("human"))
    router.message.register(explain, UnknownCommand(), F.chat.type == ChatType.PRIVATE)
    router.message.register(leave_to_others, UnknownCommand())
    router.message.register(read_caption, F.caption, Addressed())
    router.message.register(decline, F.content_type.in_(UNREADABLE), Addressed())
    router.message.register(read_text, F.text, Addressed())
    return router


async def greet(message: Message, command: CommandObject, door: Door) -> None:
    """Welcome a customer, and take the question that the link brought along."""
    if question := question_in(command.args or ""):
        await door.ask(message, question)
    door.tell(message, "welcome")


async def explain(message: Message, door: Door) -> None:
    """Say what the bot can do."""
    door.tell(message, "help")


async def fetch_person(message: Message, door: Door) -> None:
    """Pass the wish for a person on."""
    await door.ask_for_person(message)


async def leave_to_others(message: Message) -> None:
    """A command in a group that is not ours is another bot's."""


async def read_text(message: Message, words: str, door: Door) -> None:
    """Take a question; a mention without words asks what the bot can do."""
    if words.strip():
        await door.ask(message, words)
    else:
        door.tell(message, "help")


async def read_caption(message: Message, words: str, door: Door) -> None:
    """Take the words under an attachment; an agent is told of the attachment, a customer that it was not seen."""
    if not words.strip():
        await decline(message, door)
    elif not await door.bot_speaks(message):
        await door.ask(message, f"{_described(message)} {words}")
    else:
        await door.ask(message, words)
        if door.first_of_album(message):
            door.tell(message, "caption_only")


async def decline(message: Message, door: Door) -> None:
    """Say honestly that this cannot be read; an agent who has taken over is told what came instead."""
    if not await door.bot_speaks(message):
        await door.ask(message, _described(message))
    elif door.first_of_album(message):
        door.tell(message, "unreadable")


def _described(message: Message) -> str:
    """What came, in square brackets, with the little of it that is text."""
    said = ""
    if message.sticker:
        said = message.sticker.emoji or ""
    elif message.document:
        said = message.document.file_name or ""
    elif message.location:
        said = f"{message.location.latitude}, {message.location.longitude}"
    elif message.contact:
        said = f"{message.contact.first_name} {message.contact.phone_number}"
    kind = ContentType(message.content_type).value
    return f"[{kind}: {said}]" if said else f"[{kind}]"
