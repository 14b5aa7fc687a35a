"""Which messages are meant for the bot. Knows no conversation and sends nothing."""

import re
from typing import Any

from aiogram import Bot
from aiogram.enums import ChatType, ContentType
from aiogram.filters import Filter
from aiogram.types import Message, MessageEntity, TelegramObject, User
from magic_filter import MagicFilter

ATTACHED = frozenset(
    {
        ContentType.ANIMATION,
        ContentType.AUDIO,
        ContentType.CHECKLIST,
        ContentType.CONTACT,
        ContentType.DICE,
        ContentType.DOCUMENT,
        ContentType.GAME,
        ContentType.LIVE_PHOTO,
        ContentType.LOCATION,
        ContentType.PAID_MEDIA,
        ContentType.PHOTO,
        ContentType.POLL,
        ContentType.RICH_MESSAGE,
        ContentType.STICKER,
        ContentType.STORY,
        ContentType.VENUE,
        ContentType.VIDEO,
        ContentType.VIDEO_NOTE,
        ContentType.VOICE,
    }
)
"""What customers send besides text. All other kinds (someone joined, a pin) are Telegram's own notes."""

_COMMAND = re.compile(r"/[A-Za-z0-9_]{1,32}(@\w+)?(?=\s|$)")


class Where(Filter):
    """Lets pass what a rule such as `F.text` finds true. aiogram asks bare rules in a thread, each one anew, and the
    answer waits for the threads that run models."""

    def __init__(self, rule: MagicFilter) -> None:
        self._rule = rule

    async def __call__(self, event: TelegramObject) -> bool:
        """Whether the rule finds it true."""
        return bool(self._rule.resolve(event))


class FromPerson(Filter):
    """Lets a person's message pass: bots that answer bots never end."""

    async def __call__(self, message: Message) -> bool:
        """Whether a person wrote it."""
        sender = message.from_user
        return sender is not None and not sender.is_bot and not message.is_automatic_forward


class UnknownCommand(Filter):
    """Lets a command pass that is no other handler's. Register it after the known ones."""

    async def __call__(self, message: Message) -> bool:
        """Whether the text is a command; "/usr/bin is full" is none."""
        return bool(_COMMAND.match(message.text or ""))


class Addressed(Filter):
    """Lets a message pass that speaks to the bot: each of a private chat, and of a group mentions and replies.

    Passes `words`: text or caption without the mention; empty when there is none.
    """

    async def __call__(self, message: Message, bot: Bot) -> bool | dict[str, Any]:
        """The words, or False."""
        said = message.text or message.caption or ""
        if message.chat.type == ChatType.PRIVATE:
            return {"words": said}
        me = await bot.me()
        mentions = [entity for entity in _entities(message) if _mentions(entity, said, me)]
        if mentions or _replies_to(message, me):
            return {"words": _without(said, mentions)}
        return False


def _entities(message: Message) -> list[MessageEntity]:
    return message.entities or message.caption_entities or []


def _mentions(entity: MessageEntity, said: str, me: User) -> bool:
    if entity.type == "text_mention":
        return entity.user is not None and entity.user.id == me.id
    named = f"@{me.username}".lower()
    return entity.type == "mention" and entity.extract_from(said).lower() == named


def _replies_to(message: Message, me: User) -> bool:
    # In a forum every message of a topic "replies" to the note that the topic was created.
    earlier = message.reply_to_message
    return bool(earlier and not earlier.forum_topic_created and earlier.from_user and earlier.from_user.id == me.id)


def _without(said: str, mentions: list[MessageEntity]) -> str:
    # Entities count UTF-16 units.
    encoded = said.encode("utf-16-le", "surrogatepass")
    for entity in sorted(mentions, key=lambda entity: -entity.offset):
        encoded = encoded[: entity.offset * 2] + encoded[(entity.offset + entity.length) * 2 :]
    return " ".join(encoded.decode("utf-16-le", "surrogatepass").split(" ")).strip(" ,:\n")
