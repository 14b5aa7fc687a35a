"""What became of a call to Telegram, told from its errors. Knows no message and no chat.

NotSent          it has surely no effect
├── MustWait     the chat must be left alone for some seconds
├── HasMoved     the group has another number now
├── Unformatted  Telegram does not understand the text's entities
├── Unchanged    the message reads so already
├── Uneditable   the message that it should change is no more
├── Unreachable  nobody could take it; later somebody may
└── Refused      it will never be taken
    └── Gone     nobody is there any more
Unclear          it may have had its effect, or not
└── Failing      Telegram, or what stands before it, failed; in practice it has none
"""

from collections.abc import Awaitable
from typing import TypeVar

from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiohttp import ClientConnectorError, ConnectionTimeoutError

from bot.channels.telegram.errors import in_one_line

Result = TypeVar("Result")

_UNCLEAR = (TelegramNetworkError, ClientDecodeError)
# Before a byte of the call was written.
_UNCONNECTED = (ClientConnectorError, ConnectionTimeoutError)
# The poller ends the channel; what is to be sent must outlive the wrong token.
_WRONG_TOKEN = (TelegramUnauthorizedError, TelegramNotFound)

_SAME = "message is not modified"
_UNFORMATTED = ("can't parse entities", "can't parse messageentity", "entity ", "entity_", "entities_")
_UNEDITABLE = ("message to edit not found", "message can't be edited", "message_id_invalid", "no text in the message")
_GONE = ("chat not found", "peer_id_invalid", "user not found")


class NotSent(Exception):
    """The call has surely no effect; the text says why."""


class MustWait(NotSent):
    """The chat must be left alone for `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"told to wait for {seconds:g} s")
        self.seconds = seconds


class HasMoved(NotSent):
    """The group has become `chat`."""

    def __init__(self, chat: int) -> None:
        super().__init__(f"the group has moved to {chat}")
        self.chat = chat


class Unformatted(NotSent):
    """Telegram does not understand the text's entities."""


class Unchanged(NotSent):
    """The message reads so already."""


class Uneditable(NotSent):
    """The message that it should change is no more."""


class Unreachable(NotSent):
    """Nobody could take it; later somebody may."""


class Refused(NotSent):
    """It will never be taken."""


class Gone(Refused):
    """Nobody is there any more; `blocked` when the customer wants it so."""

    def __init__(self, reason: str, *, blocked: bool) -> None:
        super().__init__(reason)
        self.blocked = blocked


class Unclear(Exception):
    """The call may have had its effect, or not."""


class Failing(Unclear):
    """Telegram, or a gateway before it, failed: in practice the call has no effect, but nobody promises it."""


async def fate(call: Awaitable[Result]) -> Result:
    """The call's result. Raises NotSent and its kinds, Unclear."""
    try:
        return await call
    except (TelegramAPIError, ClientDecodeError) as error:
        raise _told(error) from error


def _told(error: TelegramAPIError | ClientDecodeError) -> Exception:
    reason = in_one_line(error)
    if isinstance(error, TelegramRetryAfter):
        return MustWait(error.retry_after)
    if isinstance(error, TelegramMigrateToChat):
        return HasMoved(error.migrate_to_chat_id)
    if isinstance(error, _WRONG_TOKEN) or isinstance(error.__cause__, _UNCONNECTED):
        return Unreachable(reason)
    if isinstance(error, TelegramServerError) or _of_a_gateway(error):
        return Failing(reason)
    if isinstance(error, _UNCLEAR) and not isinstance(error, TelegramEntityTooLarge):
        return Unclear(reason)
    if isinstance(error, TelegramForbiddenError):
        return Gone(reason, blocked=True)
    return _refused(reason)


def _of_a_gateway(error: Exception) -> bool:
    """Whether the answer is a web page: Telegram's own server answers in JSON, even where half of it is lost."""
    return isinstance(error, ClientDecodeError) and str(error.data).lstrip().startswith("<")


def _refused(reason: str) -> NotSent:
    said = reason.lower()
    if "too many requests" in said:
        return MustWait(1.0)
    if _SAME in said:
        return Unchanged(reason)
    if any(words in said for words in _GONE):
        return Gone(reason, blocked=False)
    if any(words in said for words in _UNEDITABLE):
        return Uneditable(reason)
    if any(words in said for words in _UNFORMATTED):
        return Unformatted(reason)
    return Refused(reason)
