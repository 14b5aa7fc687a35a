"""Where groups are now, by the notebook alone."""

from bot.channels.telegram import moves
from bot.channels.telegram.moves import Moves
from bot.delivery.base import Post


class Counting:
    """A notebook that counts how often it is read."""

    def __init__(self, post: Post) -> None:
        self._notebook = post.notebook
        self.reads = 0

    async def read(self, name: str) -> str:
        self.reads += 1
        return await self._notebook.read(name)

    async def write(self, name: str, value: str, seconds: float) -> None:
        await self._notebook.write(name, value, seconds)

    async def erase(self, name: str) -> None:
        await self._notebook.erase(name)


async def test_no_more_groups_are_remembered_than_the_bound_and_the_rest_is_looked_up(post: Post) -> None:
    notebook = Counting(post)
    known = Moves(notebook)
    await known.move(-1, -1001)
    for chat in range(2, moves.REMEMBERED + 2):
        assert await known.now(-chat) == -chat
    reads = notebook.reads

    assert await known.now(-(moves.REMEMBERED + 1)) == -(moves.REMEMBERED + 1)
    assert notebook.reads == reads
    assert await known.now(-1) == -1001
    assert notebook.reads == reads + 1
