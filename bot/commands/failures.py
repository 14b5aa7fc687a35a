"""Which errors are a person's to mend, and the one line they get. Knows the error trees of every package."""

import errno

from pydantic import ValidationError

from bot.channels.base import ChannelError
from bot.conversation.base import ConversationsError
from bot.models.errors import ModelsError
from knowledge.errors import KnowledgeError


class CommandError(Exception):
    """A command cannot do what was asked; its text is one line that names the place and the cure."""


_OURS = (CommandError, ChannelError, ConversationsError, ModelsError, KnowledgeError)


def one_line(error: Exception) -> str | None:
    """The line for a person, or None when the error is ours to mend (a traceback helps more)."""
    if isinstance(error, _OURS):
        return str(error)
    if isinstance(error, ValidationError) and error.title == "Settings":
        first = error.errors()[0]
        return f"KEFU_{'_'.join(map(str, first['loc'])).upper()}: {first['msg']}"
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"no space left on the disk ({error.filename or 'unknown file'}): free some and run it again"
    if isinstance(error, PermissionError):
        return f"{error.filename}: permission denied"
    return None
