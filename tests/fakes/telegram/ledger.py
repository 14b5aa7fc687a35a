"""What was called and what was delivered, and how to judge it. Knows no server and keeps no state."""

import hashlib
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
# What counts as a message for Telegram's limits.
SENDS = frozenset(
    {"sendmessage", "sendrichmessage", "sendphoto", "sendvoice", "senddocument", "copymessage", "forwardmessage"}
)


@dataclass(frozen=True, slots=True)
class Call:
    """One call: when (seconds of the server's clock), what, to which chat, and the status it was answered with.

    `message_id` is the message that it made or changed, `told` whether its caller got the whole answer, and
    `retry_after` how long a 429 told it to wait.
    """

    at: float
    method: str
    params: Json
    status: int = 0
    message_id: int | None = None
    told: bool = True
    retry_after: float = 0.0

    @property
    def chat(self) -> int | None:
        """The chat it was for."""
        return chat_of(self.params)

    @property
    def text(self) -> str:
        """The text it carried."""
        return str(self.params.get("text", ""))

    @property
    def digest(self) -> str:
        """The text's SHA-256, to compare texts without printing them."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One POST to the webhook: its status (0 when none came) and the seconds until that; `why` it failed."""

    update_id: int
    at: float
    status: int
    seconds: float
    copy: int = 0
    why: str = ""

    @property
    def acknowledged(self) -> bool:
        """The receiver took the update over."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Rates:
    """The most messages in any sliding window: of any one chat, of any one group, of all together."""

    chat: int = 0
    group: int = 0
    everyone: int = 0


@dataclass(slots=True)
class _Open:
    until: float = 0.0
    since: float = field(default=float("inf"))


def chat_of(params: Json) -> int | None:
    """The chat that a call names by its number."""
    try:
        return int(params["chat_id"])
    except (KeyError, TypeError, ValueError):
        return None


def accepted(calls: Iterable[Call], methods: frozenset[str] = SENDS) -> list[Call]:
    """The calls that took effect, of these methods."""
    return [call for call in calls if call.status == 200 and call.method in methods]


def busiest(calls: Iterable[Call], seconds: float) -> int:
    """The most calls in any window of so many seconds."""
    most, window = 0, deque[float]()
    for at in sorted(call.at for call in calls):
        window.append(at)
        while at - window[0] >= seconds:
            window.popleft()
        most = max(most, len(window))
    return most


def rates(
    calls: Iterable[Call],
    *,
    chat: float = 1.0,
    group: float = 60.0,
    everyone: float = 1.0,
    methods: frozenset[str] = SENDS,
) -> Rates:
    """The most accepted messages in any window of `chat`, `group` and `everyone` seconds.

    A network's jitter makes a second shorter: give 0.95 to forgive a twentieth.
    """
    sent = accepted(calls, methods)
    by_chat = defaultdict[int | None, list[Call]](list)
    for call in sent:
        by_chat[call.chat].append(call)
    return Rates(
        max((busiest(own, chat) for own in by_chat.values()), default=0),
        max((busiest(own, group) for place, own in by_chat.items() if place is not None and place < 0), default=0),
        busiest(sent, everyone),
    )


def inside_windows(calls: Iterable[Call], slack: float = 0.02) -> list[Call]:
    """The calls for a chat that came while a 429 told to leave it alone; `slack` forgives what was on its way."""
    open_: dict[int | None, _Open] = defaultdict(_Open)
    found = []
    for call in sorted(calls, key=lambda call: call.at):
        window = open_[call.chat]
        if window.since + slack < call.at < window.until - slack:
            found.append(call)
        if call.status == 429 and call.retry_after:
            if call.at >= window.until:
                window.since = call.at
            window.until = max(window.until, call.at + call.retry_after)
    return found


def latencies(deliveries: Iterable[Delivery]) -> list[float]:
    """How long the acknowledgements took, the fastest first."""
    return sorted(delivery.seconds for delivery in deliveries if delivery.acknowledged)


def acknowledged_between(deliveries: Iterable[Delivery], start: float, end: float) -> list[Delivery]:
    """The deliveries that began and were acknowledged between two moments of the server's clock."""
    return [one for one in deliveries if one.acknowledged and start <= one.at and one.at + one.seconds <= end]
