import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from bot.channels.telegram.pacing import Tempo
from bot.conversation.messages import Message
from bot.delivery.base import Post
from tests.bot.channels.telegram.conftest import TEMPO, carrying
from tests.fakes.frontdesk import PERSON, FrontDesk
from tests.fakes.telegram import FakeTelegram

STAFF = -1007001
GENERAL = 1
CUSTOMER, VISITOR = "telegram:42", "web:3fc1a0b2c4d5e6f7"

Serve = Callable[..., AbstractAsyncContextManager[asyncio.Task[None]]]


def forum(telegram: FakeTelegram, chat: int = STAFF) -> None:
    """A group with topics, and nothing but the general one in it."""
    telegram.chats.topics[chat][GENERAL] = {"message_thread_id": GENERAL, "name": "General"}


class Group:
    """The staff's group, as its members see it."""

    def __init__(self, telegram: FakeTelegram) -> None:
        self._telegram = telegram

    @property
    def topics(self) -> dict[str, int]:
        """The topics' numbers, by their names."""
        known = self._telegram.chats.topics[STAFF].values()
        return {topic["name"]: topic["message_thread_id"] for topic in known if topic["name"] != "General"}

    def closed(self, topic: int) -> bool:
        """Whether a topic is closed."""
        return bool(self._telegram.chats.topics[STAFF][topic].get("closed"))

    def read(self, topic: int) -> list[str]:
        """What the bot wrote in a topic, in order."""
        calls = self._telegram.calls("sendMessage", STAFF)
        return [c.text for c in calls if c.status == 200 and c.params.get("message_thread_id") == str(topic)]

    async def topic(self, name: str) -> int:
        """The topic of this name, as soon as there is one."""
        await self._telegram.until(lambda: name in self.topics)
        return self.topics[name]

    async def shows(self, topic: int, text: str) -> None:
        """Wait until a topic shows a text."""
        await self._telegram.until(lambda: any(text in said for said in self.read(topic)))

    def service(self, kind: str, topic: int, agent: int = 900, **fields: Any) -> None:
        """An agent does something to a topic."""
        author = {"id": agent, "is_bot": False, "first_name": "Mia"}
        self._telegram.write(chat=STAFF, topic=topic, **({kind: {}, "from": author} | fields))


@pytest.fixture
def group(telegram: FakeTelegram) -> Group:
    forum(telegram)
    return Group(telegram)


@pytest.fixture
def serve(telegram: FakeTelegram, desk: FrontDesk, post: Post) -> Serve:
    def open_channel(
        tempo: Tempo = TEMPO, staff: int | None = STAFF, with_post: Post | None = None
    ) -> AbstractAsyncContextManager[asyncio.Task[None]]:
        return carrying(telegram, desk, with_post or post, tempo, staff=staff)

    return open_channel


@pytest.fixture
async def staffed(serve: Serve, group: Group) -> AsyncIterator[None]:
    """The channel with a staff's forum, open for the whole test."""
    async with serve():
        yield


def visits(text: str, number: int = 1) -> Message:
    """What a visitor of the website writes."""
    return Message(VISITOR, f"visit-{number}", text, time.time(), "Grace", "en")


async def asks_for_person(telegram: FakeTelegram, group: Group) -> int:
    """A customer of Telegram asks for a person; the topic where that stands."""
    telegram.write("/human")
    topic = await group.topic("Ada · 42")
    await group.shows(topic, f"Ada: {PERSON}")
    return topic
