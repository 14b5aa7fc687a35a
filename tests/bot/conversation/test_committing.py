"""What base.py promises of commits, on every store."""

import asyncio
import itertools
from collections import Counter
from dataclasses import replace

from bot.conversation.base import Conversations
from bot.conversation.messages import Attachment, Claim, Reply, Status, Turn
from bot.conversation.records import turn_of
from tests.bot.conversation.acts import ADA, ask, claim, is_settled, kinds, last_mark, said, texts
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


class TestTheWhole:
    async def test_is_refused_when_more_is_pending_and_the_claim_is_kept(self, conversations: Conversations) -> None:
        await ask(conversations, "one")
        claimed = await claim(conversations)
        await ask(conversations, "two")
        mark = await last_mark(conversations)

        assert not await conversations.commit(claimed, replace(said("only one"), whole=True))

        assert await kinds(conversations, mark) == []
        assert await outbox_of(conversations).next("sender", 0) is None
        assert await conversations.renew(claimed)
        extended = await conversations.extend(claimed)
        assert extended is not None
        assert await conversations.commit(extended, replace(said("both"), whole=True))
        assert await texts(conversations) == ["one", "two", "both"]
        assert await is_settled(conversations)

    async def test_is_written_when_nothing_came(self, conversations: Conversations) -> None:
        await ask(conversations, "one")
        claimed = await claim(conversations)

        assert await conversations.commit(claimed, replace(said("one"), whole=True))
        assert await conversations.commit(claimed, replace(said("one"), whole=True))

    async def test_may_be_given_up_for_a_part(self, conversations: Conversations) -> None:
        await ask(conversations, "one")
        claimed = await claim(conversations)
        await ask(conversations, "two")
        assert not await conversations.commit(claimed, replace(said("1"), whole=True))

        assert await conversations.commit(claimed, said("1"))
        assert [turn.text for turn in (await claim(conversations)).pending] == ["two"]


async def test_the_same_id_with_other_words_is_no_repetition(conversations: Conversations) -> None:
    await ask(conversations, "Hello")
    claimed = await claim(conversations)
    assert await conversations.commit(claimed, said("Hi.", "b"))

    assert not await conversations.commit(claimed, said("Something else", "b"))
    assert await texts(conversations) == ["Hello", "Hi."]


async def test_a_turn_that_is_sent_once_and_its_attachments_survive(conversations: Conversations) -> None:
    attached = (Attachment("photo", "file-1", "label.png", "image/png", 4711), Attachment("place"))
    turn = Turn("b", "bot", "", 2.5, attachments=attached, once=True)
    await ask(conversations, "Hello")
    await conversations.commit(await claim(conversations), Reply((turn,)))

    outgoing = await outbox_of(conversations).next("sender", 0)
    shown = [turn_of(event.data) for event in await conversations.events(ADA, "0", 0) if event.kind == "turn"]

    assert outgoing is not None
    assert (await conversations.read(ADA)).turns[-1] == outgoing.turn == shown[-1] == turn
