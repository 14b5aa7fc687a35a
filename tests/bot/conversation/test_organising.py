"""What base.py promises of tags, snoozing, assigning, notes and searching, on every store."""

import asyncio

import pytest

from bot.conversation.base import Conversations, ConversationUnknown
from bot.conversation.messages import Reply, Status, Turn
from bot.conversation.records import MOST_TAGS, NOTED
from tests.bot.conversation.acts import ADA, ask, claim, kinds, last_mark, said, texts
from tests.bot.conversation.conftest import Store, outbox_of

LATER = 4_000_000_000.5


def note(words: str, name: str = "Mia") -> Turn:
    return Turn(f"note-{words}", "event", NOTED, 3.0, name, note=words)


class TestTags:
    async def test_are_put_on_once_in_their_order_and_taken_off(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        await conversations.tag(ADA, ["refund", "vip"], [])
        await conversations.tag(ADA, ["vip", "退货"], ["never there"])

        state = await conversations.tag(ADA, [], ["refund"])

        assert state.tags == ("vip", "退货")
        assert (await conversations.read(ADA)).state.tags == ("vip", "退货")
        assert (await conversations.tag(ADA, [], ["vip", "退货"])).tags == ()

    async def test_never_lose_one_that_a_colleague_puts_on(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        await asyncio.gather(*(conversations.tag(ADA, [f"tag {number}"], []) for number in range(MOST_TAGS)))

        state = await conversations.tag(ADA, ["one too many"], [])

        assert sorted(state.tags) == sorted(f"tag {number}" for number in range(MOST_TAGS))

    async def test_are_told_to_onlookers_when_they_change(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        mark = await last_mark(conversations)
        await conversations.tag(ADA, ["vip"], [])
        await conversations.tag(ADA, ["vip"], [])

        assert await kinds(conversations, mark) == ["state"]


class TestSnoozing:
    async def test_lasts_until_then(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")

        state = await conversations.snooze(ADA, LATER, "Mia")

        assert (state.snoozed, state.status) == (LATER, Status.OPEN)
        assert await texts(conversations) == ["Hello", "snoozed"]

    async def test_ends_with_the_customer_s_next_message(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        await conversations.snooze(ADA, LATER, "Mia")
        await ask(conversations, "Are you there?")

        assert (await conversations.read(ADA)).state.snoozed == 0

    async def test_is_ended_by_hand_and_by_a_resolution(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        await conversations.snooze(ADA, LATER, "Mia")
        ended = await conversations.snooze(ADA, 0, "Mia")
        await conversations.snooze(ADA, LATER, "Mia")
        resolved = await conversations.resolve(ADA, "Mia")

        assert (ended.snoozed, resolved.snoozed) == (0, 0)
        assert (await conversations.snooze(ADA, LATER, "Mia")).snoozed == 0


class TestAssigning:
    async def test_gives_it_to_a_colleague_and_tells_who_did(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")

        state = await conversations.take_over(ADA, "Noor", by="Mia")

        assert (state.owner, state.status) == ("Noor", Status.OPEN)
        events = [(turn.text, turn.name) for turn in (await conversations.read(ADA)).turns[1:]]
        assert events == [("assigned", "Mia"), ("taken_over", "Noor")]

    async def test_to_oneself_is_taking_over(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        await conversations.take_over(ADA, "Mia", by="Mia")
        await conversations.take_over(ADA, "Mia", by="Noor")

        assert await texts(conversations) == ["Hello", "taken_over"]


class TestWaiting:
    async def test_begins_with_the_first_message_that_nobody_answered(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        first = (await conversations.read(ADA)).state.since
        await ask(conversations, "Hello?")

        assert first > 0
        assert (await conversations.read(ADA)).state.since == first

    async def test_ends_with_an_answer(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        await conversations.commit(await claim(conversations), said("Hi."))

        assert (await conversations.read(ADA)).state.since == 0

    async def test_for_an_agent_outlasts_what_the_bot_says(self, conversations: Conversations) -> None:
        await ask(conversations, "A person!")
        handing = Reply(said("A colleague will come.").turns, Status.WAITING)
        await conversations.commit(await claim(conversations), handing)
        since = (await conversations.read(ADA)).state.since
        await ask(conversations, "Still there?")
        await conversations.commit(await claim(conversations), said("You are next."))
        waiting = (await conversations.read(ADA)).state

        answered = await conversations.say(ADA, "Mia", Turn("a", "agent", "Mia here.", 3.0, "Mia"))

        assert since > 0
        assert waiting.since == since
        assert answered.since == 0


class TestSearching:
    async def test_finds_all_words_of_one_turn_in_any_case(self, conversations: Conversations) -> None:
        await ask(conversations, "Where is my ORDER 4711?")
        await ask(conversations, "order something", "web:2")
        await ask(conversations, "4711", "web:2")

        (found,) = await conversations.search("order  4711")

        assert (found.state.id, found.turn.text) == (ADA, "Where is my ORDER 4711?")

    @pytest.mark.parametrize("words", ["größe", "GRöße", "尺码", "Größe 尺码"])
    async def test_knows_every_script(self, conversations: Conversations, words: str) -> None:
        await ask(conversations, "Größe oder 尺码?")

        assert [found.state.id for found in await conversations.search(words)] == [ADA]

    async def test_finds_notes_and_the_last_turn_and_the_newest_first(self, store: Store) -> None:
        conversations = await store.open()
        await ask(conversations, "a parcel")
        await conversations.note(ADA, note("The parcel is at the depot"))
        await store.let_pass(0.01)
        await ask(conversations, "my parcel", "web:2")

        found = await conversations.search("parcel")

        assert [(each.state.id, each.turn.note or each.turn.text) for each in found] == [
            ("web:2", "my parcel"),
            (ADA, "The parcel is at the depot"),
        ]
        assert [each.state.id for each in await conversations.search("parcel", 1)] == ["web:2"]

    @pytest.mark.parametrize("words", ["", "  ", "customer", "taken_over", '"text"', "%"])
    async def test_finds_only_what_was_said(self, conversations: Conversations, words: str) -> None:
        await ask(conversations, "Hello")
        await conversations.take_over(ADA, "Mia")

        assert not await conversations.search(words)


async def test_a_note_is_kept_and_is_no_word_to_the_customer(conversations: Conversations) -> None:
    await ask(conversations, "Hello")

    state = await conversations.note(ADA, note("He is angry"))

    turn = (await conversations.read(ADA)).turns[-1]
    assert (turn.role, turn.text, turn.name, turn.note) == ("event", "noted", "Mia", "He is angry")
    assert (state.owner, state.preview) == ("bot", "Hello")
    assert (await claim(conversations)).pending[-1].text == "Hello"
    assert await outbox_of(conversations).next("sender", 0) is None


async def test_an_unknown_conversation_is_told(conversations: Conversations) -> None:
    for act in (conversations.tag("web:never", ["a"], []), conversations.snooze("web:never", LATER, "Mia")):
        with pytest.raises(ConversationUnknown, match="there is no such conversation"):
            await act
    assert await conversations.search("never") == []
