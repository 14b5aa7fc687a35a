"""The staff's forum of the running program, with its real server: a story that goes on over a `kill -9`."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator

import pytest

from bot.settings import Settings
from tests.bot.channels.telegram.staff.conftest import STAFF, Group, forum
from tests.fakes.house import KefuHouse, Serving
from tests.fakes.telegram import TOKEN, FakeTelegram

LONG = 30  # seconds


@contextlib.asynccontextmanager
async def serving(kefu: KefuHouse, telegram: FakeTelegram) -> AsyncIterator[Serving]:
    settings = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API": telegram.url, "TELEGRAM_STAFF": str(STAFF)}
    house = kefu.serving(**settings)
    served = await asyncio.to_thread(house.__enter__)
    try:
        yield served
    finally:
        await asyncio.to_thread(house.__exit__, None, None, None)


@pytest.mark.server
@pytest.mark.slow
async def test_a_topic_goes_on_after_the_program_was_killed(informed: KefuHouse) -> None:
    async with FakeTelegram() as telegram:
        forum(telegram)
        group = Group(telegram)
        async with serving(informed, telegram) as served:
            telegram.write("/human")
            await telegram.until(lambda: "Ada · 42" in group.topics, within=LONG)
            topic = group.topics["Ada · 42"]
            await telegram.until(lambda: bool(group.read(topic)), within=LONG)
            telegram.staff("Hello!", chat=STAFF, topic=topic)
            await telegram.until(lambda: telegram.sent(42)[-1] == "Agent: Hello!", within=LONG)
            await asyncio.to_thread(served.end, number=signal.SIGKILL)
        telegram.write("Are you there?")
        async with serving(informed, telegram):
            await telegram.until(lambda: any("Are you there?" in said for said in group.read(topic)), within=LONG)
            telegram.staff("/close", chat=STAFF, topic=topic)
            await telegram.until(lambda: group.closed(topic), within=LONG)
            telegram.write("When is the shop open?")
            await telegram.until(lambda: "9 to 18" in telegram.sent(42)[-1], within=LONG)

    assert sum("Are you there?" in said for said in group.read(topic)) == 1
    assert not any("When is the shop open?" in said for said in group.read(topic))
    assert len(telegram.calls("createForumTopic")) == 1


def test_a_group_that_is_none_is_refused(kefu: KefuHouse) -> None:
    assert "a group's id is negative" in kefu.refusal("serve", TELEGRAM_STAFF="42")
    assert Settings(telegram_staff="").telegram_staff is None  # type: ignore[arg-type]
