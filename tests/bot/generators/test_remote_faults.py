"""Against a real server that misbehaves."""

import contextlib
import socket
import threading
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
from bot.generators.breaker import Breaker
from bot.generators.remote import Patience, RemoteGenerator
from tests.fakes.faulty_chat import (
    TEXT,
    FaultyChat,
    Manners,
    event,
    faulty_chat,
    hanging,
    repeating,
    sending,
    status,
    tearing,
    well,
)

PROMPT = Prompt((ChatMessage("user", "Question: How long can I return goods?"),))
DONE = b"data: [DONE]\n\n"
HASTY = Patience(connect=0.5, first_token=0.3, between=0.3, pauses=(0.01, 0.01))


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[FaultyChat]:
    with faulty_chat() as server:
        yield server


def generator_of(server: FaultyChat, patience: Patience = HASTY, breaker: Breaker | None = None) -> RemoteGenerator:
    return RemoteGenerator(server.url, "m", patience=patience, breaker=breaker)


def drafted(generator: RemoteGenerator, limits: Limits | None = None) -> tuple[str, GenerationFailed | None]:
    """What came, and the error that ended it."""
    came = ""
    try:
        for piece in generator.generate(PROMPT, limits or Limits()):
            came += piece
    except GenerationFailed as error:
        return came, error
    return came, None


@pytest.mark.parametrize(
    "manners",
    [
        sending(b": keep-alive\n\n", *map(event, TEXT), DONE),
        sending(b": ping\r\n\r\n".join(event(text).replace(b"\n", b"\r\n") for text in TEXT), DONE),
        sending(b"\xef\xbb\xbf", b"event: message\nid: 7\n", *map(event, TEXT), b"data: [DONE]"),
        sending(*map(event, TEXT[:-1]), event(TEXT[-1], finish_reason="stop")),
        sending(event("", role="assistant"), *map(event, TEXT), b'data: {"choices": [], "usage": {}}\n\n', DONE),
        sending(b"".join(map(event, TEXT)) + DONE),
        sending(*(bytes([byte]) for byte in b"".join(map(event, TEXT)) + DONE)),
    ],
    ids=["comments", "crlf", "mark-and-fields", "finish-reason", "usage", "one-chunk", "byte-by-byte"],
)
def test_reads_a_stream_in_every_lawful_form(server: FaultyChat, manners: Manners) -> None:
    server.always = manners
    assert drafted(generator_of(server)) == ("".join(TEXT), None)


def test_joins_characters_that_are_split_over_chunks(server: FaultyChat) -> None:
    data = 'data: {"choices": [{"delta": {"content": "自行车保修期为五年。🚲"}}]}\n\n'.encode()
    server.always = sending(*(data[start : start + 1] for start in range(len(data))), DONE)
    assert drafted(generator_of(server)) == ("自行车保修期为五年。🚲", None)


def test_joins_the_halves_of_a_surrogate_pair(server: FaultyChat) -> None:
    server.always = sending(event("Ride \ud83d"), event("\udeb2 on"), DONE)
    assert drafted(generator_of(server)) == ("Ride 🚲 on", None)


@pytest.mark.parametrize(
    ("end", "message"),
    [
        (b"data: {nonsense\n\n", "no JSON"),
        (b"data: " + b"[" * 5000 + b"\n\n", "no JSON"),
        (b"data: [1, 2]\n\n", "no chat chunk"),
        (b'data: {"choices": [{"delta": {"content": 7}}]}\n\n', "no chat chunk"),
        (b'data: {"choices": ["x"]}\n\n', "no chat chunk"),
        (b'data: {"error": {"message": "out of memory"}}\n\n', "sent an error"),
        (b"data: \xff\xfe\n\n", "no UTF-8"),
        (b"", "half a stream"),
        (b'data: {"choices": [{"del', "no JSON"),
        (event("", finish_reason="content_filter"), "content_filter"),
        (b"data: " + b"x" * (1 << 21), "without end"),
    ],
)
def test_keeps_what_came_before_a_stream_broke(server: FaultyChat, end: bytes, message: str) -> None:
    server.always = sending(*map(event, TEXT), end)
    came, error = drafted(generator_of(server))
    assert came == "".join(TEXT)
    assert message in str(error)
    assert server.asked == 1


def test_keeps_what_came_before_the_connection_broke(server: FaultyChat) -> None:
    server.always = tearing(*map(event, TEXT))
    came, error = drafted(generator_of(server))
    assert "".join(TEXT).startswith(came)
    assert type(error) is GenerationFailed


@pytest.mark.parametrize("kind", ["text/html", "application/json"])
def test_refuses_what_is_no_stream(server: FaultyChat, kind: str) -> None:
    server.always = sending(b"<html>Sign in</html>", content_type=kind)
    came, error = drafted(generator_of(server))
    assert (came, f"answered with {kind}" in str(error)) == ("", True)


def test_a_stream_without_end_ends_at_the_limit_of_tokens(server: FaultyChat) -> None:
    server.always = repeating(event("word "))
    assert drafted(generator_of(server), Limits(12)) == ("word " * 12, None)
    assert server.gone.wait(10)


@pytest.mark.parametrize("noise", [b": keep-alive\n\n", event(""), b"x"], ids=["comments", "empty", "bytes"])
def test_noise_is_no_sign_of_life(server: FaultyChat, noise: bytes) -> None:
    server.always = repeating(noise, event("Two days. "))
    came, error = drafted(generator_of(server))
    assert (came, type(error)) == ("Two days. ", DeadlineExceeded)
    assert "silent" in str(error)


def test_waits_no_longer_for_a_first_token_than_it_is_told(server: FaultyChat) -> None:
    server.always = hanging
    came, error = drafted(generator_of(server))
    assert (came, type(error)) == ("", DeadlineExceeded)
    assert server.gone.wait(10)


def test_a_hanging_server_is_left_when_the_draft_is_cancelled(server: FaultyChat) -> None:
    server.always = hanging
    limits = Limits()
    threading.Timer(0.1, limits.cancelled.set).start()
    _, error = drafted(generator_of(server, Patience()), limits)
    assert type(error) is Cancelled
    assert server.gone.wait(10)


def test_a_trickling_stream_ends_at_the_deadline(server: FaultyChat) -> None:
    server.always = repeating(event("word "), pause=0.1)
    came, error = drafted(generator_of(server), Limits(deadline=time.monotonic() + 1.0))
    assert came.startswith("word ")
    assert type(error) is DeadlineExceeded


def test_an_abandoned_draft_frees_the_server(server: FaultyChat) -> None:
    server.always = repeating(event("word "))
    pieces = generator_of(server).generate(PROMPT, Limits())
    next(pieces)
    pieces.close()
    assert server.gone.wait(10)


def test_a_host_that_takes_no_connection_is_given_up() -> None:
    with contextlib.ExitStack() as stack:
        full = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}/v1"
        impatient = Patience(connect=0.1, first_token=5.0, pauses=())
        came, error = drafted(RemoteGenerator(url, "m", patience=impatient))
        assert (came, "cannot be reached: TimeoutError" in str(error)) == ("", True)


@pytest.mark.parametrize("fault", [status(429), status(500), status(503), tearing()])
def test_tries_again_before_the_first_token(server: FaultyChat, fault: Manners) -> None:
    server.plan = [fault, fault]
    assert drafted(generator_of(server)) == ("".join(TEXT), None)
    assert server.asked == 3


def test_gives_up_after_three_tries(server: FaultyChat) -> None:
    server.always = status(429)
    assert type(drafted(generator_of(server))[1]) is GeneratorBusy
    assert server.asked == 3


@pytest.mark.parametrize(
    ("code", "cure"), [(400, "answered 400"), (401, "KEFU_GENERATOR_KEY"), (404, "the model's name")]
)
def test_does_not_ask_again_what_is_refused(server: FaultyChat, code: int, cure: str) -> None:
    server.always = status(code)
    generator = generator_of(server)
    for _ in range(4):
        assert cure in str(drafted(generator)[1])
    assert server.asked == 4


def test_waits_as_long_as_the_server_asks(server: FaultyChat) -> None:
    server.plan = [status(503, Retry_After="0")]
    long_pauses = Patience(first_token=5.0, pauses=(3600.0,))
    assert drafted(generator_of(server, long_pauses)) == ("".join(TEXT), None)


@pytest.mark.parametrize("later", ["3600", "Fri, 01 Jan 2999 00:00:00 GMT"])
def test_does_not_wait_longer_than_there_is_time(server: FaultyChat, later: str) -> None:
    server.always = status(429, Retry_After=later)
    assert type(drafted(generator_of(server))[1]) is GeneratorBusy
    assert server.asked == 1


def test_is_left_alone_after_repeated_failures_and_asked_again_when_it_has_rested(server: FaultyChat) -> None:
    clock = Clock()
    generator = generator_of(server, breaker=Breaker(failures=3, rest=2.0, clock=clock))
    server.always = status(500)
    drafted(generator)
    asked = server.asked
    assert "left alone" in str(drafted(generator)[1])
    assert server.asked == asked
    server.always = well
    clock.now += 2.5
    assert drafted(generator) == ("".join(TEXT), None)
    assert drafted(generator) == ("".join(TEXT), None)


def test_a_hanging_server_is_left_alone_as_well(server: FaultyChat) -> None:
    server.always = hanging
    generator = generator_of(server)
    errors = [str(drafted(generator)[1]) for _ in range(4)]
    assert ["left alone" in error for error in errors] == [False, False, False, True]


def test_a_server_without_a_token_at_the_deadline_is_left_alone_as_well(server: FaultyChat) -> None:
    server.always = hanging
    generator = generator_of(server, Patience())
    limits = Limits(deadline=time.monotonic() + 1.5)
    callers = [threading.Thread(target=drafted, args=(generator, limits)) for _ in range(3)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert "left alone" in str(drafted(generator)[1])


def test_a_caller_with_no_time_does_not_blame_the_server(server: FaultyChat) -> None:
    server.always = hanging
    generator = generator_of(server, Patience())
    errors = [drafted(generator, Limits(deadline=time.monotonic() + 0.05))[1] for _ in range(4)]
    assert [type(error) for error in errors] == [DeadlineExceeded] * 4


def test_heals_with_a_server_that_was_away_and_came_back() -> None:
    with faulty_chat() as server:
        url = server.url
    generator = RemoteGenerator(url, "m", patience=HASTY, breaker=Breaker(rest=0.05))
    assert "cannot be reached" in str(drafted(generator)[1])
    with faulty_chat(port=int(url.split(":")[2].split("/")[0])):
        time.sleep(0.1)
        assert drafted(generator) == ("".join(TEXT), None)


def test_half_streams_open_the_circuit_too(server: FaultyChat) -> None:
    server.always = sending(b"data: {nonsense\n\n")
    generator = generator_of(server)
    errors = [str(drafted(generator)[1]) for _ in range(4)]
    assert "left alone" in errors[-1]


def test_learns_the_models_name_and_context(server: FaultyChat) -> None:
    generator = RemoteGenerator(server.url)
    assert (generator.name, generator.context) == ("a-model", 2048)


def test_the_address_may_name_the_model(server: FaultyChat) -> None:
    generator = RemoteGenerator(f"{server.url}#shop-7b")
    assert generator.name == "shop-7b"
    assert drafted(generator) == ("".join(TEXT), None)


def test_has_a_name_where_no_server_is() -> None:
    assert RemoteGenerator("http://127.0.0.1:1/v1", patience=HASTY).name == "remote"
