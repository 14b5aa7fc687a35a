"""What base.py promises of accepting messages, on every store."""

import asyncio

import pytest

from bot.conversation.base import Conversations, MessageConflict
from bot.conversation.keys import keys_of
from bot.conversation.messages import About, Attachment, Message, Reply, Status, Turn
from bot.conversation.records import turn_of
from tests.bot.conversation.acts import ADA, ask, claim, is_settled, said, texts
from tests.bot.conversation.conftest import Store
from tests.bot.conversation.onlooker import state_of

ON_A_PAGE = About(
    "https://shop.example/bikes", "Bikes", "Firefox", "Android", {"plan": "gold"}, {"plan": "platinum", "cart": "2"}
)
ELSEWHERE = About("https://shop.example/help", browser="Firefox", system="Android")


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


class TestAttachments:
    async def test_survive(self, conversations: Conversations) -> None:
        attached = (
            Attachment("voice", "file-1", mime="audio/ogg", size=9),
            Attachment("contact", name="阿达 \ud83d"),
        )
        await conversations.accept(Message(ADA, "1", "Listen", 1.5, attachments=attached))
        claimed = await claim(conversations)
        [event] = [event for event in await conversations.events(ADA, "0", 0) if event.kind == "turn"]

        turn = Turn("1", "customer", "Listen", 1.5, attachments=attached)
        assert claimed.pending == (turn,) == (await conversations.read(ADA)).turns
        assert turn_of(event.data) == turn

    async def test_need_no_text(self, conversations: Conversations) -> None:
        message = Message(ADA, "1", "", 1.5, attachments=(Attachment("photo", "file-1"),))

        assert await conversations.accept(message)
        assert not await conversations.accept(message)
        claimed = await claim(conversations)
        assert claimed.pending[0].attachments == message.attachments
        assert await conversations.commit(claimed, said("A fine picture."))


class TestWhatIsToldOfTheCustomer:
    async def test_is_what_came_last(self, conversations: Conversations) -> None:
        await conversations.accept(Message(ADA, "1", "Hello", 1.0, about=ON_A_PAGE))
        await conversations.accept(Message(ADA, "2", "Hello?", 2.0, about=ELSEWHERE))

        assert (await conversations.read(ADA)).state.about == ELSEWHERE
        assert (await conversations.recent())[0].about == ELSEWHERE

    async def test_stays_when_a_message_tells_nothing(self, conversations: Conversations) -> None:
        await conversations.accept(Message(ADA, "1", "Hello", 1.0, about=ON_A_PAGE))
        await conversations.accept(Message(ADA, "2", "Hello?", 2.0))
        await conversations.commit(await claim(conversations), said("Hi."))
        await conversations.resolve(ADA, "Mia")

        assert (await conversations.read(ADA)).state.about == ON_A_PAGE

    async def test_is_forgotten_when_a_message_tells_that_there_is_nothing(
        self, conversations: Conversations
    ) -> None:
        await conversations.accept(Message(ADA, "1", "Hello", 1.0, about=ON_A_PAGE))
        await conversations.accept(Message(ADA, "2", "Hello?", 2.0, about=About()))

        assert (await conversations.read(ADA)).state.about == About()

    async def test_is_not_changed_by_a_message_that_was_there_already(self, conversations: Conversations) -> None:
        await conversations.accept(Message(ADA, "1", "Hello", 1.0, about=ON_A_PAGE))
        await conversations.accept(Message(ADA, "1", "Hello", 1.0, about=ELSEWHERE))

        assert (await conversations.read(ADA)).state.about == ON_A_PAGE

    async def test_is_news_to_onlookers_once(self, conversations: Conversations) -> None:
        for number, about in enumerate((ON_A_PAGE, ON_A_PAGE, ELSEWHERE)):
            await conversations.accept(Message(ADA, str(number), "Hello", 1.0, about=about))
        events = [event for event in await conversations.events(ADA, "0", 0) if event.kind == "state"]

        assert [state_of(event).about for event in events] == [ON_A_PAGE, ELSEWHERE]

    async def test_stands_in_no_turn(self, conversations: Conversations) -> None:
        await conversations.accept(Message(ADA, "1", "Hello", 1.0, about=ON_A_PAGE))
        claimed = await claim(conversations)
        turns = [event for event in await conversations.events(ADA, "0", 0) if event.kind == "turn"]

        assert claimed.pending == (Turn("1", "customer", "Hello", 1.0),)
        assert "shop.example" not in repr(turns)

    @pytest.mark.parametrize("text", ["", "\0", "\ud83d", "\u202e", '"}]\r\n\\', "订单"])
    async def test_survives_whatever_it_is(self, conversations: Conversations, text: str) -> None:
        about = About(text, text, text, text, {text: text}, {text: text, "more": text})
        await conversations.accept(Message(ADA, "1", "Hello", 1.0, about=about))

        assert (await conversations.read(ADA)).state.about == about

    async def test_is_empty_in_a_record_of_an_older_kefu(self, store: Store) -> None:
        conversations = await store.open()
        await ask(conversations, "Hello")
        if store.server is not None:
            assert store.server.ask(f"HDEL {keys_of(ADA)[0].decode()} about") == ":1"

        assert (await conversations.read(ADA)).state.about == About()
        assert (await conversations.take_over(ADA, "Mia")).about == About()
        await conversations.accept(Message(ADA, "2", "Hello?", 2.0, about=ON_A_PAGE))
        assert (await conversations.recent())[0].about == ON_A_PAGE
