"""The methods that send, change and delete messages. Knows no connection, no limit and no fault."""

import time
from collections.abc import Callable
from typing import Any

from tests.fakes.telegram.chats import Chats
from tests.fakes.telegram.drafts import Drafts, rich_of
from tests.fakes.telegram.files import Files
from tests.fakes.telegram.ledger import Json
from tests.fakes.telegram.markup import LONGEST, LONGEST_CAPTION, formatted, keyboard, units
from tests.fakes.telegram.refusal import bad

_ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}
_CONTENT = ("text", "entities", "caption", "caption_entities", "photo", "document", "voice", "reply_markup")
_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


class Messages:
    """What the bot does to messages."""

    def __init__(self, chats: Chats, files: Files, drafts: Drafts) -> None:
        self.presses: set[str] = set()
        self._chats = chats
        self._files = files
        self._drafts = drafts
        self.methods: dict[str, Callable[[Json], Any]] = {
            "sendmessage": self._send_message,
            "sendrichmessage": self._send_rich_message,
            "sendphoto": lambda params: self._send_file(params, "photo"),
            "senddocument": lambda params: self._send_file(params, "document"),
            "sendvoice": lambda params: self._send_file(params, "voice"),
            "copymessage": self._copy,
            "forwardmessage": self._forward,
            "editmessagetext": self._edit_text,
            "editmessagereplymarkup": self._edit_keyboard,
            "deletemessage": self._delete,
            "answercallbackquery": self._answer_press,
            "sendchataction": self._show_action,
            "setmessagereaction": lambda params: bool(chats.find(params, "react")),
        }

    def _send_message(self, params: Json) -> Json:
        return self._deliver(params, _text(params, "message is too long"))

    def _send_rich_message(self, params: Json) -> Json:
        rich = rich_of(params)
        self._deliver(params, {"text": str(rich.get("markdown") or rich.get("html") or "")})
        return self._chats.last(int(params["chat_id"]))

    def _send_file(self, params: Json, kind: str) -> Json:
        self._chats.place(params)
        file = self._files.sent(params, kind)
        if kind == "photo":
            return self._deliver(params, {"photo": [file | {"width": 640, "height": 480}]} | _caption(params))
        stored = self._files.stored[file["file_id"]]
        extra = {"duration": 1} if kind == "voice" else {"file_name": stored.name}
        return self._deliver(params, {kind: file | extra | {"mime_type": stored.mime}} | _caption(params))

    def _copy(self, params: Json) -> Json:
        source = self._chats.find(params, "copy", chat="from_chat_id")
        content = {name: source[name] for name in _CONTENT[:-1] if name in source}
        if "caption" in params and "text" not in content:
            content |= _caption(params)
        return {"message_id": self._deliver(params, content)["message_id"]}

    def _forward(self, params: Json) -> Json:
        source = self._chats.find(params, "forward", chat="from_chat_id")
        origin = {"type": "hidden_user", "sender_user_name": "Ada", "date": source["date"]}
        if "from" in source:
            origin = {"type": "user", "sender_user": source["from"], "date": source["date"]}
        content = {name: source[name] for name in _CONTENT if name in source}
        return self._deliver(params, content | {"forward_origin": origin})

    def _deliver(self, params: Json, content: Json) -> Json:
        message = self._chats.deliver(params, content)
        self._drafts.end(message["chat"]["id"])
        return message

    def _edit_text(self, params: Json) -> Json:
        message = self._chats.own(params)
        if "text" not in message:
            raise bad("there is no text in the message to edit")
        return _changed(message, {"entities": None} | _text(params, "MESSAGE_TOO_LONG"), keyboard(params))

    def _edit_keyboard(self, params: Json) -> Json:
        return _changed(self._chats.own(params), {}, keyboard(params))

    def _delete(self, params: Json) -> bool:
        message = self._chats.find(params, "delete")
        del self._chats.messages[message["chat"]["id"], message["message_id"]]
        return True

    def _answer_press(self, params: Json) -> bool:
        if str(params.get("callback_query_id", "")) not in self.presses:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        if len(str(params.get("text", ""))) > 200:
            raise bad("MESSAGE_TOO_LONG")
        return True

    def _show_action(self, params: Json) -> bool:
        self._chats.place(params)
        if params.get("action") not in _ACTIONS:
            raise bad("wrong parameter action in request")
        return True


def _text(params: Json, too_long: str) -> Json:
    text, entities = formatted(params)
    if not text.strip():
        raise bad("message text is empty")
    if units(text) > LONGEST:
        raise bad(too_long)
    return {"text": text} | ({"entities": entities} if entities else {})


def _caption(params: Json) -> Json:
    text, entities = formatted(params, "caption", "caption_entities")
    if units(text) > LONGEST_CAPTION:
        raise bad("message caption is too long")
    return ({"caption": text} if text else {}) | ({"caption_entities": entities} if entities else {})


def _changed(message: Json, content: Json, markup: Json | None) -> Json:
    # No keyboard in the call takes away the one that was there.
    new = content | {"reply_markup": markup if markup and markup.get("inline_keyboard") else None}
    if all(message.get(name) == value for name, value in new.items()):
        raise bad(_SAME)
    message["edit_date"] = int(time.time())
    for name, value in new.items():
        message.pop(name, None)
        if value is not None:
            message[name] = value
    return message
