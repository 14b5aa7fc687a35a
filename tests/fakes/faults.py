"""What can go wrong with a call to Telegram, to be ordered from the fake server. Knows no server."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Fault:
    """What goes wrong with a call: an error (`status`, `description`, `parameters`), a delay, a cut connection.

    `accepted`: the call takes effect although its caller is told otherwise. `chat` None: whatever the chat.
    `share`: of the calls that it is for, so many go wrong, by chance.
    """

    status: int = 0
    description: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    delay: float = 0.0
    reset: bool = False
    body: str = ""
    accepted: bool = False
    chat: int | None = None
    times: float = 1
    share: float = 1.0


def too_many(seconds: int) -> Fault:
    """429: the chat must be left alone for so long; calls within the window are refused too."""
    return Fault(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


def blocked() -> Fault:
    """403, always: the customer has blocked the bot."""
    return Fault(403, "Forbidden: bot was blocked by the user", times=float("inf"))


def unknown_chat() -> Fault:
    """400, always: there is no such chat."""
    return Fault(400, "Bad Request: chat not found", times=float("inf"))


def broken() -> Fault:
    """500, once."""
    return Fault(500, "Internal Server Error")


def migrated(chat: int) -> Fault:
    """400: the group has become a supergroup."""
    return Fault(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        {"migrate_to_chat_id": chat},
        times=float("inf"),
    )


def reset_after_accept() -> Fault:
    """The call takes effect, but the connection is cut before its caller knows."""
    return Fault(reset=True, accepted=True)


def cut_short() -> Fault:
    """The call takes effect, but only half of the answer arrives."""
    return Fault(body='{"ok":true,"resu', accepted=True)


def slow(seconds: float) -> Fault:
    """The answer takes its time."""
    return Fault(delay=seconds)
