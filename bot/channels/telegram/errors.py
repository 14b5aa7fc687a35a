"""What can go wrong with Telegram, in words fit for a log. Knows no bot and no chat."""

import re

from bot.channels.base import ChannelError

WRONG_TOKEN = "Telegram refuses the token: copy it again from @BotFather into KEFU_TELEGRAM_TOKEN"  # noqa: S105

_TOKEN = re.compile(r"\d{3,}:[\w-]{10,}")


class TelegramError(ChannelError):
    """The Telegram channel cannot run; its text is one line with the cure."""


def in_one_line(error: BaseException) -> str:
    """The error's first line without a token: what an HTTP client says may hold the address it called."""
    first = (str(error).splitlines() or [""])[0]
    return _TOKEN.sub("<token>", first) or type(error).__name__
