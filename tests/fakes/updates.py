"""One well-formed update of each kind that Telegram knows, and the people and places in it. Knows no server."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from aiogram.types import Update

Json = dict[str, Any]
CUSTOMER = 42
GROUP = -1001234567890
CHANNEL = -1009876543210
_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
    "can_manage_topics",
)
ADMINISTRATOR: Json = {
    "status": "administrator",
    "can_be_edited": False,
    "is_anonymous": False,
    **dict.fromkeys(_RIGHTS, True),
}


def kinds() -> list[str]:
    """All kinds of updates that aiogram knows."""
    return [name for name in Update.model_fields if name != "update_id"]


def sample(kind: str, update_id: int = 1) -> Json:
    """A well-formed update of one kind."""
    return {"update_id": update_id, kind: _SAMPLES[kind]()}


def every(first_id: int = 1) -> Iterator[Json]:
    """A well-formed update of every kind, with ascending ids."""
    for number, kind in enumerate(kinds(), first_id):
        yield sample(kind, number)


def person(number: int = CUSTOMER, language: str = "en", name: str = "Ada") -> Json:
    """Somebody who writes to the bot."""
    return {"id": number, "is_bot": False, "first_name": name, "language_code": language}


def place(chat: int = CUSTOMER) -> Json:
    """The chat with this id: private, or a supergroup when it is negative."""
    if chat < 0:
        return {"id": chat, "type": "supergroup", "title": "Everyone"}
    return {"id": chat, "type": "private", "first_name": "Ada"}


def message(chat: int = CUSTOMER, text: str = "Where is my order?", **fields: Any) -> Json:
    """A message in a chat."""
    return {
        "message_id": 7,
        "date": _now(),
        "chat": place(chat),
        "from": person(abs(chat)),
        "text": text,
    } | fields


def _now() -> int:
    return int(time.time())


def _post(**fields: Any) -> Json:
    chat = {"id": CHANNEL, "type": "channel", "title": "News"}
    return {"message_id": 8, "date": _now(), "chat": chat, "sender_chat": chat, "text": "We are open again."} | fields


def _business(**fields: Any) -> Json:
    return message(business_connection_id="business-1", **fields)


def _connection() -> Json:
    owner, rights = person(77, name="Owner"), {"can_reply": True, "can_read_messages": True}
    date = _now()
    return {"id": "business-1", "user": owner, "user_chat_id": 77, "date": date, "is_enabled": True, "rights": rights}


def _reaction(**fields: Any) -> Json:
    return {"chat": place(GROUP), "message_id": 7, "date": _now()} | fields


def _thumb() -> Json:
    return {"type": "emoji", "emoji": "👍"}


def _press() -> Json:
    markup = {"inline_keyboard": [[{"text": "👍", "callback_data": "rate:up"}]]}
    under = message() | {"from": {"id": 700001, "is_bot": True, "first_name": "Kefu"}, "reply_markup": markup}
    return {"id": "press-1", "from": person(), "chat_instance": "instance-1", "message": under, "data": "rate:up"}


def _shipping() -> Json:
    street = {"street_line1": "1 Main Street", "street_line2": "", "post_code": "10115"}
    address = {"country_code": "DE", "state": "", "city": "Berlin"} | street
    return {"id": "shipping-1", "from": person(), "invoice_payload": "order-1", "shipping_address": address}


def _checkout() -> Json:
    price = {"currency": "EUR", "total_amount": 1999, "invoice_payload": "order-1"}
    return {"id": "checkout-1", "from": person()} | price


def _poll() -> Json:
    options = [{"persistent_id": name, "text": name, "voter_count": 1} for name in ("yes", "no")]
    rules = dict.fromkeys(("is_closed", "allows_multiple_answers", "allows_revoting", "members_only"), False)
    asked = {"id": "poll-1", "question": "Was this right?", "options": options, "total_voter_count": 2}
    return asked | rules | {"is_anonymous": True, "type": "regular"}


def _vote() -> Json:
    return {"poll_id": "poll-1", "user": person(), "option_ids": [0], "option_persistent_ids": ["yes"]}


def membership(chat: int = CUSTOMER, old: str = "member", new: str = "kicked", who: Json | None = None) -> Json:
    """The bot's (or `who`'s) standing in a chat has changed."""
    subject = who or {"id": 700001, "is_bot": True, "first_name": "Kefu", "username": "kefu_test_bot"}

    def standing(status: str) -> Json:
        until = {"until_date": 0} if status == "kicked" else {}
        return {"status": status, "user": subject} | until

    changed = {"old_chat_member": standing(old), "new_chat_member": standing(new)}
    return {"chat": place(chat), "from": person(abs(chat)), "date": _now()} | changed


def _join() -> Json:
    return {"chat": place(GROUP), "from": person(), "user_chat_id": CUSTOMER, "date": _now(), "bio": "Hello"}


def _boost_source() -> Json:
    return {"source": "premium", "user": person()}


def _boost() -> Json:
    dates = {"add_date": _now(), "expiration_date": _now() + 86400}
    return {"chat": place(CHANNEL), "boost": {"boost_id": "boost-1", "source": _boost_source()} | dates}


def _no_boost() -> Json:
    return {"chat": place(CHANNEL), "boost_id": "boost-1", "remove_date": _now(), "source": _boost_source()}


def _managed() -> Json:
    bot = {"id": 700002, "is_bot": True, "first_name": "Branch", "username": "branch_test_bot"}
    return {"user": person(), "bot": bot}


def _guest() -> Json:
    caller = {"guest_query_id": "guest-1", "guest_bot_caller_user": person()}
    return message(GROUP, "@kefu_test_bot where is my order?", **caller)


_SAMPLES: dict[str, Callable[[], Json]] = {
    "message": message,
    "edited_message": lambda: message(text="Where is my parcel?", edit_date=_now()),
    "channel_post": _post,
    "edited_channel_post": lambda: _post(edit_date=_now()),
    "business_connection": _connection,
    "business_message": _business,
    "edited_business_message": lambda: _business(edit_date=_now()),
    "deleted_business_messages": lambda: {
        "business_connection_id": "business-1",
        "chat": place(),
        "message_ids": [7, 8],
    },
    "guest_message": _guest,
    "message_reaction": lambda: _reaction(user=person(), old_reaction=[], new_reaction=[_thumb()]),
    "message_reaction_count": lambda: _reaction(reactions=[{"type": _thumb(), "total_count": 3}]),
    "inline_query": lambda: {"id": "inline-1", "from": person(), "query": "refund", "offset": ""},
    "chosen_inline_result": lambda: {"result_id": "result-1", "from": person(), "query": "refund"},
    "callback_query": _press,
    "shipping_query": _shipping,
    "pre_checkout_query": _checkout,
    "purchased_paid_media": lambda: {"from": person(), "paid_media_payload": "media-1"},
    "poll": _poll,
    "poll_answer": _vote,
    "my_chat_member": membership,
    "chat_member": lambda: membership(GROUP, "left", "member", person(43)),
    "chat_join_request": _join,
    "chat_boost": _boost,
    "removed_chat_boost": _no_boost,
    "managed_bot": _managed,
    "subscription": lambda: {"user": person(), "invoice_payload": "plan-1", "state": "active"},
    "stopped_message_generation": lambda: {"chat": place(), "draft_id": 1},
}
