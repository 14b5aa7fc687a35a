"""The commands that customers have, and the menu that names them. The `Door` does the work."""

import structlog
from aiogram import Bot, F, Router
from aiogram.enums import ChatType
from aiogram.exceptions import ClientDecodeError, TelegramAPIError
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.types import BotCommand, Message

from bot.channels.telegram.address import Address
from bot.channels.telegram.errors import in_one_line
from bot.channels.telegram.incoming.door import Door, language_of, ours
from bot.channels.telegram.incoming.filters import FromPerson, UnknownCommand, Where
from bot.channels.telegram.incoming.links import question_in
from bot.channels.telegram.texts import FALLBACK, languages, menu
from bot.conversation.messages import BOT, Status

_log = structlog.get_logger(__name__)

_CUSTOMER = "customer"


def commands_router() -> Router:
    """A router for commands. Order matters: the first match handles."""
    router = Router(name="commands")
    router.message.filter(FromPerson())
    router.message.register(greet, CommandStart())
    router.message.register(explain, Command("help"))
    router.message.register(fetch_person, Command("human"))
    router.message.register(fetch_bot, Command("bot"))
    router.message.register(begin_anew, Command("restart"))
    router.message.register(say_goodbye, Command("end"))
    router.message.register(explain, UnknownCommand(), Where(F.chat.type == ChatType.PRIVATE))
    router.message.register(leave_to_others, UnknownCommand())
    return router


async def greet(message: Message, command: CommandObject, address: Address, door: Door) -> None:
    """Welcome a customer, and take the question that the link brought along."""
    if question := question_in(command.args or ""):
        await door.ask(address, ours(message, address, question))
    await door.remark(address, language_of(message.from_user), "welcome")


async def explain(message: Message, address: Address, door: Door) -> None:
    """Say what the bot can do."""
    await door.explain(address, language_of(message.from_user))


async def fetch_person(message: Message, address: Address, door: Door) -> None:
    """Pass the wish for a person on."""
    await door.ask_for_person(ours(message, address, message.text or ""))


async def fetch_bot(message: Message, address: Address, door: Door) -> None:
    """Let the bot answer again, unless an agent has begun to."""
    state = (await door.read(address, last=0)).state
    # One that has ended is the bot's already, and stays ended.
    if state.status is not Status.RESOLVED:
        state = await door.hand_back(address)
    door.tell(address, language_of(message.from_user), "bot_is_back" if state.owner == BOT else "colleague_has_it")


async def begin_anew(message: Message, address: Address, door: Door) -> None:
    """End the episode: what comes next is a new matter."""
    await door.resolve(address, _CUSTOMER)
    door.tell(address, language_of(message.from_user), "restarted")


async def say_goodbye(message: Message, address: Address, door: Door) -> None:
    """End the episode, and say goodbye."""
    await door.resolve(address, _CUSTOMER)
    door.tell(address, language_of(message.from_user), "goodbye")


async def leave_to_others(message: Message) -> None:
    """A command in a group that is not ours is another bot's."""


async def set_commands(bot: Bot) -> None:
    """Fill the menu of commands, in every language that we speak. Without it everything else works."""
    try:
        for language in languages():
            commands = [BotCommand(command=name, description=what) for name, what in menu(language).items()]
            # Set without a language they are everyone's whose language is missing.
            await bot.set_my_commands(commands, language_code=None if language == FALLBACK else language)
    except (TelegramAPIError, ClientDecodeError) as error:
        _log.warning("the menu of commands is not set", error=in_one_line(error))
