"""The methods about chats themselves: topics, members, commands. Knows no message's text and no connection."""

import re
from collections.abc import Callable
from typing import Any

from tests.fakes.telegram.chats import BOT, BOT_ID, Chats
from tests.fakes.telegram.ledger import Json
from tests.fakes.telegram.params import decoded, whole
from tests.fakes.telegram.refusal import bad
from tests.fakes.updates import ADMINISTRATOR, person

_GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
_COLOUR = 7322096


class Groups:
    """What the bot asks of chats, and does to their topics."""

    def __init__(self, chats: Chats) -> None:
        self.commands: dict[str, list[Json]] = {}
        self._chats = chats
        self.methods: dict[str, Callable[[Json], Any]] = {
            "getme": lambda params: BOT | {"can_join_groups": True, "can_read_all_group_messages": False},
            "getchat": self._get_chat,
            "getchatmember": self._get_member,
            "createforumtopic": self._create_topic,
            "editforumtopic": self._edit_topic,
            "closeforumtopic": lambda params: self._set_closed(params, closed=True),
            "reopenforumtopic": lambda params: self._set_closed(params, closed=False),
            "deleteforumtopic": self._delete_topic,
            "setmycommands": self._set_commands,
            "getmycommands": lambda params: self.commands.get(params.get("language_code", ""), []),
            "deletemycommands": lambda params: (
                self.commands.pop(params.get("language_code", ""), None) is None or True
            ),
        }

    def _get_chat(self, params: Json) -> Json:
        place = self._chats.place(params)
        extra = {"accent_color_id": 1, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(_GIFTS, False)}
        forum = {"is_forum": True} if self._chats.topics.get(place["id"]) else {}
        return place | forum | extra

    def _get_member(self, params: Json) -> Json:
        place, member = self._chats.place(params), whole(params, "user_id")
        if member == BOT_ID:
            return ADMINISTRATOR | {"user": BOT}
        status = self._chats.members.get((place["id"], member), "member")
        told = {"status": status, "user": person(member)}
        if status == "administrator":
            return ADMINISTRATOR | told
        return told | ({"until_date": 0} if status == "kicked" else {})

    def _create_topic(self, params: Json) -> Json:
        chat, name = self._forum(params), _name(params)
        note = self._chats.deliver({"chat_id": chat}, {"forum_topic_created": {"name": name, "icon_color": _COLOUR}})
        topic = {"message_thread_id": note["message_id"], "name": name, "icon_color": _COLOUR}
        self._chats.topics[chat][note["message_id"]] = topic | {"closed": False}
        return topic

    def _edit_topic(self, params: Json) -> bool:
        topic = self._topic(params)
        if "name" in params:
            if topic["name"] == params["name"]:
                raise bad("TOPIC_NOT_MODIFIED")
            topic["name"] = _name(params)
        return True

    def _set_closed(self, params: Json, *, closed: bool) -> bool:
        topic = self._topic(params)
        if topic.get("closed", False) is closed:
            raise bad("TOPIC_NOT_MODIFIED")
        topic["closed"] = closed
        return True

    def _delete_topic(self, params: Json) -> bool:
        topic = self._topic(params)
        del self._chats.topics[self._forum(params)][topic["message_thread_id"]]
        return True

    def _topic(self, params: Json) -> Json:
        topic = self._chats.topics[self._forum(params)].get(whole(params, "message_thread_id"))
        if topic is None:
            raise bad("TOPIC_ID_INVALID")
        return topic

    def _forum(self, params: Json) -> int:
        chat = int(self._chats.place(params)["id"])
        if chat > 0:
            raise bad("the chat is not a forum")
        return chat

    def _set_commands(self, params: Json) -> bool:
        commands = decoded(params, "commands") or []
        for command in commands:
            if not re.fullmatch(r"/?[a-z0-9_]{1,32}", command.get("command", "")):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= len(command.get("description", "")) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        if len(commands) > 100:
            raise bad("BOT_COMMANDS_TOO_MUCH")
        self.commands[params.get("language_code", "")] = commands
        return True


def _name(params: Json) -> str:
    name = str(params.get("name", ""))
    if not 1 <= len(name) <= 128:
        raise bad("topic name must be 1-128 characters")
    return name
