"""Which errors are a person's to mend, and the one line they get. Knows the error trees of every package."""

import errno

from pydantic import ValidationError
from pydantic_settings import SettingsError

from bot.channels.base import ChannelError
from bot.conversation.base import ConversationsError
from bot.models.errors import ModelsError
from bot.settings import Settings
from knowledge.errors import KnowledgeError


class CommandError(Exception):
    """A command cannot do what was asked; its text is one line that names the place and the cure."""


_PLACES = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.EEXIST})
_OURS = (CommandError, ChannelError, ConversationsError, ModelsError, KnowledgeError)


def one_line(error: Exception) -> str | None:
    """The line for a person, or None when the error is ours to mend (a traceback helps more)."""
    if isinstance(error, _OURS):
        return str(error)
    if isinstance(error, ValidationError) and error.title == "Settings":
        first = error.errors()[0]
        return f"{_variable(first['loc'][0])}: {first['msg'].removeprefix('Value error, ')}"
    if isinstance(error, SettingsError):
        # Only lists are parsed before they are validated, and the error names the field in its text alone.
        field = next(field for field in Settings.model_fields if f'"{field}"' in str(error))
        return f'{_variable(field)}: not a JSON list such as ["https://shop.example"]'
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"no space left on the disk ({error.filename or 'unknown file'}): free some and run it again"
    if isinstance(error, OSError) and error.errno in _PLACES and error.filename:
        return f"{error.filename}: {error.strerror}: check the path and its rights"
    return None


def _variable(field: str | int) -> str:
    return f"KEFU_{field}".upper()
