"""What customers and agents do in Telegram, as updates. Knows no connection and no method of the API."""

import itertools
import time
from abc import abstractmethod
from typing import Any

from tests.fakes.telegram.chats import BOT, Chats
from tests.fakes.telegram.drafts import Drafts
from tests.fakes.telegram.files import Files
from tests.fakes.telegram.ledger import Json
from tests.fakes.telegram.markup import units
from tests.fakes.telegram.messages import Messages
from tests.fakes.updates import membership, person, place

AGENT = 900
_MEDIA = {
    "photo": ("photo.jpg", "image/jpeg"),
    "document": ("paper.pdf", "application/pdf"),
    "voice": ("voice.ogg", "audio/ogg"),
}


class Customers:
    """The people's side. Each act makes an update and returns it."""

    chats: Chats
    files: Files
    drafts: Drafts
    messages: Messages

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    @abstractmethod
    def push(self, update: Json, *, anyway: bool = False) -> Json:
        """Queue an update."""

    def write(
        self,
        text: str | None = None,
        *,
        chat: int = 42,
        language: str = "en",
        sender: int | None = None,
        reply_to: int | None = None,
        topic: int | None = None,
        mention: bool = False,
        **fields: Any,
    ) -> Json:
        """A customer writes in a private chat, or in a group when `chat` is negative; there, with a `mention`."""
        message: Json = {
            "message_id": self.chats.next_id(),
            "date": int(time.time()),
            "chat": place(chat) | ({"is_forum": True} if topic else {}),
            "from": person(sender or abs(chat), language),
        }
        if text is not None:
            message |= _said(text, mention=mention)
        if topic is not None:
            message |= {"message_thread_id": topic, "is_topic_message": True}
        if reply_to is not None:
            message["reply_to_message"] = self.chats.messages[chat, reply_to]
        return self.push({"message": message | fields})

    def edit(self, update: Json, text: str) -> Json:
        """The customer edits what an earlier `update` wrote."""
        message = {name: value for name, value in update["message"].items() if name not in {"text", "entities"}}
        return self.push({"edited_message": message | _said(text, mention=False) | {"edit_date": int(time.time())}})

    def press(self, label: str, *, chat: int = 42, message_id: int | None = None, sender: int | None = None) -> Json:
        """The customer presses a button, by its text or its data: the newest such button, or that of one message.

        Raises AssertionError when there is no such button.
        """
        for (where, number), message in reversed(list(self.chats.messages.items())):
            if where == chat and message_id in (None, number):
                for button in (one for row in _keyboard(message) for one in row):
                    if label in (button["text"], button.get("callback_data")):
                        return self._press(message, button, sender or abs(chat))
        raise AssertionError(f"no button {label!r} in the chat {chat}")

    def attach(
        self,
        kind: str = "photo",
        *,
        caption: str | None = None,
        data: bytes = b"bytes",
        name: str | None = None,
        size: int | None = None,
        album: str | None = None,
        **where: Any,
    ) -> Json:
        """The customer sends a photo, a document or a voice message; those of one `album` belong together."""
        usual, mime = _MEDIA[kind]
        file = self.files.add(data, name or usual, mime, size)
        told: Any = file | {"mime_type": mime}
        if kind == "photo":
            told = [file | {"width": 90, "height": 60}]
        elif kind == "voice":
            told |= {"duration": 3}
        else:
            told |= {"file_name": name or usual}
        fields: Json = {kind: told} | ({"caption": caption} if caption else {})
        together: Json = {"media_group_id": album} if album else {}
        return self.write(**where, **fields, **together)

    def block(self, chat: int = 42) -> Json:
        """The customer blocks the bot, or it is thrown out of a group: what it sends there is refused."""
        self.chats.blocked.add(chat)
        return self.push({"my_chat_member": membership(chat, "member", "kicked")})

    def unblock(self, chat: int = 42) -> Json:
        """The customer lets the bot in again."""
        self.chats.blocked.discard(chat)
        return self.push({"my_chat_member": membership(chat, "kicked", "member")})

    def migrate(self, chat: int, to: int) -> tuple[Json, Json]:
        """A group becomes a supergroup: two notes say so, and the old id is good for nothing."""
        self.chats.moved[chat] = to
        return self.write(chat=chat, migrate_to_chat_id=to), self.write(chat=to, migrate_from_chat_id=chat)

    def stop_generation(self, chat: int = 42, draft_id: int | None = None) -> Json:
        """The customer stops a draft, the newest if none is named; what is kept becomes a message.

        Raises AssertionError when no draft is seen that may be stopped.
        """
        live = [frame for frame in self.drafts.live(chat) if frame.can_stop and draft_id in (None, frame.draft_id)]
        assert live, f"no draft that may be stopped is seen in the chat {chat}"
        frame = max(live, key=lambda frame: frame.at)
        self.drafts.end(chat, frame.draft_id)
        if frame.keep_on_stop and frame.text:
            self.chats.deliver({"chat_id": chat}, {"text": frame.text})
        stopped: Json = {"chat": place(chat), "draft_id": frame.draft_id}
        if frame.topic is not None:
            stopped["message_thread_id"] = frame.topic
        return self.push({"stopped_message_generation": stopped})

    def staff(self, text: str, *, chat: int, topic: int, agent: int = AGENT, **fields: Any) -> Json:
        """An agent writes in a topic of the staff's forum."""
        self.chats.members[chat, agent] = "administrator"
        author: Json = {"from": person(agent, name="Agent")}
        return self.write(text, chat=chat, topic=topic, **author, **fields)

    def _press(self, message: Json, button: Json, sender: int) -> Json:
        assert "callback_data" in button, f"the button {button['text']!r} says nothing to the bot"
        number = f"press-{next(self._numbers)}"
        author = person(sender)
        told = {"id": number, "from": author, "message": message, "chat_instance": str(message["chat"]["id"])}
        return self.push({"callback_query": told | {"data": button["callback_data"]}})


def _said(text: str, *, mention: bool) -> Json:
    entities: list[Json] = []
    if mention:
        name = f"@{BOT['username']}"
        text, entities = f"{name} {text}", [{"type": "mention", "offset": 0, "length": units(name)}]
    elif text.startswith("/") and len(command := text.split(maxsplit=1)[0]) > 1:
        entities = [{"type": "bot_command", "offset": 0, "length": units(command)}]
    return {"text": text} | ({"entities": entities} if entities else {})


def _keyboard(message: Json) -> list[list[Json]]:
    rows: list[list[Json]] = message.get("reply_markup", {}).get("inline_keyboard", [])
    return rows
