"""Where a message goes in Telegram, and what its conversation is called. Knows no bot and no network."""

from dataclasses import dataclass

CHANNEL = "telegram"


@dataclass(frozen=True, slots=True)
class Address:
    """A chat, and in a forum the topic; a group's chat id is negative. `topic` is None outside of forums."""

    chat: int
    topic: int | None = None

    @property
    def conversation(self) -> str:
        """The conversation's name: "telegram:42", in a forum's topic "telegram:-100123:7"."""
        return f"{CHANNEL}:{self.chat}" if self.topic is None else f"{CHANNEL}:{self.chat}:{self.topic}"


def address_of(conversation: str) -> Address:
    """The address that a conversation's name tells. Raises ValueError for a name that is not of this channel."""
    channel, *numbers = conversation.split(":")
    if channel != CHANNEL or len(numbers) not in (1, 2):
        raise ValueError(f"{conversation!r} is not a conversation of Telegram")
    return Address(*map(int, numbers))
