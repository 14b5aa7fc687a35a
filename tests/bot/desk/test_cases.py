"""Past cases: which there are, and which are like a question."""

from pathlib import Path

import pytest

from bot.conversation.memory import MemoryConversations
from bot.conversation.messages import Conversation, Message, State, Turn
from bot.desk.cases import Cases, cases_of
from knowledge.corpus.entry import Entry
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.retriever import Retriever
from knowledge.snapshot.builder import build


@pytest.fixture
def conversations() -> MemoryConversations:
    return MemoryConversations()


@pytest.fixture
def cases(conversations: MemoryConversations, tmp_path: Path) -> Cases:
    embedder = HashingEmbedder()
    built = build([Entry("hours", "Nine to six.", "When are you open?", language="en")], [], embedder, tmp_path)
    retriever = Retriever(built, embedder)
    return Cases(conversations, lambda: retriever)


async def talk(conversations: MemoryConversations, name: str, question: str, reply: str) -> None:
    await conversations.accept(Message(name, f"ask {name}", question, 1.0))
    await conversations.say(name, "Mia", Turn(f"say {name}", "agent", reply, 2.0, "Mia"))


async def test_a_resolved_conversation_like_the_question_is_found(
    conversations: MemoryConversations, cases: Cases
) -> None:
    await talk(conversations, "web:1", "My lamp arrived broken", "We send a new lamp.")
    await talk(conversations, "web:2", "Do you sell gift cards?", "Yes, in the shop.")
    for name in ("web:1", "web:2"):
        await conversations.resolve(name, "Mia")

    (found,) = await cases.similar("the lamp arrived broken")

    assert (found.case.conversation, found.case.reply, found.case.by) == ("web:1", "We send a new lamp.", "Mia")


async def test_what_is_not_resolved_or_the_very_same_conversation_is_not(
    conversations: MemoryConversations, cases: Cases
) -> None:
    await talk(conversations, "web:1", "My lamp arrived broken", "We send a new lamp.")
    assert await cases.similar("My lamp arrived broken") == []
    await conversations.resolve("web:1", "Mia")

    assert len(await cases.similar("My lamp arrived broken")) == 1
    assert await cases.similar("My lamp arrived broken", but="web:1") == []


async def test_one_that_is_opened_again_is_forgotten_and_read_anew(
    conversations: MemoryConversations, cases: Cases
) -> None:
    await talk(conversations, "web:1", "My lamp arrived broken", "We send a new lamp.")
    await conversations.resolve("web:1", "Mia")
    assert await cases.similar("My lamp arrived broken")
    await conversations.reopen("web:1", "Mia")

    assert await cases.similar("My lamp arrived broken") == []


async def test_the_same_reply_is_shown_once(conversations: MemoryConversations, cases: Cases) -> None:
    for name in ("web:1", "web:2"):
        await talk(conversations, name, "My lamp arrived broken", "We send a new lamp.")
        await conversations.resolve(name, "Mia")

    assert len(await cases.similar("My lamp arrived broken")) == 1


def test_a_case_is_what_was_asked_since_the_last_reply_and_no_command() -> None:
    said = [
        Turn("1", "customer", "Hello", 1.0),
        Turn("2", "customer", "/human", 2.0),
        Turn("3", "event", "noted", 2.5, "Mia", note="Secret"),
        Turn("4", "agent", "Hi.", 3.0, "Mia"),
        Turn("5", "agent", "Still there?", 4.0, "Mia"),
        Turn("6", "customer", "/human", 5.0),
        Turn("7", "agent", "Here.", 6.0, "Mia"),
    ]

    found = list(cases_of(Conversation(State("web:1"), tuple(said))))

    assert [(case.question, case.reply) for case in found] == [("Hello", "Hi.")]
