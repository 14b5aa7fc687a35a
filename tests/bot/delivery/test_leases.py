"""What leases and the notebook promise, beside every store."""

import asyncio

import pytest

from bot.delivery.base import Leases, Notebook
from tests.bot.delivery.conftest import Posts

LONG = 30.0
SHORT = 0.2


@pytest.fixture
async def leases(posts: Posts) -> Leases:
    return (await posts.open())[1].leases


@pytest.fixture
async def notebook(posts: Posts) -> Notebook:
    return (await posts.open())[1].notebook


class TestALease:
    async def test_has_one_holder(self, posts: Posts) -> None:
        first, second = (await posts.open())[1].leases, (await posts.open())[1].leases

        assert await first.hold("reader", "a", LONG)
        assert not await second.hold("reader", "b", LONG)
        assert await first.hold("reader", "a", LONG)

    async def test_of_many_who_ask_at_once_one_gets_it(self, posts: Posts) -> None:
        doors = [(await posts.open())[1].leases for _ in range(4)]

        held = await asyncio.gather(*(doors[n % 4].hold("reader", f"process {n}", LONG) for n in range(40)))

        assert held.count(True) == 1

    async def test_of_another_name_is_another_one(self, leases: Leases) -> None:
        assert await leases.hold("reader", "a", LONG)
        assert await leases.hold("sender", "b", LONG)

    async def test_ends_when_nobody_keeps_it(self, posts: Posts) -> None:
        leases = (await posts.open())[1].leases
        await leases.hold("reader", "a", SHORT)
        await posts.store.let_pass(SHORT * 1.5)

        assert await leases.hold("reader", "b", LONG)
        assert not await leases.hold("reader", "a", LONG)

    async def test_lasts_as_long_as_it_is_kept(self, posts: Posts) -> None:
        leases = (await posts.open())[1].leases
        await leases.hold("reader", "a", SHORT)
        for _ in range(3):
            await posts.store.let_pass(SHORT * 0.5)
            assert await leases.hold("reader", "a", SHORT)

        assert not await leases.hold("reader", "b", LONG)

    async def test_is_given_back_by_its_holder_alone(self, leases: Leases) -> None:
        await leases.hold("reader", "a", LONG)
        await leases.let_go("reader", "b")
        assert not await leases.hold("reader", "b", LONG)

        await leases.let_go("reader", "a")
        assert await leases.hold("reader", "b", LONG)
        await leases.let_go("reader", "a")
        assert not await leases.hold("reader", "a", LONG)

    async def test_that_nobody_has_may_be_given_back(self, leases: Leases) -> None:
        await leases.let_go("reader", "a")

        assert await leases.hold("reader", "b", LONG)


class TestANotebook:
    @pytest.mark.parametrize("value", ["12345", "阿达 \ud83d\0", "x" * 10_000])
    async def test_remembers_what_was_written_last(self, posts: Posts, value: str) -> None:
        notebook, another = (await posts.open())[1].notebook, (await posts.open())[1].notebook
        await notebook.write("moved:42", "before", LONG)
        await notebook.write("moved:42", value, LONG)

        assert await another.read("moved:42") == value
        assert await another.read("moved:43") == ""

    async def test_forgets_what_is_erased(self, notebook: Notebook) -> None:
        await notebook.write("offset", "1", LONG)
        await notebook.erase("offset")
        await notebook.erase("offset")

        assert await notebook.read("offset") == ""

    async def test_an_empty_text_is_nothing(self, notebook: Notebook) -> None:
        await notebook.write("offset", "1", LONG)
        await notebook.write("offset", "", LONG)

        assert await notebook.read("offset") == ""

    async def test_forgets_in_time(self, posts: Posts) -> None:
        notebook = (await posts.open())[1].notebook
        await notebook.write("offset", "1", SHORT)
        await posts.store.let_pass(SHORT * 0.25)
        assert await notebook.read("offset") == "1"
        await posts.store.let_pass(SHORT * 1.5)

        assert await notebook.read("offset") == ""

    async def test_shares_no_name_with_leases(self, posts: Posts) -> None:
        _, post = await posts.open()
        await post.leases.hold("reader", "a", LONG)

        assert await post.notebook.read("reader") == ""
