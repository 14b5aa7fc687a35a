"""What base.py promises, on every store."""

import asyncio
import itertools
from collections import Counter

import pytest

from bot.conversation.base import Conversations, ConversationUnknown, MessageConflict
from bot.conversation.messages import BOT, Claim, Event, Message, Reply, State, Status, Turn
from bot.conversation.records import ATTEMPTS, turn_of
from tests.bot.conversation.conftest import Store, outbox_of

ADA = "telegram:42"
LEASE = 0.2
SOON = 5.0  # seconds that something may take which must happen


async def ask(conversations: Conversations, text: str, conversation: str = ADA, **details: str) -> bool:
    """A message whose id is its text."""
    return await conversations.accept(Message(conversation, text, text, 1.5, **details))


async def claim(conversations: Conversations) -> Claim:
    claim = await conversations.claim("worker", SOON)
    assert claim is not None
    return claim


def said(text: str, id: str = "") -> Reply:  # noqa: A002 - as in Turn
    return Reply((Turn(id or f"bot-{text}", "bot", text, 2.5, answer={"mode": "verbatim", "sources": []}),))


async def texts(conversations: Conversations, conversation: str = ADA) -> list[str]:
    return [turn.text for turn in (await conversations.read(conversation)).turns]


async def kinds(conversations: Conversations, after: str = "0") -> list[str]:
    return [event.kind for event in await conversations.events(ADA, after, 0)]


async def last_mark(conversations: Conversations) -> str:
    return (await conversations.events(ADA, "0", 0))[-1].id


async def is_settled(conversations: Conversations) -> bool:
    return await conversations.claim("another", 0) is None


class TestAccepting:
    async def test_stores_a_message_once(self, conversations: Conversations) -> None:
        assert await ask(conversations, "Where is it?")
        assert not await ask(conversations, "Where is it?")

        assert await texts(conversations) == ["Where is it?"]
        assert [turn.text for turn in (await claim(conversations)).pending] == ["Where is it?"]

    async def test_is_still_once_after_the_reply(self, conversations: Conversations) -> None:
        await ask(conversations, "Where is it?")
        await conversations.commit(await claim(conversations), said("Here."))

        assert not await ask(conversations, "Where is it?")

        assert await texts(conversations) == ["Where is it?", "Here."]
        assert await is_settled(conversations)

    async def test_two_hundred_deliveries_at_once_make_one_turn(self, store: Store) -> None:
        doors = [await store.open() for _ in range(4)]

        accepted = await asyncio.gather(*(ask(door, "Hello") for door in doors for _ in range(50)))

        assert accepted.count(True) == 1
        assert await texts(doors[0]) == ["Hello"]
        assert len((await claim(doors[0])).pending) == 1

    async def test_refuses_an_id_with_another_text(self, conversations: Conversations) -> None:
        await conversations.accept(Message(ADA, "1", "Where is it?", 1.0))

        with pytest.raises(MessageConflict, match="'1'"):
            await conversations.accept(Message(ADA, "1", "Where was it?", 1.0))

        assert await texts(conversations) == ["Where is it?"]

    async def test_refuses_the_id_of_the_bots_turn_even_with_its_words(self, conversations: Conversations) -> None:
        await ask(conversations, "Where is it?")
        await conversations.commit(await claim(conversations), said("Here.", "bot-1"))

        with pytest.raises(MessageConflict):
            await conversations.accept(Message(ADA, "bot-1", "Here.", 1.0))

    async def test_an_id_is_unique_in_its_conversation_only(self, conversations: Conversations) -> None:
        assert await conversations.accept(Message("web:1", "1", "Hello", 1.0))
        assert await conversations.accept(Message("web:2", "1", "Good day", 1.0))

    @pytest.mark.parametrize("text", ["", "\0", "\ud83d", "😀" * 5000, "\u202eشكرا", '"}\r\n\\', "订单在哪里？"])
    async def test_any_text_survives(self, conversations: Conversations, text: str) -> None:
        message = Message(f"web:{text[:9]}", f"id{text[:9]}", text, 1.25, text[:9])
        await conversations.accept(message)

        read = await conversations.read(message.conversation)
        [event] = [e for e in await conversations.events(message.conversation, "0", 0) if e.kind == "turn"]
        claimed = await claim(conversations)

        turn = Turn(message.id, "customer", text, 1.25, text[:9])
        assert read.turns == (turn,) == claimed.pending
        assert turn_of(event.data) == turn
        assert (read.state.preview, read.state.name, read.state.id) == (text[:120], text[:9], message.conversation)

    async def test_keeps_how_the_customer_is_called(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello", name="Ada")
        await ask(conversations, "Hello?")

        assert (await conversations.read(ADA)).state.name == "Ada"

    async def test_takes_a_language_hint_only_where_nothing_better_is_known(
        self, conversations: Conversations
    ) -> None:
        await ask(conversations, "Hallo", language="de")
        assert (await conversations.read(ADA)).state.language == "de"

        await conversations.commit(await claim(conversations), Reply(language="fr"))
        await ask(conversations, "Salut", language="de")

        assert (await conversations.read(ADA)).state.language == "fr"

    async def test_opens_a_resolved_conversation_again(self, conversations: Conversations) -> None:
        await ask(conversations, "Thanks")
        await conversations.commit(await claim(conversations), Reply(status=Status.RESOLVED))
        await ask(conversations, "One more thing")

        assert (await conversations.read(ADA)).state.status is Status.OPEN

    async def test_queues_nothing_while_an_agent_is_the_owner(self, conversations: Conversations) -> None:
        await ask(conversations, "A person, please")
        await conversations.take_over(ADA, "Mia")

        assert await ask(conversations, "Are you there?")

        assert await is_settled(conversations)
        assert "Are you there?" in await texts(conversations)


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


class TestAgents:
    async def test_taking_over_silences_the_bot(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        claimed = await claim(conversations)
        await conversations.publish(claimed, "sentence", {"turn": "b", "text": "Hi."})

        state = await conversations.take_over(ADA, "Mia")

        assert (state.owner, state.status) == ("Mia", Status.OPEN)
        assert not await conversations.publish(claimed, "sentence", {"turn": "b", "text": "How are you?"})
        assert not await conversations.commit(claimed, said("Hi."))
        assert await is_settled(conversations)
        turns = (await conversations.read(ADA)).turns
        assert [(turn.role, turn.text, turn.name) for turn in turns[1:]] == [("event", "taken_over", "Mia")]
        assert await outbox_of(conversations).next("sender", 0) is None

    async def test_an_agents_word_silences_the_bot(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        claimed = await claim(conversations)

        state = await conversations.say(ADA, "Mia", Turn("a", "agent", "Mia here.", 3.0, "Mia"))

        assert (state.owner, state.status, state.preview) == ("Mia", Status.OPEN, "Mia here.")
        assert not await conversations.commit(claimed, said("Hi."))
        turns = (await conversations.read(ADA)).turns
        assert [turn.role for turn in turns] == ["customer", "event", "agent"]

    async def test_an_answer_from_before_stays_lost_when_the_agent_hands_back(
        self, conversations: Conversations
    ) -> None:
        await ask(conversations, "Hello")
        claimed = await claim(conversations)
        await conversations.take_over(ADA, "Mia")
        await conversations.hand_back(ADA)

        assert not await conversations.commit(claimed, said("Hi."))
        assert "Hi." not in await texts(conversations)

    async def test_handed_back_the_bot_answers_what_comes_next(self, conversations: Conversations) -> None:
        await ask(conversations, "before")
        await conversations.take_over(ADA, "Mia")
        await ask(conversations, "to Mia")

        state = await conversations.hand_back(ADA)
        await ask(conversations, "to the bot")

        assert (state.owner, state.status) == (BOT, Status.OPEN)
        assert [turn.text for turn in (await claim(conversations)).pending] == ["to the bot"]
        assert await texts(conversations) == ["before", "taken_over", "to Mia", "handed_back", "to the bot"]

    async def test_handing_back_what_only_waits_opens_it(self, conversations: Conversations) -> None:
        await ask(conversations, "A person!")
        await conversations.commit(await claim(conversations), Reply(status=Status.WAITING))

        assert (await conversations.hand_back(ADA)).status is Status.OPEN
        assert await texts(conversations) == ["A person!"]

    async def test_a_colleague_may_take_over(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        await conversations.take_over(ADA, "Mia")
        await conversations.take_over(ADA, "Mia")

        assert (await conversations.take_over(ADA, "Noor")).owner == "Noor"
        names = [turn.name for turn in (await conversations.read(ADA)).turns if turn.text == "taken_over"]
        assert names == ["Mia", "Noor"]

    async def test_a_turn_id_that_is_there_changes_nothing(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        turn = Turn("a", "agent", "Mia here.", 3.0, "Mia")
        await conversations.say(ADA, "Mia", turn)
        await conversations.hand_back(ADA)
        before = await conversations.read(ADA)

        state = await conversations.say(ADA, "Mia", turn)

        assert state == before.state
        assert await conversations.read(ADA) == before

    async def test_what_an_agent_says_is_sent(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        turn = Turn("a", "agent", "Mia here.", 3.0, "Mia")
        await conversations.say(ADA, "Mia", turn)

        sending = await outbox_of(conversations).next("sender", 0)

        assert sending is not None
        assert (sending.conversation, sending.turn, sending.attempts) == (ADA, turn, 1)

    async def test_an_unknown_conversation_is_told(self, conversations: Conversations) -> None:
        turn = Turn("a", "agent", "Hello?", 3.0, "Mia")
        for act in (
            conversations.read("web:never"),
            conversations.take_over("web:never", "Mia"),
            conversations.hand_back("web:never"),
            conversations.say("web:never", "Mia", turn),
        ):
            with pytest.raises(ConversationUnknown, match="there is no such conversation"):
                await act
        assert await conversations.recent() == []


class TestReading:
    async def test_gives_the_last_turns(self, conversations: Conversations) -> None:
        for number in range(5):
            await ask(conversations, str(number))

        assert [turn.text for turn in (await conversations.read(ADA, 2)).turns] == ["3", "4"]
        assert (await conversations.read(ADA, 0)).turns == ()
        assert len((await conversations.read(ADA, 100)).turns) == 5

    async def test_a_state_knows_its_times_and_its_preview(self, store: Store) -> None:
        conversations = await store.open()
        await ask(conversations, "x" * 500)
        first = (await conversations.read(ADA)).state
        await store.let_pass(0.01)
        await ask(conversations, "y")
        second = (await conversations.read(ADA)).state

        assert (first.preview, second.preview) == ("x" * 120, "y")
        assert first.created == second.created
        assert second.created <= first.updated < second.updated

    async def test_lists_the_most_recently_active_first(self, store: Store) -> None:
        conversations = await store.open()
        for number in range(30):
            await ask(conversations, "Hello", f"web:{number}")
            await store.let_pass(0.002)
        await conversations.take_over("web:7", "Mia")

        listed = await conversations.recent(3)

        assert [state.id for state in listed] == ["web:7", "web:29", "web:28"]
        assert listed[0] == (await conversations.read("web:7")).state
        assert len(await conversations.recent()) == 30


class TestEvents:
    async def test_tell_every_turn_and_what_is_news_of_the_state(self, conversations: Conversations) -> None:
        await ask(conversations, "one")
        await ask(conversations, "two")
        claimed = await claim(conversations)
        await conversations.publish(claimed, "typing", {"who": BOT})
        await conversations.commit(claimed, said("Hi."))
        await conversations.take_over(ADA, "Mia")
        known = await conversations.read(ADA)

        events = await conversations.events(ADA, "0", 0)

        assert [event.kind for event in events] == ["turn", "state", "turn", "typing", "turn", "turn", "state"]
        assert [turn_of(event.data) for event in events if event.kind == "turn"] == list(known.turns)
        told = State(**events[-1].data)
        assert told == known.state
        assert type(told.updated) is float

    async def test_go_on_after_an_id_without_loss_or_doubles(self, store: Store) -> None:
        conversations, writer = await store.open(), await store.open()
        await ask(conversations, "Hello")
        claimed = await claim(conversations)
        mark = await last_mark(conversations)

        async def write() -> None:
            for number in range(50):
                await writer.publish(claimed, "sentence", {"number": number})
                await asyncio.sleep(0)

        async def listen(mark: str) -> list[Event]:
            heard: list[Event] = []
            while len(heard) < 50:
                heard += (await conversations.events(ADA, heard[-1].id if heard else mark, SOON))[:3]
            return heard

        listeners = [asyncio.create_task(listen(mark)) for _ in range(3)]
        await write()

        for listener in listeners:
            heard = await listener
            assert [event.data["number"] for event in heard] == list(range(50))
            assert len({event.id for event in heard}) == 50

    async def test_begin_now_when_asked_to(self, store: Store) -> None:
        conversations, writer = await store.open(), await store.open()
        await ask(conversations, "before")
        assert await conversations.events(ADA, "$", 0) == []

        waiting = asyncio.create_task(conversations.events(ADA, "$", SOON))
        for number in itertools.count():
            if waiting.done():
                break
            await ask(writer, f"after {number}")
            await asyncio.sleep(0.02)

        assert waiting.result()[0].data["text"].startswith("after")

    @pytest.mark.parametrize("mark", ["", "nonsense", "99999999999999999999", "-1", "1-2-3", "٣"])
    async def test_begin_at_the_beginning_for_what_is_no_id(self, conversations: Conversations, mark: str) -> None:
        await ask(conversations, "Hello")

        first, *_ = await conversations.events(ADA, mark, 0)

        assert first.data["text"] == "Hello"

    async def test_of_an_unknown_conversation_are_none(self, conversations: Conversations) -> None:
        assert await conversations.events("web:never", "0", 0.01) == []

    async def test_passing_ones_are_shown(self, conversations: Conversations) -> None:
        await conversations.announce(ADA, "typing", {"who": "customer"})
        await ask(conversations, "Hello")
        await conversations.announce(ADA, "withdrawn", {"turn": "b"})

        assert await kinds(conversations) == ["typing", "turn", "state", "withdrawn"]

    async def test_sentences_are_not_shown_without_the_claim(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        claimed = await claim(conversations)
        await conversations.release(claimed)

        assert not await conversations.publish(claimed, "sentence", {"turn": "b", "text": "Hi."})
        assert await kinds(conversations) == ["turn", "state"]

    async def test_are_bounded(self, conversations: Conversations) -> None:
        for number in range(2300):
            await conversations.announce(ADA, "typing", {"number": number})

        numbers = []
        mark = "0"
        while events := await conversations.events(ADA, mark, 0):
            numbers += [event.data["number"] for event in events]
            mark = events[-1].id

        assert 2000 <= len(numbers) < 2300
        assert numbers == list(range(2300))[-len(numbers) :]


class TestActivity:
    async def test_names_what_changed_once(self, conversations: Conversations) -> None:
        mark, _ = await conversations.activity("$", 0)
        for number in range(20):
            await ask(conversations, "Hello", f"web:{number}")
            await ask(conversations, "Hello?", f"web:{number}")

        after, names = await conversations.activity(mark, SOON)

        assert sorted(names) == sorted(f"web:{number}" for number in range(20))
        assert await conversations.activity(after, 0) == (after, [])

    async def test_begins_now_when_asked_to(self, conversations: Conversations) -> None:
        await ask(conversations, "before", "web:before")
        mark, names = await conversations.activity("$", 0)
        await ask(conversations, "after", "web:after")

        assert names == []
        assert (await conversations.activity(mark, SOON))[1] == ["web:after"]

    async def test_wakes_up(self, store: Store) -> None:
        conversations = await store.open()
        mark, _ = await conversations.activity("$", 0)
        waiting = asyncio.create_task(conversations.activity(mark, SOON))
        await asyncio.sleep(0.02)
        await ask(await store.open(), "Hello")

        assert (await waiting)[1] == [ADA]

    async def test_counts_every_change_of_a_conversation(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        claimed = await claim(conversations)
        changes = (
            lambda: conversations.commit(claimed, said("Hi.")),
            lambda: conversations.take_over(ADA, "Mia"),
            lambda: conversations.say(ADA, "Mia", Turn("a", "agent", "Hm.", 3.0)),
            lambda: ask(conversations, "Well?"),
            lambda: conversations.hand_back(ADA),
        )
        for change in changes:
            mark, _ = await conversations.activity("$", 0)
            await change()
            assert (await conversations.activity(mark, 0))[1] == [ADA]

    @pytest.mark.parametrize("mark", ["", "nonsense", "0", "1.2.3"])
    async def test_begins_at_the_beginning_for_what_is_no_mark(self, conversations: Conversations, mark: str) -> None:
        await ask(conversations, "Hello")

        assert (await conversations.activity(mark, 0))[1] == [ADA]


async def test_answers_a_ping(conversations: Conversations) -> None:
    await conversations.ping()
