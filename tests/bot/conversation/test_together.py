"""Asks of one turn of the loop go along, and each gets what is its own."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.conversation.together import Together


class Trips:
    """Doubles numbers; `made` is what went along on each trip. Odd numbers have an error."""

    def __init__(self) -> None:
        self.made: list[list[int]] = []
        self.free = asyncio.Event()
        self.free.set()

    async def make(self, numbers: Sequence[int]) -> list[int | Exception]:
        self.made.append(list(numbers))
        await self.free.wait()
        if 13 in numbers:
            raise OSError("the road is closed")
        return [ValueError(number) if number % 2 else 2 * number for number in numbers]


@pytest.fixture
def trips() -> Trips:
    return Trips()


@pytest.fixture
def together(trips: Trips) -> Together[int, int]:
    return Together(trips.make)


async def test_asks_of_one_turn_share_a_trip_in_their_order(trips: Trips, together: Together[int, int]) -> None:
    assert await asyncio.gather(*(together.ask(number) for number in (2, 4, 6))) == [4, 8, 12]
    assert await together.ask(8) == 16
    assert trips.made == [[2, 4, 6], [8]]


async def test_a_trip_under_way_holds_up_no_other(trips: Trips, together: Together[int, int]) -> None:
    trips.free.clear()
    first = asyncio.create_task(together.ask(2))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(together.ask(4))
    await asyncio.sleep(0.01)

    assert trips.made == [[2], [4]]
    trips.free.set()
    assert await asyncio.gather(first, second) == [4, 8]


async def test_a_crowd_goes_in_more_than_one_trip(trips: Trips, together: Together[int, int]) -> None:
    asked = [2 * number for number in range(250)]

    assert await asyncio.gather(*map(together.ask, asked)) == [2 * number for number in asked]
    assert [len(trip) for trip in trips.made] == [100, 100, 50]


async def test_the_error_of_one_is_not_the_others(together: Together[int, int]) -> None:
    told = await asyncio.gather(*map(together.ask, (2, 3, 4)), return_exceptions=True)

    assert (told[0], told[2]) == (4, 8)
    assert isinstance(told[1], ValueError)


async def test_a_trip_that_fails_fails_for_all_who_went_along(together: Together[int, int]) -> None:
    told = await asyncio.gather(*map(together.ask, (2, 13)), return_exceptions=True)

    assert [type(one) for one in told] == [OSError, OSError]
    assert await together.ask(2) == 4


async def test_whoever_leaves_has_asked_all_the_same(trips: Trips, together: Together[int, int]) -> None:
    trips.free.clear()
    leaving, staying = (asyncio.create_task(together.ask(number)) for number in (2, 4))
    await asyncio.sleep(0.01)
    leaving.cancel()
    trips.free.set()

    assert await staying == 8
    assert leaving.cancelled()
    assert trips.made == [[2, 4]]


async def test_the_end_waits_for_what_is_under_way(trips: Trips, together: Together[int, int]) -> None:
    trips.free.clear()
    asked = asyncio.create_task(together.ask(2))
    await asyncio.sleep(0.01)
    asyncio.get_running_loop().call_later(0.05, trips.free.set)

    await together.finish(5)

    assert await asked == 4
