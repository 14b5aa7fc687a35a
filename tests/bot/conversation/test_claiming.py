"""What base.py promises of claims, on every store."""

import asyncio

import pytest

from bot.conversation.base import Conversations
from bot.conversation.messages import Claim, Message, Reply, Status, Turn
from bot.conversation.records import ATTEMPTS
from tests.bot.conversation.acts import ADA, LEASE, SOON, ask, claim, is_settled, kinds, said, texts
from tests.bot.conversation.conftest import Store


class TestClaiming:
    async def test_gives_the_unanswered_turns_oldest_first(self, conversations: Conversations) -> None:
        for text in ("one", "two", "three"):
            await ask(conversations, text)

        claimed = await claim(conversations)

        assert claimed.conversation == ADA
        assert [turn.text for turn in claimed.pending] == ["one", "two", "three"]
        assert {turn.role for turn in claimed.pending} == {"customer"}

    async def test_gives_nothing_when_there_is_nothing(self, conversations: Conversations) -> None:
        assert await conversations.claim("worker", 0.01) is None

    async def test_wakes_up_for_a_message(self, store: Store) -> None:
        waiting = asyncio.create_task((await store.open()).claim("worker", SOON))
        await asyncio.sleep(0.02)
        await ask(await store.open(), "Hello")

        claimed = await waiting

        assert claimed is not None
        assert claimed.pending[0].text == "Hello"

    async def test_one_worker_at_a_time(self, store: Store) -> None:
        first, second = await store.open(), await store.open()
        await ask(first, "Hello")
        await claim(first)
        await ask(first, "Hello?")

        assert await second.claim("another", 0.01) is None

    async def test_every_conversation_comes(self, conversations: Conversations) -> None:
        names = {f"web:{number}" for number in range(40)}
        for name in names:
            await ask(conversations, "Hello", name)

        assert {(await claim(conversations)).conversation for _ in names} == names

    async def test_fences_grow(self, conversations: Conversations) -> None:
        fences = []
        for text in ("one", "two", "three"):
            await ask(conversations, text)
            claimed = await claim(conversations)
            fences.append(claimed.fence)
            await conversations.commit(claimed, Reply())

        assert fences == sorted(set(fences))

    async def test_what_nobody_renews_may_be_taken_over(self, store: Store) -> None:
        first, second = await store.open(LEASE), await store.open(LEASE)
        await ask(first, "Hello")
        lost = await claim(first)
        await store.let_pass(LEASE * 1.5)
        taken = await claim(second)

        assert taken.pending == lost.pending
        assert taken.fence > lost.fence
        assert not await first.commit(lost, said("too late"))
        assert not await first.renew(lost)
        assert not await first.publish(lost, "sentence", {"turn": "t", "text": "too late"})
        await first.release(lost)
        assert await second.commit(taken, said("in time"))
        assert await texts(first) == ["Hello", "in time"]

    async def test_what_is_renewed_is_kept(self, store: Store) -> None:
        conversations = await store.open(lease=1.0)
        await ask(conversations, "Hello")
        claimed = await claim(conversations)
        await store.let_pass(0.7)
        assert await conversations.renew(claimed)
        await store.let_pass(0.7)

        assert await is_settled(conversations)
        assert await conversations.commit(claimed, said("At last."))

    async def test_a_settled_claim_cannot_be_renewed(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        claimed = await claim(conversations)
        await conversations.commit(claimed, Reply())

        assert not await conversations.renew(claimed)

    async def test_released_it_is_ready_at_once(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        first = await claim(conversations)
        await conversations.release(first)
        again = await claim(conversations)

        assert again.pending == first.pending
        assert not await conversations.commit(first, said("too late"))
        assert await conversations.commit(again, said("in time"))

    async def test_gives_up_what_failed_and_no_worker_could_apologize_for(self, conversations: Conversations) -> None:
        await ask(conversations, "poison")
        for _ in range(2 * ATTEMPTS):
            await conversations.release(await claim(conversations))

        assert await is_settled(conversations)
        given_up = await conversations.read(ADA)
        assert (given_up.state.status, given_up.state.reason) == (Status.WAITING, "engine_down")
        assert [(turn.role, turn.text) for turn in given_up.turns[1:]] == [("event", "undeliverable")]
        assert given_up.state.preview == "poison"

        await ask(conversations, "And now?")
        assert [turn.text for turn in (await claim(conversations)).pending] == ["And now?"]

    async def test_has_a_word_for_the_customer_whose_message_is_given_up(self, store: Store) -> None:
        conversations = await store.open(apology=lambda language: f"Sorry, in {language or 'any language'}.")
        poisoned = Message("telegram:7", "poison", "poison", 1.0, language="de")
        await conversations.accept(poisoned)
        for _ in range(2 * ATTEMPTS):
            await conversations.release(await claim(conversations))

        assert await is_settled(conversations)
        given_up = await conversations.read(poisoned.conversation)
        assert [(turn.role, turn.text) for turn in given_up.turns[1:]] == [
            ("bot", "Sorry, in de."),
            ("event", "undeliverable"),
        ]
        assert given_up.state.preview == "Sorry, in de."

    async def test_gives_up_what_nobody_survives(self, store: Store) -> None:
        conversations = await store.open(LEASE)
        await ask(conversations, "poison")
        for _ in range(2 * ATTEMPTS):
            await claim(conversations)
            await store.let_pass(LEASE * 1.5)

        assert await is_settled(conversations)
        assert (await conversations.read(ADA)).state.status is Status.WAITING

    async def test_tells_how_often_the_same_was_claimed(self, conversations: Conversations) -> None:
        await ask(conversations, "poison")
        attempts = []
        for _ in range(ATTEMPTS + 1):
            claimed = await claim(conversations)
            attempts.append(claimed.attempts)
            await conversations.release(claimed)

        assert attempts == [1, 2, 3, 4]

    async def test_a_commit_forgives_earlier_failures(self, conversations: Conversations) -> None:
        for text in ("one", "two"):
            await ask(conversations, text)
            for _ in range(2):
                await conversations.release(await claim(conversations))
            assert await conversations.commit(await claim(conversations), Reply())


class TestExtending:
    async def test_gives_all_that_is_pending_by_now(self, conversations: Conversations) -> None:
        await ask(conversations, "one")
        claimed = await claim(conversations)
        assert await conversations.extend(claimed) == claimed
        await ask(conversations, "two")
        await ask(conversations, "three")

        extended = await conversations.extend(claimed)

        assert extended is not None
        assert [turn.text for turn in extended.pending] == ["one", "two", "three"]
        assert (extended.conversation, extended.fence) == (ADA, claimed.fence)
        assert await conversations.commit(extended, said("all"))
        assert await is_settled(conversations)

    async def test_given_back_by_one_who_did_not_fail_it_counts_as_no_attempt(self, store: Store) -> None:
        conversations = await store.open()
        await ask(conversations, "Hello")
        for _ in range(ATTEMPTS + 2):
            claimed = await claim(conversations)
            await conversations.release(claimed, failed=False)

        assert (await claim(conversations)).attempts == 1

    @pytest.mark.parametrize("loss", ["commit", "release", "take_over", "say", "resolve", "lease"])
    async def test_gives_nothing_when_the_claim_was_lost(self, store: Store, loss: str) -> None:
        conversations = await store.open(LEASE)
        await ask(conversations, "one")
        claimed = await claim(conversations)
        if loss == "commit":
            await conversations.commit(claimed, said("1"))
        elif loss == "release":
            await conversations.release(claimed)
        elif loss == "take_over":
            await conversations.take_over(ADA, "Mia")
        elif loss == "say":
            await conversations.say(ADA, "Mia", Turn("a", "agent", "Hello", 3.0, "Mia"))
        elif loss == "resolve":
            await conversations.resolve(ADA, "Mia")
        else:
            await store.let_pass(LEASE * 1.5)
            await claim(conversations)
        await ask(conversations, "two")

        assert await conversations.extend(claimed) is None

    async def test_is_no_renewal(self, store: Store) -> None:
        first, second = await store.open(LEASE), await store.open(LEASE)
        await ask(first, "one")
        claimed = await claim(first)
        await store.let_pass(LEASE * 0.75)
        await first.extend(claimed)
        await store.let_pass(LEASE * 0.75)

        assert (await claim(second)).fence > claimed.fence

    async def test_an_unknown_conversation_s_claim_is_lost(self, conversations: Conversations) -> None:
        assert await conversations.extend(Claim("web:never", 1, (Turn("1", "customer", "?", 1.0),))) is None


class TestMarks:
    async def test_events_after_a_claims_mark_are_what_came_later(self, conversations: Conversations) -> None:
        await ask(conversations, "one")
        claimed = await claim(conversations)
        assert await kinds(conversations, claimed.mark) == []
        await ask(conversations, "two")
        await conversations.announce(ADA, "stop", {})

        assert await kinds(conversations, claimed.mark) == ["turn", "stop"]

    async def test_events_after_an_extended_claims_mark_are_what_came_later_still(
        self, conversations: Conversations
    ) -> None:
        await ask(conversations, "one")
        claimed = await claim(conversations)
        await ask(conversations, "two")
        await conversations.publish(claimed, "typing", {"who": "bot"})
        extended = await conversations.extend(claimed)
        assert extended is not None
        assert await kinds(conversations, extended.mark) == []
        await ask(conversations, "three")

        assert await kinds(conversations, extended.mark) == ["turn"]

    async def test_another_conversations_events_do_not_count(self, conversations: Conversations) -> None:
        await ask(conversations, "one")
        claimed = await claim(conversations)
        await ask(conversations, "Hello", "telegram:43")

        assert await kinds(conversations, claimed.mark) == []
