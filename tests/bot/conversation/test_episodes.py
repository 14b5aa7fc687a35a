"""What base.py promises of resolving, reopening, notes and the queue, on every store."""

import pytest

from bot.conversation.base import Conversations, ConversationUnknown
from bot.conversation.messages import BOT, Reply, Status, Turn
from tests.bot.conversation.acts import ADA, ask, claim, is_settled, kinds, last_mark, said, texts
from tests.bot.conversation.conftest import Store, outbox_of

RATED = Turn("rating-1", "event", "rated", 4.0, "5")


async def wait_for_an_agent(conversations: Conversations, conversation: str, reason: str = "asked") -> None:
    await ask(conversations, f"A person! {reason}", conversation)
    assert await conversations.commit(await claim(conversations), Reply((), Status.WAITING, reason))


class TestResolving:
    async def test_settles_what_is_pending_and_takes_the_claims(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        claimed = await claim(conversations)
        await ask(conversations, "Hello?")

        state = await conversations.resolve(ADA, "Mia", "duplicate")

        assert (state.status, state.owner, state.reason, state.episode) == (Status.RESOLVED, BOT, "duplicate", 1)
        assert await conversations.extend(claimed) is None
        assert not await conversations.renew(claimed)
        assert not await conversations.publish(claimed, "sentence", {"turn": "b", "text": "Hi."})
        assert not await conversations.commit(claimed, said("Hi."))
        assert await is_settled(conversations)
        assert await texts(conversations) == ["Hello", "Hello?", "resolved"]

    async def test_makes_the_bot_the_owner_again(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        await conversations.say(ADA, "Mia", Turn("a", "agent", "Done.", 3.0, "Mia"))

        state = await conversations.resolve(ADA, "Mia")

        assert state.owner == BOT
        assert state == (await conversations.read(ADA)).state
        event = (await conversations.read(ADA)).turns[-1]
        assert (event.role, event.text, event.name) == ("event", "resolved", "Mia")

    async def test_keeps_the_reason_when_it_has_none(self, conversations: Conversations) -> None:
        await wait_for_an_agent(conversations, ADA, "complaint")

        assert (await conversations.resolve(ADA, "Mia")).reason == "complaint"

    async def test_twice_tells_once(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        first = await conversations.resolve(ADA, "Mia", "done")
        mark = await last_mark(conversations)

        assert await conversations.resolve(ADA, "Noor", "spam") == first
        assert await kinds(conversations, mark) == []
        assert await texts(conversations) == ["Hello", "resolved"]

    async def test_the_next_message_begins_another_episode_with_the_bot(self, conversations: Conversations) -> None:
        for episode in (1, 2, 3):
            assert await ask(conversations, f"Hello {episode}")
            state = (await conversations.read(ADA)).state
            assert (state.episode, state.status, state.reason, state.owner) == (episode, Status.OPEN, "", BOT)
            claimed = await claim(conversations)
            assert [turn.text for turn in claimed.pending] == [f"Hello {episode}"]
            assert await conversations.commit(claimed, said(f"Hi {episode}"))
            await conversations.resolve(ADA, "Mia", "done")

    async def test_a_message_that_comes_again_begins_nothing(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        resolved = await conversations.resolve(ADA, "Mia")

        assert not await ask(conversations, "Hello")
        assert (await conversations.read(ADA)).state == resolved
        assert await is_settled(conversations)

    async def test_onlookers_hear_of_it_and_of_the_next_episode(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        mark = await last_mark(conversations)
        await conversations.resolve(ADA, "Mia", "done")
        await ask(conversations, "Hello again")

        events = await conversations.events(ADA, mark, 0)

        assert [event.kind for event in events] == ["turn", "state", "turn", "state"]
        states = [event.data for event in events if event.kind == "state"]
        assert [(state["status"], state["episode"], state["reason"]) for state in states] == [
            ("resolved", 1, "done"),
            ("open", 2, ""),
        ]

    async def test_what_the_bot_said_before_is_still_sent(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        await conversations.commit(await claim(conversations), said("Hi."))
        await conversations.resolve(ADA, "Mia")
        outbox = outbox_of(conversations)
        outgoing = await outbox.next("sender", 0)

        assert outgoing is not None
        assert await outbox.attempt(outgoing, 0, "sender") == "first"

    async def test_an_agent_may_come_back_to_it(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        await conversations.resolve(ADA, "Mia", "done")
        said_again = await conversations.say(ADA, "Noor", Turn("a", "agent", "One more thing.", 3.0, "Noor"))
        await conversations.resolve(ADA, "Noor", "done")
        taken = await conversations.take_over(ADA, "Mia")

        assert (said_again.owner, said_again.status, said_again.episode) == ("Noor", Status.OPEN, 1)
        assert (taken.owner, taken.status, taken.episode) == ("Mia", Status.OPEN, 1)
        assert await texts(conversations) == [
            *("Hello", "resolved", "taken_over", "One more thing.", "resolved", "taken_over")
        ]


class TestReopening:
    async def test_takes_a_resolution_back(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        await conversations.resolve(ADA, "Mia", "done")

        state = await conversations.reopen(ADA, "Noor")

        assert (state.status, state.owner, state.episode) == (Status.OPEN, BOT, 1)
        event = (await conversations.read(ADA)).turns[-1]
        assert (event.role, event.text, event.name) == ("event", "reopened", "Noor")
        await ask(conversations, "Thanks")
        assert (await conversations.read(ADA)).state.episode == 1
        assert (await claim(conversations)).pending[0].text == "Thanks"

    @pytest.mark.parametrize("status", [Status.OPEN, Status.WAITING])
    async def test_leaves_alone_what_is_not_resolved(self, conversations: Conversations, status: Status) -> None:
        await ask(conversations, "Hello")
        await conversations.commit(await claim(conversations), Reply(status=status))
        before = await conversations.read(ADA)

        assert await conversations.reopen(ADA, "Noor") == before.state
        assert await conversations.read(ADA) == before


class TestNotes:
    async def test_are_stored_once_for_their_ids(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        await conversations.note(ADA, RATED)
        before = await conversations.read(ADA)
        mark = await last_mark(conversations)

        assert await conversations.note(ADA, RATED) == before.state
        assert await conversations.read(ADA) == before
        assert before.turns[-1] == RATED
        assert await kinds(conversations, mark) == []

    async def test_change_nothing_else(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        claimed = await claim(conversations)
        before = (await conversations.read(ADA)).state

        after = await conversations.note(ADA, RATED)

        assert (after.preview, after.owner, after.status) == (before.preview, before.owner, before.status)
        assert await outbox_of(conversations).next("sender", 0) is None
        assert await conversations.commit(claimed, said("Hi."))

    async def test_do_not_open_what_is_resolved(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        await conversations.resolve(ADA, "Mia")

        assert (await conversations.note(ADA, RATED)).status is Status.RESOLVED


class TestTheQueue:
    async def test_is_empty_while_nobody_waits(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")

        assert await conversations.queue() == []

    async def test_names_who_waits_longest_first(self, store: Store) -> None:
        conversations = await store.open()
        names = [f"web:{number}" for number in (3, 1, 2, 8, 5)]
        for name in names:
            await wait_for_an_agent(conversations, name)

        assert await conversations.queue() == names

    async def test_keeps_a_place_whatever_else_changes(self, conversations: Conversations) -> None:
        await wait_for_an_agent(conversations, "web:1")
        await wait_for_an_agent(conversations, "web:2")
        await ask(conversations, "Still there?", "web:1")
        await conversations.note("web:1", RATED)
        await conversations.commit(await claim(conversations), Reply((), Status.WAITING, "complaint", "de"))
        await ask(conversations, "Well?", "web:1")
        for _ in range(6):
            await conversations.release(await claim(conversations))
        assert await is_settled(conversations)

        assert (await conversations.read("web:1")).state.reason == "engine_down"
        assert await conversations.queue() == ["web:1", "web:2"]

    @pytest.mark.parametrize("way", ["take_over", "say", "hand_back", "resolve", "commit"])
    async def test_is_left_by_every_way_and_entered_again_at_its_end(
        self, conversations: Conversations, way: str
    ) -> None:
        for name in ("web:1", "web:2", "web:3"):
            await wait_for_an_agent(conversations, name)
        if way == "take_over":
            await conversations.take_over("web:1", "Mia")
        elif way == "say":
            await conversations.say("web:1", "Mia", Turn("a", "agent", "Hello", 3.0, "Mia"))
        elif way == "hand_back":
            await conversations.hand_back("web:1")
        elif way == "resolve":
            await conversations.resolve("web:1", "Mia")
        else:
            await ask(conversations, "Never mind", "web:1")
            await conversations.commit(await claim(conversations), Reply((), Status.OPEN))
        assert await conversations.queue() == ["web:2", "web:3"]

        await conversations.hand_back("web:1")
        await wait_for_an_agent(conversations, "web:1", "again")

        assert await conversations.queue() == ["web:2", "web:3", "web:1"]


async def test_an_unknown_conversation_is_told(conversations: Conversations) -> None:
    for act in (
        conversations.resolve("web:never", "Mia"),
        conversations.reopen("web:never", "Mia"),
        conversations.note("web:never", RATED),
    ):
        with pytest.raises(ConversationUnknown, match="there is no such conversation"):
            await act
    assert await conversations.recent() == []
    assert await conversations.events("web:never", "0", 0) == []
