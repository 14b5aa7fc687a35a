"""What the outbox promises, beside every store."""

import asyncio

import pytest

from bot.conversation.base import Conversations
from bot.conversation.messages import Message, Reply, Turn
from bot.delivery.base import UNCONFIRMED, Attempt, Outbox, Outgoing
from tests.bot.delivery.conftest import Posts

ADA = "telegram:42"
LEASE = 0.2
SOON = 5.0  # seconds that something may take which must happen


async def answer(conversations: Conversations, text: str, conversation: str = ADA) -> None:
    await conversations.accept(Message(conversation, text, text, 1.5))
    claim = await conversations.claim("worker", SOON)
    assert claim is not None
    assert await conversations.commit(claim, Reply((Turn(f"bot-{text}", "bot", f"re: {text}", 2.5),)))


async def taken(outbox: Outbox, sender: str = "sender") -> Outgoing:
    outgoing = await outbox.next(sender, SOON)
    assert outgoing is not None
    return outgoing


class TestTakingTurns:
    async def test_gives_turns_in_order_and_once(self, posts: Posts) -> None:
        conversations, post = await posts.open()
        for text in ("one", "two", "three"):
            await answer(conversations, text)

        sent = []
        while outgoing := await post.outbox.next("sender", 0):
            sent.append(outgoing.turn.text)
            await post.outbox.settle(outgoing)

        assert sent == ["re: one", "re: two", "re: three"]

    async def test_comes_again_to_its_sender_when_it_was_not_settled(self, posts: Posts) -> None:
        conversations, post = await posts.open(LEASE)
        await answer(conversations, "Hello")
        first = await taken(post.outbox)
        assert await post.outbox.next("sender", 0) is None
        await posts.store.let_pass(LEASE * 1.5)
        again = await taken(post.outbox)

        assert (again.turn, again.conversation) == (first.turn, first.conversation)
        assert (first.attempts, again.attempts) == (1, 2)

    async def test_a_new_sender_begins_with_what_the_old_one_had_in_hand(self, posts: Posts) -> None:
        conversations, post = await posts.open()
        for text in ("one", "two", "three", "four"):
            await answer(conversations, text)
        for _ in range(2):
            await taken(post.outbox, "old")

        given = [(await taken(post.outbox, "new")).turn.text for _ in range(4)]

        assert given == ["re: one", "re: two", "re: three", "re: four"]
        assert await post.outbox.next("new", 0) is None

    @pytest.mark.parametrize("note", ["", "the customer has blocked the bot"])
    async def test_never_comes_again_when_it_was_settled(self, posts: Posts, note: str) -> None:
        conversations, post = await posts.open(LEASE)
        await answer(conversations, "Hello")
        outgoing = await taken(post.outbox)
        await post.outbox.settle(outgoing, note)
        await post.outbox.settle(outgoing, note)
        await posts.store.let_pass(LEASE * 1.5)

        assert await post.outbox.next("sender", 0) is None

    async def test_is_only_for_channels_that_must_send(self, posts: Posts) -> None:
        conversations, post = await posts.open()
        await answer(conversations, "Hello", "web:1")
        await answer(conversations, "Hello", "console:1")

        assert await post.outbox.next("sender", 0) is None

    async def test_wakes_up(self, posts: Posts) -> None:
        conversations, post = await posts.open()
        waiting = asyncio.create_task(taken(post.outbox))
        await asyncio.sleep(0.02)
        await answer(conversations, "Hello")

        assert (await waiting).turn.text == "re: Hello"

    async def test_all_addresses_are_served(self, posts: Posts) -> None:
        conversations, post = await posts.open()
        names = {f"telegram:{number}" for number in range(30)}
        for name in names:
            await answer(conversations, "Hello", name)

        assert {(await taken(post.outbox)).conversation for _ in names} == names


class TestAttempts:
    async def test_the_first_is_told_from_one_whose_end_is_open(self, posts: Posts) -> None:
        conversations, post = await posts.open()
        await answer(conversations, "Hello")
        outgoing = await taken(post.outbox)

        assert await post.outbox.attempt(outgoing, 0, "sender") is Attempt.FIRST
        assert await post.outbox.attempt(outgoing, 0, "sender") is Attempt.AGAIN
        assert await post.outbox.attempt(outgoing, 1, "sender") is Attempt.FIRST

    async def test_one_that_surely_failed_counts_as_none(self, posts: Posts) -> None:
        conversations, post = await posts.open()
        await answer(conversations, "Hello")
        outgoing = await taken(post.outbox)
        await post.outbox.attempt(outgoing, 0, "sender")
        await post.outbox.record(outgoing, 0, "")

        assert await post.outbox.attempt(outgoing, 0, "sender") is Attempt.FIRST

    async def test_the_next_sender_learns_which_parts_arrived(self, posts: Posts) -> None:
        conversations, post = await posts.open()
        await answer(conversations, "Hello")
        outgoing = await taken(post.outbox, "old")
        for part in (0, 1):
            await post.outbox.attempt(outgoing, part, "old")
        await post.outbox.record(outgoing, 0, "4711")

        again = await taken(post.outbox, "new")

        assert again.parts == {0: "4711", 1: "?"}
        assert await post.outbox.attempt(again, 1, "new") is Attempt.AGAIN

    async def test_a_sender_who_was_followed_may_send_no_more(self, posts: Posts) -> None:
        conversations, post = await posts.open()
        await answer(conversations, "Hello")
        outgoing = await taken(post.outbox, "old")
        await taken(post.outbox, "new")

        assert await post.outbox.attempt(outgoing, 0, "old") is Attempt.LOST

    async def test_what_was_settled_may_be_sent_no_more(self, posts: Posts) -> None:
        conversations, post = await posts.open()
        await answer(conversations, "Hello")
        outgoing = await taken(post.outbox)
        await post.outbox.settle(outgoing)

        assert await post.outbox.attempt(outgoing, 0, "sender") is Attempt.LOST

    async def test_the_bot_is_silent_once_an_agent_came(self, posts: Posts) -> None:
        conversations, post = await posts.open()
        await answer(conversations, "Hello")
        outgoing = await taken(post.outbox)
        await conversations.say(ADA, "Kim", Turn("kim-1", "agent", "Let me look.", 3.0, "Kim"))

        assert await post.outbox.attempt(outgoing, 0, "sender") is Attempt.WITHDRAWN
        agents = await taken(post.outbox)
        assert await post.outbox.attempt(agents, 0, "sender") is Attempt.FIRST

    async def test_the_bot_speaks_again_after_it_was_handed_back(self, posts: Posts) -> None:
        conversations, post = await posts.open()
        await answer(conversations, "Hello")
        await conversations.take_over(ADA, "Kim")
        await conversations.hand_back(ADA)
        old = await taken(post.outbox)
        await posts.store.let_pass(0.005)
        await answer(conversations, "And now?")
        new = await taken(post.outbox)

        assert await post.outbox.attempt(old, 0, "sender") is Attempt.WITHDRAWN
        assert await post.outbox.attempt(new, 0, "sender") is Attempt.FIRST


class TestTellingAgents:
    async def test_they_see_what_was_not_delivered(self, posts: Posts) -> None:
        conversations, post = await posts.open()
        await answer(conversations, "Hello")
        await post.outbox.settle(await taken(post.outbox), "the customer has blocked the bot")

        last = (await conversations.read(ADA)).turns[-1]
        assert (last.role, last.text, last.name) == ("event", "undelivered", "the customer has blocked the bot")

    async def test_they_see_what_may_have_arrived(self, posts: Posts) -> None:
        conversations, post = await posts.open()
        await answer(conversations, "Hello")
        await post.outbox.settle(await taken(post.outbox), "the connection broke", UNCONFIRMED)

        assert (await conversations.read(ADA)).turns[-1].text == "unconfirmed"

    async def test_what_arrived_is_not_spoken_of(self, posts: Posts) -> None:
        conversations, post = await posts.open()
        await answer(conversations, "Hello")
        await post.outbox.settle(await taken(post.outbox))

        assert (await conversations.read(ADA)).turns[-1].role == "bot"


class TestWhatIsOver:
    async def test_a_late_record_of_a_settled_turn_leaves_nothing_behind(self, posts: Posts) -> None:
        conversations, post = await posts.open()
        await answer(conversations, "Hello")
        outgoing = await taken(post.outbox)
        await post.outbox.attempt(outgoing, 0, "sender")
        await post.outbox.settle(outgoing)
        await post.outbox.record(outgoing, 0, "4711")

        assert await posts.known_of_parts(ADA) == 0

    async def test_a_sender_who_comes_back_gets_what_another_had_in_hand(self, posts: Posts) -> None:
        conversations, post = await posts.open()
        await answer(conversations, "Hello")
        for sender in ("one", "two", "one", "two"):
            outgoing = await taken(post.outbox, sender)

        assert outgoing.attempts == 4
        assert await post.outbox.attempt(outgoing, 0, "one") is Attempt.LOST
        assert await post.outbox.attempt(outgoing, 0, "two") is Attempt.FIRST

    async def test_a_third_sender_begins_with_the_oldest_that_any_other_had_in_hand(self, posts: Posts) -> None:
        conversations, post = await posts.open()
        for text in ("one", "two"):
            await answer(conversations, text)
            await taken(post.outbox, "a")
        await taken(post.outbox, "b")

        assert [(await taken(post.outbox, "c")).turn.text for _ in range(2)] == ["re: one", "re: two"]

    async def test_a_turn_is_told_undelivered_once_and_unconfirmed_once(self, posts: Posts) -> None:
        conversations, post = await posts.open()
        await answer(conversations, "Hello")
        outgoing = await taken(post.outbox)
        for _ in range(3):
            await post.outbox.settle(outgoing, "the customer has blocked the bot")

        assert [t.text for t in (await conversations.read(ADA)).turns] == ["Hello", "re: Hello", "undelivered"]
        assert await post.outbox.attempt(outgoing, 0, "sender") is Attempt.LOST

    async def test_bot_words_of_before_stay_withdrawn_when_the_agent_hands_back_at_once(self, posts: Posts) -> None:
        conversations, post = await posts.open()
        for number in range(30):
            await answer(conversations, f"before {number}")
            old = await taken(post.outbox)
            await conversations.say(ADA, "Kim", Turn(f"kim-{number}", "agent", "Let me look.", 3.0, "Kim"))
            agents = await taken(post.outbox)
            await conversations.hand_back(ADA)
            await answer(conversations, f"after {number}")
            new = await taken(post.outbox)

            assert await post.outbox.attempt(old, 0, "sender") is Attempt.WITHDRAWN
            assert await post.outbox.attempt(agents, 0, "sender") is Attempt.FIRST
            assert await post.outbox.attempt(new, 0, "sender") is Attempt.FIRST
            for outgoing in (old, agents, new):
                await post.outbox.settle(outgoing)
