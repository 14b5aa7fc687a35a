"""Which id a customer's message has as a turn, and which message a turn was. Knows no words and no store."""

import hashlib

from bot.channels.telegram.address import address_of

_EDITION = "-e"


def turn_id(number: int, chat: int, home: int) -> str:
    """The id of the message `number` of `chat` in the conversation that began in the chat `home`.

    A group that becomes a supergroup keeps its conversation, but its numbers start again.
    """
    return str(number) if chat == home else f"{number}@{chat}"


def edition_id(original: str, at: int, words: str) -> str:
    """The id of what the message became by an edit; there may be two in one second."""
    digest = hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{original}{_EDITION}{at}-{digest}"


def original_of(turn: str) -> str:
    """The id of the message that the turn is an edition of, or its own."""
    return turn.partition(_EDITION)[0]


def message_of(turn: str, conversation: str) -> tuple[int, int] | None:
    """The chat and the number of the message that became the turn; None when Telegram has no such message."""
    number, _, chat = original_of(turn).partition("@")
    try:
        return int(chat or address_of(conversation).chat), int(number)
    except ValueError:
        return None
