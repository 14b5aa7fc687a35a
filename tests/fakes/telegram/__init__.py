"""A Bot API server on the loopback, for tests and soak runs. What tests may import stands here."""

from tests.fakes.telegram.chats import BOT_ID
from tests.fakes.telegram.ledger import (
    SENDS,
    Call,
    Delivery,
    Rates,
    accepted,
    acknowledged_between,
    busiest,
    inside_windows,
    latencies,
    rates,
)
from tests.fakes.telegram.limits import Limits
from tests.fakes.telegram.refusal import Refusal
from tests.fakes.telegram.server import TOKEN, FakeTelegram
from tests.fakes.telegram.webhook import Pace

__all__ = [
    "BOT_ID",
    "SENDS",
    "TOKEN",
    "Call",
    "Delivery",
    "FakeTelegram",
    "Limits",
    "Pace",
    "Rates",
    "Refusal",
    "accepted",
    "acknowledged_between",
    "busiest",
    "inside_windows",
    "latencies",
    "rates",
]
