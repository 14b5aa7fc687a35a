"""How updates leave the inbox: one after the other, none lost, none for ever in the way."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import structlog
from aiogram import Bot, Dispatcher
from aiogram.types import Message
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.incoming.reader import Reader
from bot.conversation.base import ConversationsUnavailable
from bot.conversation.memory import MemoryConversations
from bot.delivery.base import ATTEMPTS, Post
from bot.delivery.memory import memory_post
from tests.bot.channels.telegram.conftest import TEMPO
from tests.fakes import updates
from tests.fakes.frontdesk import Outage
from tests.fakes.telegram import TOKEN


class Handler:
    """Keeps the texts of messages; `on` maps a text to what happens when it is handled."""

    def __init__(self) -> None:
        self.tried: list[str] = []
        self.on: dict[str, Callable[[], None]] = {}

    async def handle(self, message: Message) -> None:
        assert message.text is not None
        self.tried.append(message.text)
        if act := self.on.get(message.text):
            act()


def failing(error: Exception) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


@pytest.fixture
def handler() -> Handler:
    return Handler()


@contextlib.asynccontextmanager
async def reading(post: Post, handler: Handler) -> AsyncIterator[None]:
    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.message.register(handler.handle)
    bot = Bot(TOKEN)
    over = asyncio.Event()
    task = asyncio.create_task(Reader(bot, dispatcher, post, TEMPO).run(over))
    try:
        yield
    finally:
        over.set()
        await task
        await bot.session.close()


async def put(post: Post, number: int, said: str = "", **update: Any) -> bool:
    raw = update or {"message": updates.message(text=said or str(number))}
    return await post.inbox.put(str(number), json.dumps({"update_id": number, **raw}).encode())


async def emptied(post: Post) -> None:
    async with asyncio.timeout(5):
        while await post.inbox.waiting():
            await asyncio.sleep(0.005)


async def test_updates_are_handled_in_the_order_in_which_they_came(post: Post, handler: Handler) -> None:
    for number in (5, 3, 4):
        await put(post, number)
    async with reading(post, handler):
        await emptied(post)

    assert handler.tried == ["5", "3", "4"]


async def test_what_breaks_its_handler_is_laid_aside_and_the_next_is_handled(
    post: Post, inbox: Outage, handler: Handler
) -> None:
    handler.on["bad"] = failing(ValueError("what the customer wrote"))
    await put(post, 1, "bad")
    await put(post, 2, "good")
    with structlog.testing.capture_logs() as lines:
        async with reading(post, handler):
            await emptied(post)

    assert handler.tried == ["bad"] * ATTEMPTS + ["good"]
    assert inbox.dead == [("1", "ValueError")]
    told = next(line for line in lines if line["event"] == "an update is laid aside")
    assert (told["update"], told["reason"]) == ("1", "ValueError")


async def test_what_ends_the_process_each_time_is_laid_aside_unseen(
    post: Post, inbox: Outage, handler: Handler
) -> None:
    await put(post, 1, "deadly")
    await put(post, 2, "good")
    for _ in range(ATTEMPTS):
        assert await post.inbox.next(None, 0)
    async with reading(post, handler):
        await emptied(post)

    assert handler.tried == ["good"]
    [(name, reason)] = inbox.dead
    assert (name, "process" in reason) == ("1", True)


async def test_while_the_conversations_are_away_nothing_is_counted_and_nothing_laid_aside(
    post: Post, inbox: Outage, handler: Handler
) -> None:
    handler.on["early"] = failing(ConversationsUnavailable("away"))
    await put(post, 1, "early")
    await put(post, 2, "late")
    async with reading(post, handler):
        async with asyncio.timeout(5):
            while len(handler.tried) < ATTEMPTS + 3:
                await asyncio.sleep(0.005)
        assert set(handler.tried) == {"early"}
        handler.on.clear()
        await emptied(post)

    assert handler.tried[-1] == "late"
    assert inbox.dead == []


async def test_an_inbox_that_is_away_is_waited_for(post: Post, inbox: Outage, handler: Handler) -> None:
    inbox.down.add("next")
    async with reading(post, handler):
        await put(post, 1)
        await asyncio.sleep(5 * TEMPO.look)
        inbox.down.clear()
        await emptied(post)

    assert handler.tried == ["1"]


@pytest.mark.parametrize(
    "raw",
    [b"", b"not JSON", b"[]", b"7", b"[" * 100_000, b'{"update_id": 1}', b'{"update_id": 1, "of_2031": {}}', b"\xff"],
)
async def test_what_has_an_unknown_form_is_passed_over(
    post: Post, inbox: Outage, handler: Handler, raw: bytes
) -> None:
    await post.inbox.put("1", raw)
    await put(post, 2, "good")
    with structlog.testing.capture_logs() as lines:
        async with reading(post, handler):
            await emptied(post)

    assert handler.tried == ["good"]
    assert inbox.dead == []
    assert {line["log_level"] for line in lines} == {"warning"}


async def test_who_does_not_surely_hold_the_lease_handles_nothing(
    post: Post, inbox: Outage, handler: Handler
) -> None:
    holding = [True]
    handler.on["first"] = holding.clear
    await put(post, 1, "first")
    await put(post, 2, "second")
    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.message.register(handler.handle)
    async with Bot(TOKEN).context() as bot:
        for _ in range(2):
            await asyncio.wait_for(
                Reader(bot, dispatcher, post, TEMPO, lambda: bool(holding)).run(asyncio.Event()), 5
            )
        assert handler.tried == ["first"]
        assert await post.inbox.waiting() == 2
    async with reading(post, handler):
        await emptied(post)

    assert handler.tried == ["first", "second"]
    assert inbox.dead == []


async def test_a_lease_that_ends_while_the_store_is_waited_for_ends_the_handling(
    post: Post, handler: Handler
) -> None:
    held = iter([True, True, False])
    handler.on["early"] = failing(ConversationsUnavailable("away"))
    await put(post, 1, "early")
    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.message.register(handler.handle)
    async with Bot(TOKEN).context() as bot:
        await asyncio.wait_for(Reader(bot, dispatcher, post, TEMPO, lambda: next(held)).run(asyncio.Event()), 5)

    assert handler.tried == ["early"]
    assert await post.inbox.waiting() == 1


async def test_what_was_handled_last_before_a_stop_is_not_handled_again(post: Post, handler: Handler) -> None:
    stopping = asyncio.Event()
    handler.on["last"] = stopping.set
    await put(post, 1, "last")
    await put(post, 2, "next")

    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.message.register(handler.handle)
    async with Bot(TOKEN).context() as bot:
        await Reader(bot, dispatcher, post, TEMPO).run(stopping)
    assert handler.tried == ["last"]
    async with reading(post, handler):
        await emptied(post)

    assert handler.tried == ["last", "next"]


ids = st.lists(st.integers(0, 40) | st.integers(10**9, 10**9 + 5), min_size=1, max_size=60)


@given(ids)
@settings(max_examples=100, deadline=None)
def test_every_new_id_is_handled_once_whatever_their_order(numbers: list[int]) -> None:
    """Gaps, repeats, and ids that start again lower: none is "older" than another."""

    async def play() -> list[str]:
        post, handler = memory_post(MemoryConversations(), "telegram"), Handler()
        for number in numbers:
            await put(post, number)
        async with reading(post, handler):
            await emptied(post)
        return handler.tried

    assert asyncio.run(play()) == list(dict.fromkeys(map(str, numbers)))
