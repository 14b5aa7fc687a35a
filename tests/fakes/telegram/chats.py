"""The chats and what is in them: messages, topics, members. Knows no method and no connection."""

import itertools
import time
from collections import defaultdict
from typing import Any

from tests.fakes.telegram.ledger import Json
from tests.fakes.telegram.markup import keyboard
from tests.fakes.telegram.params import decoded, truth, whole
from tests.fakes.telegram.refusal import Refusal, bad

BOT_ID = 700001
BOT: Json = {"id": BOT_ID, "is_bot": True, "first_name": "Kefu", "username": "kefu_test_bot"}
Message = dict[str, Any]


class Chats:
    """Who may be written to, and what was written. A chat that nobody spoke of exists, until it is `unknown`."""

    def __init__(self) -> None:
        self.messages: dict[tuple[int, int], Message] = {}
        self.topics: dict[int, dict[int, Json]] = defaultdict(dict)
        self.members: dict[tuple[int, int], str] = {}
        self.blocked: set[int] = set()
        self.unknown: set[int] = set()
        self.moved: dict[int, int] = {}
        self._places: dict[int, Json] = {}
        self._last: dict[int, int] = {}
        self._ids = itertools.count(1)

    def next_id(self) -> int:
        """The id of the next message."""
        return next(self._ids)

    def remember(self, message: Any) -> None:
        """Keep a message that came from a customer, if it is one."""
        match message:
            case {"chat": {"id": int(chat)}, "message_id": int(number)}:
                self.messages[chat, number] = message
                self._places[chat] = message["chat"]
                if message.get("is_topic_message"):
                    topic = message["message_thread_id"]
                    self.topics[chat].setdefault(topic, {"message_thread_id": topic, "name": f"Topic {topic}"})

    def place(self, params: Json) -> Json:
        """The chat that a call is for. Raises Refusal when the bot may not write there."""
        if not params.get("chat_id"):
            raise bad("chat_id is empty")
        try:
            chat = int(params["chat_id"])
        except ValueError as error:
            raise bad("chat not found") from error
        if chat in self.unknown:
            raise bad("chat not found")
        if chat in self.moved:
            reason = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(400, reason, {"migrate_to_chat_id": self.moved[chat]})
        if chat in self.blocked:
            why = "blocked by the user" if chat > 0 else "kicked from the supergroup chat"
            raise Refusal(403, f"Forbidden: bot was {why}")
        return self._places.get(chat) or {"id": chat, "type": "private" if chat > 0 else "supergroup"}

    def deliver(self, params: Json, content: Json) -> Message:
        """The bot's message with this content, in the chat that the call names. Raises Refusal."""
        place = self.place(params)
        message: Message = {"message_id": 0, "from": BOT, "date": int(time.time()), "chat": place}
        message |= self._thread(place["id"], params) | self._reply(place["id"], params)
        markup = keyboard(params)
        if markup and "inline_keyboard" in markup:
            message["reply_markup"] = markup
        message |= content
        message["message_id"] = self.next_id()
        self.messages[place["id"], message["message_id"]] = message
        self._last[place["id"]] = message["message_id"]
        return message

    def find(self, params: Json, purpose: str, *, chat: str = "chat_id") -> Message:
        """The message that a call names. Raises Refusal when there is none."""
        place = self.place({"chat_id": params.get(chat)})
        if "message_id" not in params:
            raise bad("message identifier is not specified")
        found = self.messages.get((place["id"], whole(params, "message_id")))
        if found is None:
            raise bad(f"message to {purpose} not found")
        return found

    def own(self, params: Json) -> Message:
        """The bot's own message, to be edited. Raises Refusal."""
        message = self.find(params, "edit")
        if message.get("from", {}).get("id") != BOT_ID:
            raise bad("message can't be edited")
        return message

    def shown(self, chat: int) -> list[str]:
        """What of the bot's texts (or captions) stands in a chat now, after edits and deletions, in order."""
        stands = [message for (place, _), message in self.messages.items() if place == chat]
        own = [message for message in stands if message.get("from", {}).get("id") == BOT_ID]
        return [str(message.get("text", message.get("caption", ""))) for message in own]

    def last(self, chat: int) -> Message:
        """The bot's last message in a chat."""
        return self.messages[chat, self._last[chat]]

    def _thread(self, chat: int, params: Json) -> Json:
        if not params.get("message_thread_id"):
            return {}
        topic = whole(params, "message_thread_id")
        known = self.topics.get(chat)
        # Where no topic was ever made, a test has not said that there are none.
        if known and topic not in known and topic != 1:
            raise bad("message thread not found")
        return {"message_thread_id": topic, "is_topic_message": True}

    def _reply(self, chat: int, params: Json) -> Json:
        reply = decoded(params, "reply_parameters") or {}
        number = reply.get("message_id") or params.get("reply_to_message_id")
        if not number:
            return {}
        found = self.messages.get((int(reply.get("chat_id", chat)), int(number)))
        if found is None and not any(truth(given, "allow_sending_without_reply") for given in (reply, params)):
            raise bad("message to be replied not found")
        return {"reply_to_message": {k: v for k, v in found.items() if k != "reply_to_message"}} if found else {}
