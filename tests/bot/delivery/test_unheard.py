"""What the outbox does when its answer does not arrive, because the connection broke or the server stood still."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from bot.conversation.base import Conversations, ConversationsUnavailable
from bot.conversation.messages import Message, Reply, Turn
from bot.conversation.redis import RedisConversations
from bot.conversation.server import Server, Text
from bot.delivery.base import Outbox
from bot.delivery.redis import redis_post
from tests.conftest import RealServer

pytestmark = pytest.mark.server

ADA = "telegram:42"


class BadLine(Server):
    """Loses the next answer: `fails` times for good, after `repeats` of the act by the connection itself."""

    fails = repeats = 0

    async def run(self, name: str, keys: Sequence[bytes], arguments: Sequence[Text]) -> Any:
        answer = await super().run(name, keys, arguments)
        if name == "bot.delivery/next_turn" and self.repeats:
            self.repeats -= 1
            answer = await super().run(name, keys, arguments)
        if name == "bot.delivery/next_turn" and self.fails:
            self.fails -= 1
            raise ConversationsUnavailable("the line broke")
        return answer


@pytest.fixture(params=["valkey", "redis"])
async def line(request: pytest.FixtureRequest) -> AsyncIterator[BadLine]:
    server: RealServer = request.getfixturevalue(f"{request.param}_server")
    server.ask("FLUSHALL")
    line = BadLine(server.url)
    yield line
    await line.close()


@pytest.fixture
async def outbox(line: BadLine) -> Outbox:
    """One with three turns of one conversation."""
    conversations = RedisConversations(line)
    for text in ("one", "two", "three"):
        await answer(conversations, text)
    return redis_post(conversations, "telegram", "7").outbox


async def answer(conversations: Conversations, text: str) -> None:
    await conversations.accept(Message(ADA, text, text, 1.5))
    claim = await conversations.claim("worker", 0)
    assert claim is not None
    assert await conversations.commit(claim, Reply((Turn(f"bot-{text}", "bot", f"re: {text}", 2.5),)))


async def sent(outbox: Outbox) -> list[str]:
    texts = []
    while (outgoing := await outbox.next("sender", 0)) is not None:
        texts.append(outgoing.turn.text)
    return texts


async def test_an_act_that_was_repeated_skips_no_turn(line: BadLine, outbox: Outbox) -> None:
    line.repeats = 2

    assert await sent(outbox) == ["re: one", "re: two", "re: three"]


async def test_a_turn_that_was_handed_out_unheard_comes_next(line: BadLine, outbox: Outbox) -> None:
    line.fails = 2
    for _ in range(2):
        with pytest.raises(ConversationsUnavailable):
            await outbox.next("sender", 0)

    assert await sent(outbox) == ["re: one", "re: two", "re: three"]


async def test_what_another_has_settled_meanwhile_does_not_come_again(line: BadLine, outbox: Outbox) -> None:
    line.fails = 1
    with pytest.raises(ConversationsUnavailable):
        await outbox.next("sender", 0)
    taken = await outbox.next("another", 0)
    assert taken is not None
    await outbox.settle(taken)

    assert await sent(outbox) == ["re: two", "re: three"]
