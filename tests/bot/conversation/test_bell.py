import asyncio

from bot.conversation.bell import Bell

NEVER = 60.0


class Box:
    """Something to look into; counts the looks."""

    def __init__(self) -> None:
        self.found: str | None = None
        self.looks = 0

    async def look(self) -> str | None:
        self.looks += 1
        return self.found


async def test_does_not_wait_for_what_is_there() -> None:
    box = Box()
    box.found = "it"

    assert await Bell(NEVER).until("topic", box.look, NEVER) == "it"
    assert box.looks == 1


async def test_looks_once_when_there_is_no_time() -> None:
    box = Box()

    assert await Bell(NEVER).until("topic", box.look, 0) is None
    assert box.looks == 1


async def test_a_ring_wakes_everyone_of_its_topic_and_no_one_else() -> None:
    bell, box, other = Bell(NEVER), Box(), Box()
    waiting = [asyncio.create_task(bell.until("topic", box.look, NEVER)) for _ in range(3)]
    elsewhere = asyncio.create_task(bell.until("other", other.look, NEVER))
    await asyncio.sleep(0.01)
    box.found = "it"
    bell.ring("topic")

    async with asyncio.timeout(5):
        assert await asyncio.gather(*waiting) == ["it"] * 3
    assert other.looks == 1
    other.found = "that"
    bell.ring_all()
    async with asyncio.timeout(5):
        assert await elsewhere == "that"


async def test_a_ring_during_the_look_is_not_lost() -> None:
    bell, box = Bell(NEVER), Box()

    async def look() -> str | None:
        seen = await box.look()
        if box.looks == 1:
            box.found = "it"
            bell.ring("topic")
        return seen

    async with asyncio.timeout(5):
        assert await bell.until("topic", look, NEVER) == "it"


async def test_looks_by_itself_when_no_bell_rings() -> None:
    box = Box()
    waiting = asyncio.create_task(Bell(0.01).until("topic", box.look, NEVER))
    await asyncio.sleep(0.02)
    box.found = "it"

    async with asyncio.timeout(5):
        assert await waiting == "it"


async def test_forgets_topics_that_nobody_waits_for() -> None:
    bell, box = Bell(NEVER), Box()
    for number in range(100):
        await bell.until(f"topic {number}", box.look, 0)

    assert len(bell._waiting) <= 1
