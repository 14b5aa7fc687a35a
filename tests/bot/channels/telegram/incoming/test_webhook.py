"""The webhook: who may bring what, how fast it is acknowledged, and that nothing brought is lost."""

import asyncio
import contextlib
import itertools
import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest
import structlog
from aiogram import Bot
from fastapi import FastAPI

from bot.channels.telegram.incoming.webhook import LONGEST_UPDATE, PATH, Webhook, derived_secret, webhook_router
from bot.channels.web.app import create_app
from bot.channels.web.server import serve
from bot.channels.web.sessions import MemorySessions
from bot.channels.web.visitors import Visitors
from bot.conversation.redis import RedisConversations
from bot.delivery.base import FULL, Inbox, Post
from bot.delivery.redis import redis_post
from tests.bot.channels.telegram.conftest import Open
from tests.conftest import RealServer
from tests.fakes import updates
from tests.fakes.faults import Fault
from tests.fakes.frontdesk import FrontDesk, Outage, answered
from tests.fakes.telegram import FakeTelegram, acknowledged_between

SECRET = "s3cret-Token_of-the-tests"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
RIGHT = {HEADER: SECRET}


def app_of(desk: FrontDesk, inbox: Inbox) -> FastAPI:
    async def readiness() -> dict[str, str]:
        return {}

    async def ask(question: object) -> Any:
        return answered("?")

    return create_app(
        desk,
        sessions=MemorySessions(),
        ask=ask,
        readiness=readiness,
        visitors=Visitors("a secret key of tests"),
        routers=[webhook_router(inbox, SECRET)],
        body_limits={PATH: LONGEST_UPDATE},
    )


@contextlib.asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """The web app on a real socket; its address."""
    stop = asyncio.Event()
    listening: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(app, "127.0.0.1", 0, stop=stop, on_listening=listening.set_result))
    try:
        yield await listening
    finally:
        stop.set()
        await task


@pytest.fixture
async def client(desk: FrontDesk, post: Post) -> AsyncIterator[httpx2.AsyncClient]:
    async with served(app_of(desk, post.inbox)) as address, httpx2.AsyncClient(base_url=address) as client:
        yield client


def update(number: int, **fields: Any) -> bytes:
    return json.dumps({"update_id": number, "message": updates.message(), **fields}).encode()


WRONG = ["", SECRET[:-1], SECRET + "x", SECRET.upper(), SECRET[:-1] + "z", "ü", "x" * 10_000]


async def test_who_does_not_know_the_secret_is_turned_away_unread(
    client: httpx2.AsyncClient, post: Post, inbox: Outage
) -> None:
    inbox.down.add("put")  # Whoever were let through would get 503.
    for wrong in WRONG:
        headers = [(HEADER.encode(), wrong.encode())]
        for content in (update(1), b"not JSON", b"x" * 2 * LONGEST_UPDATE):
            assert (await client.post(PATH, content=content, headers=headers)).status_code == 401
    assert (await client.post(PATH, content=update(1))).status_code == 401

    inbox.down.clear()
    assert await post.inbox.waiting() == 0


async def test_what_is_stored_is_acknowledged_once_and_again(client: httpx2.AsyncClient, post: Post) -> None:
    body = update(7)
    answers = [await client.post(PATH, content=body, headers=RIGHT) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {200}
    assert {answer.content for answer in answers} == {b""}
    parcel = await post.inbox.next(None, 0)
    assert parcel is not None
    assert (parcel.name, parcel.raw) == ("7", body)
    assert await post.inbox.waiting() == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"\xff", "not JSON"),
        (b"[]", "no update_id"),
        (b"7", "no update_id"),
        (b"{}", "no update_id"),
        (b'{"update_id": "7"}', "no update_id"),
        (b'{"update_id": true}', "no update_id"),
    ],
)
async def test_what_is_no_update_is_refused_with_a_reason(
    client: httpx2.AsyncClient, post: Post, content: bytes, reason: str
) -> None:
    answer = await client.post(PATH, content=content, headers=RIGHT)

    assert answer.status_code == 400
    assert reason in answer.json()["error"]
    assert await post.inbox.waiting() == 0


async def test_a_body_of_up_to_a_mebibyte_is_taken(client: httpx2.AsyncClient, post: Post) -> None:
    bare = len(update(1, padding=""))
    fits, too_long = (update(1, padding="x" * (LONGEST_UPDATE - bare + more)) for more in (0, 1))

    async def in_pieces() -> AsyncIterator[bytes]:
        yield too_long[:-1]
        yield too_long[-1:]

    assert (await client.post(PATH, content=too_long, headers=RIGHT)).status_code == 413
    assert (await client.post(PATH, content=in_pieces(), headers=RIGHT)).status_code == 413
    assert await post.inbox.waiting() == 0
    assert (await client.post(PATH, content=fits, headers=RIGHT)).status_code == 200


async def test_a_store_that_is_away_or_full_is_told_and_tried_again_soon(
    client: httpx2.AsyncClient, post: Post, inbox: Outage
) -> None:
    inbox.down.add("put")
    away = await client.post(PATH, content=update(1), headers=RIGHT)
    inbox.down.clear()
    for number in range(FULL):
        await post.inbox.put(f"other-{number}", b"{}")
    full = await client.post(PATH, content=update(1), headers=RIGHT)

    assert [(answer.status_code, answer.headers["Retry-After"]) for answer in (away, full)] == [(503, "2")] * 2
    assert await post.inbox.waiting() == FULL


async def test_only_posts_are_taken(client: httpx2.AsyncClient) -> None:
    assert (await client.get(PATH, headers=RIGHT)).status_code == 405
    assert (await client.post("/telegram", headers=RIGHT)).status_code == 404


async def test_a_hundred_at_once_are_acknowledged_while_no_answer_is_made(
    telegram: FakeTelegram, desk: FrontDesk, post: Post, channel: Open
) -> None:
    desk.working.clear()
    async with served(app_of(desk, post.inbox)) as address, channel(None, Webhook(f"{address}{PATH}", SECRET)):
        where = httpx2.URL(address)
        lines = [await asyncio.open_connection(where.host, where.port) for _ in range(100)]
        await asyncio.gather(*(acknowledged(*line) for line in lines))
        for _, writer in lines:
            writer.close()
        assert telegram.sent() == []
        desk.working.set()


numbers = itertools.count(1)


async def acknowledged(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Bring one update and wait for its acknowledgement."""
    body = update(next(numbers))
    head = f"POST {PATH} HTTP/1.1\r\nHost: kefu\r\n{HEADER}: {SECRET}\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    answer = await reader.readuntil(b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"content-length: 0" in answer.lower()


async def test_telegram_is_told_where_to_bring_updates_and_all_are_answered_once(
    telegram: FakeTelegram, desk: FrontDesk, post: Post, channel: Open
) -> None:
    telegram.deliver_times(3)
    telegram.write("sent while we were away", chat=7)
    async with served(app_of(desk, post.inbox)) as address, channel(None, Webhook(f"{address}{PATH}", SECRET)):
        for number in range(10):
            for chat in (1, 2, 3):
                telegram.write(f"{number}", chat=chat)
        telegram.restart_ids(5)
        telegram.write("a quiet week later", chat=8)
        await telegram.until(lambda: not telegram.pending, within=10)
        await telegram.until(lambda: desk.accepted.qsize() == 32, within=10)

    [call] = telegram.calls("setWebhook")
    assert call.params["secret_token"] == SECRET
    assert call.params["max_connections"] == "40"
    assert call.params["drop_pending_updates"].lower() == "false"
    assert "callback_query" in json.loads(call.params["allowed_updates"])
    assert telegram.calls("getUpdates") == telegram.calls("deleteWebhook") == []
    for chat in (1, 2, 3):
        assert await desk.asked(f"telegram:{chat}") == [str(number) for number in range(10)]


async def test_nothing_is_acknowledged_or_lost_while_the_store_is_away(
    telegram: FakeTelegram, desk: FrontDesk, post: Post, inbox: Outage, channel: Open
) -> None:
    telegram.webhook._pace = replace(telegram.webhook._pace, scale=0.02)
    async with served(app_of(desk, post.inbox)) as address, channel(None, Webhook(f"{address}{PATH}", SECRET)):
        await telegram.until(lambda: bool(telegram.calls("setWebhook")))
        inbox.down.add("put")
        down = time.monotonic()
        for number in range(20):
            telegram.write(f"{number}", chat=1 + number % 3)
        await telegram.until(lambda: len(telegram.deliveries) > 10)
        up = time.monotonic()
        inbox.down.clear()
        await telegram.until(lambda: not telegram.pending, within=10)
        await telegram.until(lambda: desk.accepted.qsize() == 20, within=10)

    assert not acknowledged_between(telegram.deliveries, down, up)
    for chat in (1, 2, 3):
        assert await desk.asked(f"telegram:{chat}") == [str(n) for n in range(20) if 1 + n % 3 == chat]


async def test_a_token_that_is_refused_for_a_while_ends_nothing(telegram: FakeTelegram, channel: Open) -> None:
    telegram.fail("setWebhook", Fault(401, "Unauthorized"), times=3)
    with structlog.testing.capture_logs() as lines:
        async with channel(None, Webhook("http://127.0.0.1:9/telegram/updates", SECRET)):
            await telegram.until(lambda: bool(telegram.webhook.url))

    assert [line["log_level"] for line in lines if "cure" in line] == ["error"]


async def test_polling_ends_the_webhook_and_takes_over_what_waits(
    telegram: FakeTelegram, bot: Bot, channel: Open
) -> None:
    await bot.set_webhook("http://127.0.0.1:9/telegram/updates")
    telegram.write("Hello")
    async with channel():
        await telegram.until(lambda: telegram.sent(42) == ["You asked: Hello"])

    assert telegram.webhook.url == ""


def test_the_derived_secret_is_the_bots_own_and_one_that_telegram_takes() -> None:
    secret = derived_secret("the key", "1")

    assert secret == derived_secret("the key", "1")
    assert len({secret, derived_secret("the key", "2"), derived_secret("another key", "1")}) == 3
    assert secret.isalnum()
    assert len(secret) == 64


@pytest.mark.server
async def test_a_thousand_wrong_secrets_write_nothing(desk: FrontDesk, valkey_server: RealServer) -> None:
    conversations = await RedisConversations.connect(valkey_server.url)
    post = redis_post(conversations, "telegram", "7")
    near = [SECRET[:place] + "*" + SECRET[place + 1 :] for place in range(len(SECRET))]

    async with served(app_of(desk, post.inbox)) as address:
        limits = httpx2.Limits(max_connections=20)
        async with httpx2.AsyncClient(base_url=address, limits=limits) as client:
            assert (await client.post(PATH, content=update(1), headers=RIGHT)).status_code == 200
            before = calls_of(await conversations.server._redis.info("commandstats"))
            statuses = []
            for first in range(0, 1000, 20):
                wrong = [{HEADER: near[number % len(near)]} for number in range(first, first + 20)]
                answers = await asyncio.gather(
                    *(client.post(PATH, content=update(9), headers=headers) for headers in wrong)
                )
                statuses += [answer.status_code for answer in answers]
            after = calls_of(await conversations.server._redis.info("commandstats"))
    await conversations.close()

    assert statuses == [401] * 1000
    assert after == before


def calls_of(stats: dict[str, dict[str, Any]]) -> dict[str, int]:
    """How often each command was called, but for those that this test needs."""
    own = ("info", "client", "hello", "subscribe", "ping", "select")
    counted = {name.removeprefix("cmdstat_"): int(told["calls"]) for name, told in stats.items()}
    return {name: calls for name, calls in counted.items() if name.partition("|")[0] not in own}


@pytest.mark.server
async def test_a_webhook_over_a_real_server_loses_and_doubles_nothing(
    telegram: FakeTelegram, desk: FrontDesk, valkey_server: RealServer, channel: Open
) -> None:
    conversations = await RedisConversations.connect(valkey_server.url)
    post = redis_post(conversations, "telegram", "8")
    telegram.deliver_times(3)
    async with served(app_of(desk, post.inbox)) as address, channel(post, Webhook(f"{address}{PATH}", SECRET)):
        for number in range(100):
            telegram.write(f"{number}", chat=1 + number % 20)
        await telegram.until(lambda: not telegram.pending, within=20)
        await telegram.until(lambda: desk.accepted.qsize() >= 100, within=20)
        async with asyncio.timeout(5):
            while await post.inbox.waiting():
                await asyncio.sleep(0.01)
    await conversations.close()

    for chat in range(1, 21):
        assert await desk.asked(f"telegram:{chat}") == [str(n) for n in range(100) if 1 + n % 20 == chat]
