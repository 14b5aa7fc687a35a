"""What the inbox promises, beside every store."""

import asyncio

import pytest

from bot.conversation.base import ConversationsUnavailable
from bot.conversation.memory import MemoryConversations
from bot.conversation.redis import RedisConversations
from bot.delivery.base import Inbox, Parcel
from bot.delivery.memory import MemoryInbox
from bot.delivery.redis import RedisInbox
from tests.bot.conversation.conftest import Store
from tests.bot.delivery.conftest import Posts

SOON = 5.0  # seconds that something may take which must happen
PLACE = "telegram:7"


async def taken(inbox: Inbox, done: Parcel | None = None) -> Parcel:
    parcel = await inbox.next(done, SOON)
    assert parcel is not None
    return parcel


@pytest.fixture
async def inbox(posts: Posts) -> Inbox:
    return (await posts.open())[1].inbox


async def small(store: Store, full: int) -> Inbox:
    """An inbox that is full soon."""
    conversations = await store.open()
    if isinstance(conversations, MemoryConversations):
        return MemoryInbox(conversations, full)
    assert isinstance(conversations, RedisConversations)
    return RedisInbox(conversations, PLACE, full)


class TestPutting:
    async def test_stores_an_update_once(self, inbox: Inbox) -> None:
        assert await inbox.put("1", b"one")
        assert not await inbox.put("1", b"one")
        assert await inbox.waiting() == 1

        parcel = await taken(inbox)
        assert (parcel.name, parcel.raw) == ("1", b"one")
        assert await inbox.next(parcel, 0) is None

    async def test_is_still_once_when_it_was_handled(self, inbox: Inbox) -> None:
        await inbox.put("1", b"one")
        assert await inbox.next(await taken(inbox), 0) is None

        assert not await inbox.put("1", b"one")
        assert await inbox.waiting() == 0

    async def test_is_still_once_when_it_was_buried(self, inbox: Inbox) -> None:
        await inbox.put("1", b"one")
        await inbox.bury(await taken(inbox), "broken")

        assert not await inbox.put("1", b"one")

    async def test_a_hundred_deliveries_at_once_make_one(self, posts: Posts) -> None:
        doors = [(await posts.open())[1].inbox for _ in range(4)]

        put = await asyncio.gather(*(door.put("1", b"one") for door in doors for _ in range(25)))

        assert put.count(True) == 1
        assert await doors[0].waiting() == 1

    @pytest.mark.parametrize("raw", [b"", b"\0\xff\xfe", b'{"update_id": 1}', b"x" * 200_000])
    async def test_any_bytes_come_back(self, inbox: Inbox, raw: bytes) -> None:
        await inbox.put("阿达 \ud83d", raw)

        parcel = await taken(inbox)
        assert (parcel.name, parcel.raw) == ("阿达 \ud83d", raw)

    async def test_refuses_more_when_it_is_full_and_takes_it_later(self, store: Store) -> None:
        inbox = await small(store, 3)
        for number in range(3):
            await inbox.put(str(number), b"")

        with pytest.raises(ConversationsUnavailable, match="3 updates wait already"):
            await inbox.put("3", b"")
        assert not await inbox.put("2", b"")
        assert await inbox.waiting() == 3

        await inbox.next(await taken(inbox), 0)
        assert await inbox.put("3", b"")


class TestTaking:
    async def test_gives_them_in_the_order_in_which_they_came(self, inbox: Inbox) -> None:
        names = [str(number) for number in (5, 3, 10, 1, 2)]
        for name in names:
            await inbox.put(name, b"")

        taken_names, done = [], None
        while (done := await inbox.next(done, 0)) is not None:
            taken_names.append(done.name)

        assert taken_names == names

    async def test_gives_the_same_until_it_is_settled_and_counts(self, inbox: Inbox) -> None:
        await inbox.put("1", b"one")
        await inbox.put("2", b"two")

        given = [await taken(inbox) for _ in range(3)]
        last = await taken(inbox, given[0])

        assert [(parcel.name, parcel.attempts) for parcel in given] == [("1", 1), ("1", 2), ("1", 3)]
        assert (last.name, last.attempts) == ("2", 1)

    async def test_another_reader_goes_on_where_the_first_one_died(self, posts: Posts) -> None:
        first, second = (await posts.open())[1].inbox, (await posts.open())[1].inbox
        for name in "123":
            await first.put(name, b"")
        await taken(first, await taken(first))

        again = await taken(second)

        assert (again.name, again.attempts) == ("2", 2)
        assert (await taken(second, again)).name == "3"

    async def test_settling_twice_settles_no_other(self, inbox: Inbox) -> None:
        for name in "123":
            await inbox.put(name, b"")
        first = await taken(inbox)
        await taken(inbox, first)

        assert (await taken(inbox, first)).name == "2"
        assert await inbox.waiting() == 2

    async def test_gives_nothing_when_there_is_nothing(self, inbox: Inbox) -> None:
        assert await inbox.next(None, 0.01) is None
        assert await inbox.waiting() == 0

    async def test_wakes_up(self, posts: Posts) -> None:
        waiting = asyncio.create_task(taken((await posts.open())[1].inbox))
        await asyncio.sleep(0.02)
        await (await posts.open())[1].inbox.put("1", b"one")

        async with asyncio.timeout(0.5):
            assert (await waiting).raw == b"one"

    async def test_settles_also_when_it_must_wait_for_the_next(self, posts: Posts) -> None:
        inbox = (await posts.open())[1].inbox
        await inbox.put("1", b"one")
        waiting = asyncio.create_task(taken(inbox, await taken(inbox)))
        await asyncio.sleep(0.05)
        assert await inbox.waiting() == 0
        await inbox.put("2", b"two")

        assert (await waiting).name == "2"


class TestBurying:
    async def test_lays_it_aside_for_good_with_the_reason(self, posts: Posts) -> None:
        _, post = await posts.open()
        for name in "12":
            await post.inbox.put(name, b"poison")
        parcel = await taken(post.inbox)
        await post.inbox.bury(parcel, "no JSON")
        await post.inbox.bury(parcel, "no JSON")

        assert (await taken(post.inbox)).name == "2"
        assert await post.inbox.waiting() == 1
        assert await posts.dead_updates() == [("1", "no JSON")]

    async def test_what_was_settled_is_not_buried(self, posts: Posts) -> None:
        _, post = await posts.open()
        await post.inbox.put("1", b"fine")
        parcel = await taken(post.inbox)
        await post.inbox.next(parcel, 0)
        await post.inbox.bury(parcel, "no JSON")

        assert await posts.dead_updates() == []
