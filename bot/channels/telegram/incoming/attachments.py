"""What came along with a message, as the agents see it. Knows no bot and fetches nothing."""

from typing import Any

from aiogram.enums import ContentType
from aiogram.types import Contact, Message, Venue

from bot.conversation.messages import Attachment

_LONGEST_NAME = 200


def attachments_of(message: Message) -> tuple[Attachment, ...]:
    """What is attached; none to a text. `ref` is Telegram's id of the file, empty where there is none."""
    kind = ContentType(message.content_type).value
    thing: Any = getattr(message, kind, None)
    if kind == "photo" and message.photo:
        largest = message.photo[-1]
        return (Attachment(kind, largest.file_id, mime="image/jpeg", size=largest.file_size or 0),)
    return (
        Attachment(
            kind,
            ref=getattr(thing, "file_id", ""),
            name=_name(thing)[:_LONGEST_NAME],
            mime=getattr(thing, "mime_type", None) or "",
            size=getattr(thing, "file_size", None) or 0,
        ),
    )


def _name(thing: Any) -> str:
    """The little of it that is text."""
    if isinstance(thing, Contact):
        return " ".join(filter(None, (thing.first_name, thing.last_name, thing.phone_number)))
    if isinstance(thing, Venue):
        return f"{thing.title}, {thing.address}"
    if hasattr(thing, "latitude"):
        return f"{thing.latitude}, {thing.longitude}"
    names = (getattr(thing, name, None) for name in ("file_name", "title", "question", "emoji"))
    name = next(filter(None, names), "")
    value = getattr(thing, "value", None)
    return name if value is None else f"{name} {value}"
