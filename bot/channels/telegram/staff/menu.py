"""The menu of commands in the staff's group. Knows no conversation."""

import structlog
from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramAPIError
from aiogram.types import BotCommand, BotCommandScopeChat

from bot.channels.telegram.errors import in_one_line

_log = structlog.get_logger(__name__)

COMMANDS = {
    "take": "Take over without a word",
    "note": "Stays among us",
    "bot": "The bot answers again",
    "close": "End the conversation",
    "help": "How to answer",
}


async def set_staff_commands(bot: Bot, chat: int) -> None:
    """Fill the menu. Without it everything else works."""
    commands = [BotCommand(command=name, description=text) for name, text in COMMANDS.items()]
    try:
        await bot.set_my_commands(commands, scope=BotCommandScopeChat(chat_id=chat))
    except (TelegramAPIError, ClientDecodeError) as error:
        _log.warning("the staff's menu of commands is not set", error=in_one_line(error))
