import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.conversation.base import ConversationUnknown
from bot.conversation.memory import MemoryConversations
from bot.conversation.messages import Message, Reply, Status, Turn
from bot.desk.insight import Insight
from bot.reading.mood import Mood
from knowledge.corpus.entry import Entry
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.retriever import Retriever
from knowledge.snapshot.builder import build

NAME = "web:one"


@pytest.fixture
async def store() -> AsyncIterator[MemoryConversations]:
    store = MemoryConversations()
    yield store
    await store.close()


@pytest.fixture
def insight(store: MemoryConversations, tmp_path: Path) -> Insight:
    embedder = HashingEmbedder()
    retriever = Retriever(build([Entry("e", "An answer.", "A question?")], [], embedder, tmp_path), embedder)
    return Insight(store, lambda: retriever)


async def asked(store: MemoryConversations, number: int, text: str) -> None:
    await store.accept(Message(NAME, f"m{number}", text, time.time(), "Ada"))


async def answered(store: MemoryConversations, number: int, outcome: str, text: str, title: str = "") -> None:
    claim = await store.claim("worker", 1)
    assert claim is not None
    sources = [{"id": "e", "title": title, "url": None, "score": 0.9}] if title else []
    answer = {"outcome": outcome, "text": text, "language": "en", "sources": sources}
    said = (Turn(f"b{number}", "bot", text, time.time(), answer=answer),)
    if outcome == "handed_over":
        said += (Turn(f"h{number}", "event", "handed_over", time.time(), "repeated_refusal"),)
    await store.commit(claim, Reply(said, Status.WAITING if outcome == "handed_over" else None, "repeated_refusal"))


async def handed_over(store: MemoryConversations) -> None:
    await asked(store, 1, "Hello! What does delivery of order PW-20931 cost?")
    await answered(store, 1, "answered", "Delivery costs €39.", "What does delivery cost?")
    await asked(store, 2, "Can you paint my bike green? I am disappointed that the lamp arrived broken.")
    await answered(store, 2, "refused", "I cannot find that.")
    await asked(store, 3, "Can you really not paint it?")
    await answered(store, 3, "handed_over", "A colleague will answer here.")


async def test_a_handoff_is_told_from_what_is_known(store: MemoryConversations, insight: Insight) -> None:
    await handed_over(store)
    found = await insight.summary(NAME)

    assert (found.intent, found.reason, found.mood) == ("question", "repeated_refusal", Mood.UNHAPPY)
    assert found.open == ("Can you paint my bike green?", "Can you really not paint it?")
    assert [each.outcome for each in found.tried] == ["answered", "refused", "handed_over"]
    assert found.tried[0].sources == ("What does delivery cost?",)
    assert found.named == ("PW-20931",)
    assert (found.turns, found.language) == (6, "en")


async def test_what_an_agent_answered_is_open_no_more(store: MemoryConversations, insight: Insight) -> None:
    await handed_over(store)
    await store.say(NAME, "Mia", Turn("a1", "agent", "Yes, we can paint it.", time.time(), "Mia"))
    await asked(store, 4, "How much is that?")
    found = await insight.summary(NAME)

    assert found.open == ("How much is that?",)
    assert found.last == "m4"


async def test_a_new_episode_is_another_matter(store: MemoryConversations, insight: Insight) -> None:
    await handed_over(store)
    await store.resolve(NAME, "Mia")
    await asked(store, 5, "Where is my parcel?")
    found = await insight.summary(NAME)

    assert found.tried == ()
    assert found.open == ("Where is my parcel?",)


async def test_each_turn_of_the_customer_has_its_language_and_mood(
    store: MemoryConversations, insight: Insight
) -> None:
    await asked(store, 1, "我的包裹在哪里？")
    await asked(store, 2, "This is absolutely unacceptable, where is it")
    found = await insight.readings(NAME)

    assert (found["m1"].language, found["m1"].mood) == ("zh", Mood.CALM)
    assert (found["m2"].language, found["m2"].mood) == ("en", Mood.UPSET)


async def test_the_list_of_moods_follows_what_is_said(store: MemoryConversations, insight: Insight) -> None:
    await asked(store, 1, "Where is my parcel?")
    assert await insight.moods() == {NAME: Mood.CALM}
    await asked(store, 2, "You are useless, this is ridiculous!")

    assert await insight.moods() == {NAME: Mood.UPSET}
    assert await insight.moods() == {NAME: Mood.UPSET}


async def test_there_is_no_summary_of_nothing(insight: Insight) -> None:
    with pytest.raises(ConversationUnknown):
        await insight.summary("web:none")
