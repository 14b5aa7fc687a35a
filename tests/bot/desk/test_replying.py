import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.answering.answer import Outcome
from bot.answering.engine import Engine
from bot.conversation.memory import MemoryConversations
from bot.conversation.messages import BOT, About, Claim, Message, Status
from bot.conversation.records import ATTEMPTS
from bot.desk.desk import Desk
from bot.desk.hours import Hours
from bot.desk.news import Burst
from bot.desk.replying import Replier
from tests.bot.desk.conftest import NO_BURST, Scripted, message


async def claimed(conversations: MemoryConversations) -> Claim:
    claim = await conversations.claim("w1", 1)
    assert claim is not None
    return claim


async def kinds(conversations: MemoryConversations) -> list[str]:
    return [event.kind for event in await conversations.events("web:1", "0", 0)]


async def test_answers_what_was_accepted(desk: Desk, replier: Replier, conversations: MemoryConversations) -> None:
    await desk.receive(message())
    assert await replier.reply(await claimed(conversations))
    turn = (await conversations.read("web:1")).turns[-1]
    assert (turn.role, turn.text) == ("bot", "First. Second.")
    assert turn.answer is not None
    assert turn.answer["confidence"] == 0.9


async def test_sentences_are_shown_before_the_turn(
    desk: Desk, replier: Replier, conversations: MemoryConversations
) -> None:
    await desk.receive(message())
    await replier.reply(await claimed(conversations))
    events = await conversations.events("web:1", "0", 0)
    shown = [event for event in events if event.kind in {"typing", "sentence"} or event.data.get("role") == "bot"]
    assert [event.kind for event in shown] == ["typing", "sentence", "sentence", "turn"]
    assert shown[1].data["turn"] == shown[3].data["id"]
    assert [event.data["text"] for event in shown[1:3]] == ["First.", "Second."]


async def test_nothing_that_is_told_of_the_customer_reaches_a_question(
    desk: Desk, replier: Replier, answerer: Scripted, conversations: MemoryConversations
) -> None:
    told = About("https://canary.example/", "canary", "canary", "canary", {"canary": "canary"}, {"canary": "canary"})
    await desk.receive(replace(message(), about=told))
    await replier.reply(await claimed(conversations))
    await desk.receive(replace(message("And now?", 2), about=told))
    await replier.reply(await claimed(conversations))
    await desk.suggest("web:1")

    assert (await conversations.read("web:1")).state.about == told
    assert [len(question.history) for question in answerer.questions] == [0, 2, 3]
    assert "canary" not in repr(answerer.questions)


async def test_several_messages_are_one_question(
    desk: Desk, replier: Replier, answerer: Scripted, conversations: MemoryConversations
) -> None:
    await desk.receive(message("Hello", 1))
    await desk.receive(message("Where is it?", 2))
    await replier.reply(await claimed(conversations))
    assert answerer.questions[0].text == "Hello\nWhere is it?"
    assert await conversations.claim("w1", 0) is None


async def test_an_agent_who_comes_while_an_answer_is_made_silences_it(
    desk: Desk, replier: Replier, answerer: Scripted, conversations: MemoryConversations
) -> None:
    answerer.go.clear()
    await desk.receive(message())
    answering = asyncio.create_task(replier.reply(await claimed(conversations)))
    await asyncio.to_thread(answerer.started.wait, 5)
    await desk.say("web:1", "Ada", "I am here.", "t1")
    answerer.go.set()
    assert not await answering
    turns = (await conversations.read("web:1")).turns
    assert [turn.role for turn in turns if turn.role != "event"] == ["customer", "agent"]
    events = await conversations.events("web:1", "0", 0)
    assert [event.kind for event in events][-1] == "withdrawn"
    assert "Second." not in [event.data.get("text") for event in events]


async def test_a_handoff_leaves_the_conversation_waiting_with_its_reason(
    desk: Desk, replier: Replier, answerer: Scripted, conversations: MemoryConversations
) -> None:
    answerer.outcome = Outcome.HANDED_OVER
    await desk.receive(message("I want a person"))
    await replier.reply(await claimed(conversations))
    conversation = await conversations.read("web:1")
    assert (conversation.state.status, conversation.state.reason) == (Status.WAITING, "asked_for_person")
    assert [turn.text for turn in conversation.turns[-2:]] == ["First. Second. You are next.", "handed_over"]
    assert conversation.state.owner == BOT


async def test_a_broken_engine_brings_a_person_instead_of_silence(
    desk: Desk, replier: Replier, answerer: Scripted, conversations: MemoryConversations
) -> None:
    answerer.fails = RuntimeError("weights are gone")
    await desk.receive(message())
    assert await replier.reply(await claimed(conversations))
    state = (await conversations.read("web:1")).state
    assert (state.status, state.reason) == (Status.WAITING, "engine_down")


async def test_a_handoff_tells_the_place_in_the_queue(
    desk: Desk, replier: Replier, answerer: Scripted, conversations: MemoryConversations
) -> None:
    answerer.outcome = Outcome.HANDED_OVER
    for number in (1, 2, 3):
        await desk.receive(Message(f"web:{number}", "m1", "I want a person", 1.0))
        await replier.reply(await claimed(conversations))
    told = [(await conversations.read(f"web:{number}")).turns[1].text for number in (1, 2, 3)]
    assert told == ["First. Second. You are next."] + [
        f"First. Second. You are number {n} in the queue." for n in (2, 3)
    ]


async def test_a_handoff_out_of_hours_tells_when_the_team_is_back(
    desk: Desk, engine: Engine, answerer: Scripted, conversations: MemoryConversations
) -> None:
    answerer.outcome = Outcome.HANDED_OVER
    hours = Hours(((), ((540, 1020),), (), (), (), (), ()), ZoneInfo("Europe/Berlin"))
    monday = datetime(2026, 11, 23, 12, tzinfo=UTC)
    replier = Replier(conversations, engine, burst=NO_BURST, hours=hours, now=lambda: monday)
    await desk.receive(message("I want a person"))
    await replier.reply(await claimed(conversations))
    said = (await conversations.read("web:1")).turns[1].text
    assert "tomorrow" in said
    assert "09:00" in said


class TestABurst:
    async def test_becomes_one_question(
        self, desk: Desk, engine: Engine, answerer: Scripted, conversations: MemoryConversations
    ) -> None:
        replier = Replier(conversations, engine, burst=Burst(quiet=0.2, longest=5.0))
        await desk.receive(message("Hello", 1))
        replying = asyncio.create_task(replier.reply(await claimed(conversations)))
        for number, text in enumerate(("I have", "a question", "about my bike", "it is blue"), 2):
            await asyncio.sleep(0.05)
            await desk.receive(message(text, number))
        assert await replying
        assert [q.text for q in answerer.questions] == ["Hello\nI have\na question\nabout my bike\nit is blue"]
        assert await conversations.claim("w1", 0) is None

    async def test_without_end_is_answered_in_between(
        self, desk: Desk, engine: Engine, answerer: Scripted, conversations: MemoryConversations
    ) -> None:
        replier = Replier(conversations, engine, burst=Burst(quiet=0.2, longest=0.5))
        await desk.receive(message("0", 100))
        replying = asyncio.create_task(replier.reply(await claimed(conversations)))
        number = 0
        async with asyncio.timeout(5):
            while not replying.done():
                number += 1
                await desk.receive(message(str(number), 100 + number))
                await asyncio.sleep(0.1)
        assert await replying
        assert "\n" in answerer.questions[0].text

    async def test_ends_at_once_when_an_agent_comes(
        self, desk: Desk, engine: Engine, answerer: Scripted, conversations: MemoryConversations
    ) -> None:
        replier = Replier(conversations, engine, burst=Burst(quiet=60.0, longest=60.0))
        await desk.receive(message())
        replying = asyncio.create_task(replier.reply(await claimed(conversations)))
        await asyncio.sleep(0.05)
        await desk.take_over("web:1", "Ada")
        assert not await asyncio.wait_for(replying, 5)
        assert answerer.questions == []

    async def test_that_is_stopped_gets_no_answer(
        self, desk: Desk, engine: Engine, answerer: Scripted, conversations: MemoryConversations
    ) -> None:
        replier = Replier(conversations, engine, burst=Burst(quiet=60.0, longest=60.0))
        await desk.receive(message())
        replying = asyncio.create_task(replier.reply(await claimed(conversations)))
        await asyncio.sleep(0.05)
        await desk.stop("web:1")
        assert await asyncio.wait_for(replying, 5)
        assert answerer.questions == []
        assert (await conversations.read("web:1")).turns[-1].text == "stopped"
        assert await conversations.claim("w1", 0) is None

    async def test_that_is_stopped_leaves_what_comes_after_it_to_be_answered(
        self, desk: Desk, engine: Engine, answerer: Scripted, conversations: MemoryConversations
    ) -> None:
        replier = Replier(conversations, engine, burst=Burst(quiet=60.0, longest=60.0))
        await desk.receive(message("one", 1))
        claim = await claimed(conversations)
        await desk.stop("web:1")
        await desk.receive(message("two", 2))
        assert await replier.reply(claim)
        assert [turn.text for turn in (await claimed(conversations)).pending] == ["two"]


class TestWhileAnAnswerIsMade:
    async def test_a_newer_message_supersedes_it(
        self, desk: Desk, replier: Replier, answerer: Scripted, conversations: MemoryConversations
    ) -> None:
        answerer.go.clear()
        await desk.receive(message("Where is it?", 1))
        replying = asyncio.create_task(replier.reply(await claimed(conversations)))
        await asyncio.to_thread(answerer.started.wait, 5)
        answerer.started.clear()
        await desk.receive(message("My order, I mean.", 2))
        await asyncio.to_thread(answerer.started.wait, 5)
        answerer.go.set()
        assert await replying
        assert [q.text for q in answerer.questions] == ["Where is it?", "Where is it?\nMy order, I mean."]
        assert answerer.cancelled[0].is_set()
        assert [turn.role for turn in (await conversations.read("web:1")).turns] == ["customer", "customer", "bot"]
        events = await conversations.events("web:1", "0", 0)
        withdrawn = [event.data["turn"] for event in events if event.kind == "withdrawn"]
        first = next(event.data["turn"] for event in events if event.kind == "sentence")
        assert withdrawn == [first]

    async def test_who_writes_on_and_on_is_answered_in_between(
        self, desk: Desk, replier: Replier, answerer: Scripted, conversations: MemoryConversations
    ) -> None:
        answerer.before = lambda: desk.receive(message("and", 100 + len(answerer.questions)))
        await desk.receive(message())
        replying = asyncio.create_task(replier.reply(await claimed(conversations)))
        assert await asyncio.wait_for(replying, 5)
        assert 1 < len(answerer.questions) < 10
        rest = await claimed(conversations)
        assert [turn.text for turn in rest.pending] == ["and"]

    async def test_a_stop_keeps_what_was_released(
        self, desk: Desk, replier: Replier, answerer: Scripted, conversations: MemoryConversations
    ) -> None:
        answerer.go.clear()
        await desk.receive(message())
        replying = asyncio.create_task(replier.reply(await claimed(conversations)))
        await asyncio.to_thread(answerer.started.wait, 5)
        async with asyncio.timeout(5):
            while "sentence" not in await kinds(conversations):
                await asyncio.sleep(0.01)
        await desk.stop("web:1")
        assert await asyncio.wait_for(replying, 5)
        answerer.go.set()
        assert answerer.cancelled[0].is_set()
        turns = (await conversations.read("web:1")).turns
        assert [(turn.role, turn.text) for turn in turns[1:]] == [("bot", "First."), ("event", "stopped")]
        assert await conversations.claim("w1", 0) is None

    async def test_an_agent_who_takes_over_cancels_it(
        self, desk: Desk, replier: Replier, answerer: Scripted, conversations: MemoryConversations
    ) -> None:
        answerer.go.clear()
        await desk.receive(message())
        replying = asyncio.create_task(replier.reply(await claimed(conversations)))
        await asyncio.to_thread(answerer.started.wait, 5)
        await desk.take_over("web:1", "Ada")
        assert not await asyncio.wait_for(replying, 5)
        assert answerer.cancelled[0].is_set()
        answerer.go.set()


async def test_a_stop_without_an_answer_in_the_making_changes_nothing(
    desk: Desk, replier: Replier, conversations: MemoryConversations
) -> None:
    await desk.receive(message())
    await desk.stop("web:1")
    assert await replier.reply(await claimed(conversations))
    assert (await conversations.read("web:1")).turns[-1].text == "First. Second."


async def test_what_nobody_survives_is_given_up_with_a_word_to_the_customer(
    desk: Desk, replier: Replier, answerer: Scripted, conversations: MemoryConversations
) -> None:
    await desk.receive(message())
    for _ in range(ATTEMPTS):
        await conversations.release(await claimed(conversations))
    assert await replier.reply(await claimed(conversations))
    known = await conversations.read("web:1")
    assert answerer.questions == []
    assert (known.state.status, known.state.reason) == (Status.WAITING, "engine_down")
    assert [turn.role for turn in known.turns] == ["customer", "bot", "event", "event"]
    assert "colleague" in known.turns[1].text
    assert conversations.dead == [("web:1", "engine_down")]
