"""What base.py promises of commits, on every store."""

import asyncio
import itertools
from collections import Counter

from bot.conversation.base import Conversations
from bot.conversation.messages import Claim, Reply, Status, Turn
from tests.bot.conversation.acts import ADA, ask, claim, is_settled, said, texts
from tests.bot.conversation.conftest import Store, outbox_of


class TestCommitting:
    async def test_writes_reply_state_and_what_must_be_sent(self, conversations: Conversations) -> None:
        await ask(conversations, "A person, please")
        reply = (Turn("b", "bot", "One moment.", 2.5), Turn("e", "event", "handed_over", 2.5))

        assert await conversations.commit(
            await claim(conversations), Reply(reply, Status.WAITING, "asked_for_person", "en")
        )

        known = await conversations.read(ADA)
        assert known.turns[1:] == reply
        assert (known.state.status, known.state.reason) == (Status.WAITING, "asked_for_person")
        assert (known.state.language, known.state.preview) == ("en", "One moment.")
        sending = await outbox_of(conversations).next("sender", 0)
        assert sending is not None
        assert sending.turn == reply[0]
        assert await outbox_of(conversations).next("sender", 0) is None

    async def test_none_leaves_the_state_and_an_empty_text_clears_it(self, conversations: Conversations) -> None:
        await ask(conversations, "one")
        await conversations.commit(await claim(conversations), Reply((), Status.WAITING, "complaint", "fr"))
        await ask(conversations, "two")
        await conversations.commit(await claim(conversations), said("Hm."))
        kept = (await conversations.read(ADA)).state
        await ask(conversations, "three")
        await conversations.commit(await claim(conversations), Reply(reason=""))
        cleared = (await conversations.read(ADA)).state

        assert (kept.status, kept.reason, kept.language) == (Status.WAITING, "complaint", "fr")
        assert (cleared.status, cleared.reason, cleared.language) == (Status.WAITING, "", "fr")

    async def test_a_silent_reply_settles(self, conversations: Conversations) -> None:
        await ask(conversations, "ok")

        assert await conversations.commit(await claim(conversations), Reply())
        assert await is_settled(conversations)

    async def test_what_came_meanwhile_is_still_to_be_answered(self, conversations: Conversations) -> None:
        await ask(conversations, "one")
        claimed = await claim(conversations)
        await ask(conversations, "two")

        assert await conversations.commit(claimed, said("first"))

        assert [turn.text for turn in (await claim(conversations)).pending] == ["two"]
        assert await texts(conversations) == ["one", "two", "first"]

    async def test_a_commit_that_is_repeated_writes_once(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        claimed = await claim(conversations)

        assert await conversations.commit(claimed, said("Hi."))
        assert await conversations.commit(claimed, said("Hi."))
        assert not await conversations.commit(claimed, said("Something else"))

        assert await texts(conversations) == ["Hello", "Hi."]

    async def test_a_repeated_commit_leaves_the_next_claim_alone(self, conversations: Conversations) -> None:
        await ask(conversations, "one")
        first = await claim(conversations)
        await conversations.commit(first, said("1"))
        await ask(conversations, "two")
        second = await claim(conversations)

        await conversations.commit(first, said("1"))

        assert await conversations.commit(second, said("2"))
        assert await texts(conversations) == ["one", "1", "two", "2"]

    async def test_answers_arrive_whole(self, conversations: Conversations) -> None:
        answer = {"sources": [], "seconds": {}, "confidence": 0.1 + 0.2, "reason": None, "text": "½ \ud83d"}
        await ask(conversations, "Hello")
        await conversations.commit(await claim(conversations), Reply((Turn("b", "bot", "Hi.", 2.5, answer=answer),)))

        assert (await conversations.read(ADA)).turns[1].answer == answer

    async def test_an_unknown_conversation_s_claim_is_lost(self, conversations: Conversations) -> None:
        claimed = Claim("web:never", 1, (Turn("1", "customer", "?", 1.0),), "1-1")

        assert not await conversations.commit(claimed, said("Hi."))
        assert not await conversations.renew(claimed)
        assert not await conversations.publish(claimed, "typing", {})
        await conversations.release(claimed)

    async def test_workers_keep_the_order_and_never_meet(self, store: Store) -> None:
        answered: list[str] = []
        inside, most = Counter[str](), Counter[str]()

        async def work(conversations: Conversations) -> None:
            while len(answered) < 80:
                claimed = await conversations.claim("worker", 0.05)
                if claimed is None:
                    continue
                name = claimed.conversation
                inside[name] += 1
                most[name] = max(most[name], inside[name])
                await asyncio.sleep(0.001)
                heard = [turn.text for turn in claimed.pending]
                inside[name] -= 1
                assert await conversations.commit(claimed, said("+".join(heard)))
                answered.extend(heard)

        async def write(conversations: Conversations) -> None:
            for number in range(40):
                await ask(conversations, f"a{number}", "web:a")
                await ask(conversations, f"b{number}", "web:b")

        doors = [await store.open() for _ in range(3)]
        async with asyncio.timeout(20):
            await asyncio.gather(write(doors[0]), *(work(door) for door in doors for _ in range(2)))

        for name in ("a", "b"):
            replies = [t.text for t in (await doors[0].read(f"web:{name}", 200)).turns if t.role == "bot"]
            order = list(itertools.chain.from_iterable(reply.split("+") for reply in replies))
            assert order == [f"{name}{number}" for number in range(40)]
        assert set(most.values()) == {1}
