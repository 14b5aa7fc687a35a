"""Against a real HTTP server on loopback that answers as the OpenAI interface says, or breaks it on purpose."""

import time
from collections.abc import Iterator

import pytest

from bot.generators.base import (
    Cancelled,
    ChatMessage,
    DeadlineExceeded,
    GenerationFailed,
    GeneratorBusy,
    Limits,
    Prompt,
)
from bot.generators.remote import RemoteGenerator
from tests.fakes.chat import ChatServer, chat_server

PROMPT = Prompt((ChatMessage("user", "Question: 你好"),))


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as server:
        yield server


def test_streams_the_pieces_in_their_order(server: ChatServer) -> None:
    assert list(RemoteGenerator(server.url).generate(PROMPT, Limits())) == ["Two ", "days", "。"]


def test_asks_greedily_within_the_limits_and_with_its_key(server: ChatServer) -> None:
    list(RemoteGenerator(server.url, "m", "secret").generate(PROMPT, Limits(tokens=7)))
    sent = server.requests[0]
    assert sent["key"] == "Bearer secret"
    assert sent["body"]["temperature"] == 0
    assert sent["body"]["max_tokens"] == 7
    assert sent["body"]["messages"] == [{"role": "user", "content": "Question: 你好"}]


def test_takes_the_servers_model_when_none_is_named(server: ChatServer) -> None:
    assert RemoteGenerator(server.url).name == "a-model"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("503", GeneratorBusy),
        ("429", GeneratorBusy),
        ("500", GenerationFailed),
        ("cut", GenerationFailed),
        ("garbage", GenerationFailed),
    ],
)
def test_a_broken_server_is_a_failed_generation(server: ChatServer, fault: str, error: type[Exception]) -> None:
    server.fault = fault
    with pytest.raises(error):
        list(RemoteGenerator(server.url, "m").generate(PROMPT, Limits()))


def test_no_server_is_a_failed_generation() -> None:
    with pytest.raises(GenerationFailed, match="cannot be reached"):
        list(RemoteGenerator("http://127.0.0.1:1/v1", "m").generate(PROMPT, Limits()))


def test_stops_when_it_is_cancelled(server: ChatServer) -> None:
    server.pieces, server.fault = ["x"] * 50, "slow"
    limits = Limits()
    pieces = RemoteGenerator(server.url, "m").generate(PROMPT, limits)
    next(pieces)
    limits.cancelled.set()
    with pytest.raises(Cancelled):
        list(pieces)


def test_stops_at_its_deadline(server: ChatServer) -> None:
    server.pieces, server.fault = ["x"] * 50, "slow"
    with pytest.raises(DeadlineExceeded):
        list(RemoteGenerator(server.url, "m").generate(PROMPT, Limits(deadline=time.monotonic() + 0.5)))


def test_estimates_tokens_from_above_for_both_scripts() -> None:
    generator = RemoteGenerator("http://127.0.0.1:1/v1", "m")
    assert generator.count_tokens([ChatMessage("user", "三十天内可以退货")]) >= 8
    assert generator.count_tokens([ChatMessage("user", "Returns are possible within thirty days.")]) >= 8
