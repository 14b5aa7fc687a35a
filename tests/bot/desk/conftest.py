"""A desk over conversations in memory, and an answerer that says what a test wants, when it wants."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from bot.answering.answer import Answer, Mode, Outcome, Question, Reason, Sentence
from bot.answering.engine import Engine
from bot.conversation.memory import MemoryConversations
from bot.conversation.messages import Message
from bot.desk.desk import Desk
from bot.desk.news import Burst
from bot.desk.replying import Replier

NO_BURST = Burst(0.0, 0.0)


class Scripted:
    """Answers every question alike; `go` holds it back, `before` runs first, `questions` keeps what it was asked."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.go.set()
        self.started = threading.Event()
        self.questions: list[Question] = []
        self.outcome = Outcome.ANSWERED
        self.fails: Exception | None = None
        self.cancelled: list[threading.Event] = []
        self.before: Callable[[], Coroutine[Any, Any, object]] | None = None
        self.loop: asyncio.AbstractEventLoop | None = None

    def answer(
        self, question: Question, release: Callable[[Sentence], None], cancelled: threading.Event | None = None
    ) -> Answer:
        self.questions.append(question)
        self.cancelled.append(cancelled or threading.Event())
        if self.before and self.loop:
            asyncio.run_coroutine_threadsafe(self.before(), self.loop).result(5)
        release(Sentence("First.", ("entry",)))
        self.started.set()
        assert self.go.wait(5)
        if self.fails:
            raise self.fails
        release(Sentence("Second.", ("entry",)))
        reason = Reason.ASKED_FOR_PERSON if self.outcome is Outcome.HANDED_OVER else None
        return Answer(self.outcome, Mode.VERBATIM, "First. Second.", "en", 0.9, reason=reason)


@pytest.fixture
async def answerer() -> Scripted:
    scripted = Scripted()
    scripted.loop = asyncio.get_running_loop()
    return scripted


@pytest.fixture
def engine(answerer: Scripted) -> Iterator[Engine]:
    engine = Engine(answerer)
    yield engine
    answerer.go.set()
    engine.close()


@pytest.fixture
def conversations() -> MemoryConversations:
    return MemoryConversations()


@pytest.fixture
def desk(conversations: MemoryConversations, engine: Engine) -> Desk:
    return Desk(conversations, engine)


@pytest.fixture
def replier(conversations: MemoryConversations, engine: Engine) -> Replier:
    return Replier(conversations, engine, burst=NO_BURST)


def message(text: str = "Where is my parcel?", number: int = 1) -> Message:
    return Message("web:1", f"m{number}", text, 1000.0 + number, "Kim", "en")
