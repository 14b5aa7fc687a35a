"""What reads and writes for agents, over a generator that writes by a table."""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from fastapi import APIRouter

from bot.answering.engine import Answers, Engine
from bot.answering.wording import Writer
from bot.channels.web.desk_book import Book
from bot.channels.web.desk_reading import reading_router
from bot.channels.web.desk_writing import writing_routers
from bot.conversation.base import Conversations
from bot.desk.insight import Insight
from bot.desk.writing import Writing
from bot.generators.base import Cancelled, ChatMessage, Limits, Pieces, Prompt
from tests.bot.channels.web.office import retriever_of


@dataclass
class ByTable:
    """A generator whose draft is that of the first key found in the last message; else the message's own text."""

    drafts: dict[str, str] = field(default_factory=dict)
    prompts: list[Prompt] = field(default_factory=list)
    may_write: threading.Event = field(default_factory=threading.Event)
    writing: int = 0
    name: str = "by table"
    context: int = 4096

    def __post_init__(self) -> None:
        self.may_write.set()

    def count_tokens(self, messages: Sequence[ChatMessage]) -> int:
        return sum(len(message.content) for message in messages) // 3

    def generate(self, prompt: Prompt, limits: Limits) -> Pieces:
        self.prompts.append(prompt)
        self.writing += 1
        try:
            yield from self._written(prompt, limits)
        finally:
            self.writing -= 1

    def _written(self, prompt: Prompt, limits: Limits) -> Iterator[str]:
        last = prompt.messages[-1].content
        text = last.rpartition("\n\n")[2]
        draft = next((draft for key, draft in self.drafts.items() if key in last), text)
        for start in range(0, len(draft), 4):
            while not self.may_write.wait(0.01):
                if limits.cancelled.is_set():
                    raise Cancelled("no longer wanted")
            time.sleep(0)
            yield draft[start : start + 4]

    def close(self) -> None:
        pass


def helpers(folder: Path, conversations: Conversations, book: Book, generator: ByTable) -> list[APIRouter]:
    """The routes of both, over the knowledge in `folder`."""
    retriever = retriever_of(folder)
    engine = Engine(cast(Answers, None))
    writing = Writing(engine, Writer(generator), retriever)
    return [*writing_routers(writing, book), reading_router(Insight(conversations, retriever))]
