import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.answering.answer import Answer, Mode, Outcome, Sentence, Source
from bot.channels.console import chat
from bot.conversation.memory import MemoryConversations
from tests.fakes.frontdesk import RETURNS, FrontDesk, Outage


class Terminal:
    """Lines that are typed, and all that was written."""

    def __init__(self, *typed: str) -> None:
        self.written = ""
        self._wrote = asyncio.Event()
        self._typed: asyncio.Queue[str | None] = asyncio.Queue()
        for line in typed:
            self._typed.put_nowait(line)

    def type(self, line: str | None) -> None:
        self._typed.put_nowait(line)

    async def lines(self) -> AsyncIterator[str]:
        while (line := await self._typed.get()) is not None:
            yield line

    def write(self, text: str) -> None:
        self.written += text
        self._wrote.set()

    async def until(self, written: str) -> None:
        async with asyncio.timeout(5):
            while written not in self.written:
                self._wrote.clear()
                await self._wrote.wait()


@pytest.fixture
async def desk() -> AsyncIterator[FrontDesk]:
    conversations = MemoryConversations()
    desk = FrontDesk(Outage(conversations))
    async with desk.open():
        yield desk
    await conversations.close()


async def talk(desk: FrontDesk, *lines: str, prompt: str = "") -> str:
    """All that is written when `lines` are piped in."""
    terminal = Terminal(*lines)
    terminal.type(None)
    await chat(desk, lines=terminal.lines(), write=terminal.write, prompt=prompt)
    return terminal.written


def streamed(text: str, *sentences: str, source: Source = RETURNS) -> Answer:
    parts = tuple(Sentence(sentence, (source.id,)) for sentence in sentences)
    return Answer(Outcome.ANSWERED, Mode.VERBATIM, text, "en", 0.9, parts, (source,))


async def test_each_piped_line_is_answered_in_its_place(desk: FrontDesk) -> None:
    assert await talk(desk, "one", "", "  ", "two") == "You asked: one\nYou asked: two\n"


async def test_sources_are_numbered_below(desk: FrontDesk) -> None:
    desk.answers["returns?"] = streamed("Within 30 days. It's free.", "Within 30 days.", "It's free.")

    assert await talk(desk, "returns?") == (
        "Within 30 days. It's free.\n  [1] Returns – https://shop.example/returns\n"
    )


async def test_sentences_without_spaces_between_them_stay_so(desk: FrontDesk) -> None:
    desk.answers["退货"] = streamed("可以退货。运费免费。", "可以退货。", "运费免费。")

    assert (await talk(desk, "退货")).splitlines()[0] == "可以退货。运费免费。"


async def test_a_reply_that_differs_from_what_was_streamed_counts(desk: FrontDesk) -> None:
    desk.answers["?"] = streamed("I can't say.", "It is so.")

    assert (await talk(desk, "?")).splitlines()[:2] == ["It is so.", "I can't say."]


async def test_sentences_are_written_before_the_reply_is_whole(desk: FrontDesk) -> None:
    terminal = Terminal("slow?")
    desk.working.clear()
    talking = asyncio.create_task(chat(desk, lines=terminal.lines(), write=terminal.write))
    name = (await desk.accepted.get()).conversation
    for text in ("First.", "Second."):
        await desk.conversations.announce(name, "sentence", {"turn": "t", "text": text, "sources": []})
    await terminal.until("First. Second.")
    await desk.conversations.announce(name, "withdrawn", {"turn": "t"})
    await terminal.until("(withdrawn)")
    desk.working.set()
    await terminal.until("You asked: slow?\n")
    terminal.type("/quit")
    await talking


async def test_human_asks_for_a_person(desk: FrontDesk) -> None:
    assert await talk(desk, "/human") == "A colleague will answer here.\n"


async def test_quit_ends_at_once(desk: FrontDesk) -> None:
    assert await talk(desk, "/quit", "never asked") == ""


async def test_a_prompt_is_written_whenever_a_line_is_awaited(desk: FrontDesk) -> None:
    assert await talk(desk, "one", prompt="> ") == "> You asked: one\n> "


async def test_what_the_desk_refuses_is_told_and_the_talk_goes_on(desk: FrontDesk) -> None:
    written = await talk(desk, "x" * 5000, "one")

    assert "5,000 characters" in written
    assert written.endswith("You asked: one\n")


async def test_a_store_that_is_away_is_told_and_the_talk_goes_on(desk: FrontDesk) -> None:
    desk.conversations.down.add("accept")
    terminal = Terminal("one")
    talking = asyncio.create_task(chat(desk, lines=terminal.lines(), write=terminal.write))
    await terminal.until("not accepted: the server is away\n")
    desk.conversations.down.clear()
    terminal.type("two")
    terminal.type(None)
    await talking

    assert terminal.written.endswith("You asked: two\n")


async def test_an_agent_who_takes_over_is_heard_and_the_bot_no_longer_awaited(desk: FrontDesk) -> None:
    terminal = Terminal("one")
    talking = asyncio.create_task(chat(desk, lines=terminal.lines(), write=terminal.write))
    await terminal.until("You asked: one\n")
    name = (await desk.accepted.get()).conversation
    await desk.say(name, "Mia", "I'm here now.", "turn-1")
    await terminal.until("Mia: I'm here now.\n")
    terminal.type("two")
    terminal.type("/quit")
    await asyncio.wait_for(talking, 5)

    assert await desk.asked(name) == ["one", "two"]
    assert "You asked: two" not in terminal.written


async def test_a_reply_that_does_not_come_is_waited_for_no_longer_than_told(desk: FrontDesk) -> None:
    terminal = Terminal("one", "/quit")
    desk.working.clear()
    await asyncio.wait_for(chat(desk, lines=terminal.lines(), write=terminal.write, patience=0.05), 5)

    assert terminal.written == "no reply within 0.05 seconds: it is shown here if it still comes\n"


async def test_a_question_that_was_laid_aside_is_told_and_the_talk_goes_on() -> None:
    desk = FrontDesk(MemoryConversations())
    terminal = Terminal("one")
    talking = asyncio.create_task(chat(desk, lines=terminal.lines(), write=terminal.write))
    await desk.accepted.get()
    while claim := await desk.conversations.claim("worker", 0.2):
        await desk.conversations.release(claim)
    await terminal.until("the bot failed to answer: a person has been called\n")
    terminal.type("/quit")
    await asyncio.wait_for(talking, 5)
