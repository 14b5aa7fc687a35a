"""What the desk's book promises, in memory and on real servers."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from bot.channels.web import desk_book, desk_redis_book
from bot.channels.web.desk_book import Book, BookFull, Canned, MemoryBook
from bot.channels.web.desk_redis_book import RedisBook
from bot.conversation.base import ConversationsUnavailable

KINDS = [
    "memory",
    pytest.param("valkey", marks=pytest.mark.server),
    pytest.param("redis", marks=pytest.mark.server),
]
HELLO = Canned("hello", "Hello {name}!", ("greeted",), True)


@pytest.fixture(params=KINDS)
async def book(request: pytest.FixtureRequest) -> AsyncIterator[Book]:
    if request.param == "memory":
        yield MemoryBook()
        return
    server = request.getfixturevalue(f"{request.param}_server")
    server.ask("FLUSHALL")
    async with Redis.from_url(server.url) as client:
        yield RedisBook(client, kept=3600.0)


async def test_canned_answers_are_kept_by_name(book: Book) -> None:
    await book.keep(Canned("再见", "再见！"))
    await book.keep(Canned("hello", "Hi"))
    await book.keep(HELLO)

    assert list(await book.canned()) == [HELLO, Canned("再见", "再见！")]


async def test_a_dropped_one_is_gone(book: Book) -> None:
    await book.keep(HELLO)
    await book.drop("hello")
    await book.drop("never")

    assert list(await book.canned()) == []


async def test_a_full_book_takes_no_new_one_but_changes_an_old_one(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_book, "MOST_CANNED", 1)
    monkeypatch.setattr(desk_redis_book, "MOST_CANNED", 1)
    await book.keep(Canned("hello", "Hi"))
    with pytest.raises(BookFull, match="remove one first"):
        await book.keep(Canned("bye", "Bye"))
    await book.keep(HELLO)

    assert list(await book.canned()) == [HELLO]


async def test_acts_are_given_newest_first(book: Book) -> None:
    for number in range(3):
        await book.log({"act": "sent", "text": f"退货 {number}"})

    assert [act["text"] for act in await book.logged(2)] == ["退货 2", "退货 1"]
    assert list(await book.logged(0)) == []


@pytest.mark.server
async def test_acts_are_forgotten_when_they_are_old(valkey_server) -> None:  # type: ignore[no-untyped-def]
    valkey_server.ask("FLUSHALL")
    async with Redis.from_url(valkey_server.url) as client:
        await RedisBook(client, kept=3600.0).log({"act": "old"})
        await RedisBook(client, kept=-1.0 + 3600.0, clock=lambda: 4e9).log({"act": "new"})

        # The later one came when all before it was too old, itself included by the server's own clock.
        assert list(await RedisBook(client, kept=3600.0).logged(5)) == []


async def test_a_server_that_is_away_is_told_in_one_line() -> None:
    async with Redis.from_url("redis://127.0.0.1:1/0") as client:
        with pytest.raises(ConversationsUnavailable, match="check KEFU_REDIS_URL"):
            await RedisBook(client, kept=1.0).canned()
