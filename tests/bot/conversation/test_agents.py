"""What base.py promises of agents, on every store."""

import pytest

from bot.conversation.base import Conversations, ConversationUnknown, MessageConflict
from bot.conversation.messages import BOT, Attachment, Reply, Status, Turn
from tests.bot.conversation.acts import ADA, ask, claim, is_settled, said, texts
from tests.bot.conversation.conftest import outbox_of


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

    async def test_what_an_agent_attaches_arrives(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        attached = (Attachment("document", "file-1", "label.pdf", "application/pdf", 4711),)
        turn = Turn("a", "agent", "", 3.0, "Mia", attachments=attached, once=True)

        state = await conversations.say(ADA, "Mia", turn)
        outgoing = await outbox_of(conversations).next("sender", 0)

        assert outgoing is not None
        assert (await conversations.read(ADA)).turns[-1] == outgoing.turn == turn
        assert state.preview == "📎 label.pdf"


class TestHandingBackUnlessSpoken:
    async def test_an_agent_who_has_spoken_keeps_it(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        await conversations.say(ADA, "Mia", Turn("a", "agent", "Mia here.", 3.0, "Mia"))

        assert (await conversations.hand_back(ADA, unless_spoken=True)).owner == "Mia"
        assert (await conversations.hand_back(ADA)).owner == BOT

    async def test_one_who_has_only_come_does_not(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        await conversations.take_over(ADA, "Mia")

        assert (await conversations.hand_back(ADA, unless_spoken=True)).owner == BOT

    async def test_what_was_said_in_an_earlier_episode_does_not_count(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        await conversations.say(ADA, "Mia", Turn("a", "agent", "Mia here.", 3.0, "Mia"))
        await conversations.resolve(ADA, "Mia")
        await ask(conversations, "Again")
        await conversations.take_over(ADA, "Mia")

        assert (await conversations.hand_back(ADA, unless_spoken=True)).owner == BOT

    async def test_a_turn_id_is_not_used_for_another_text(self, conversations: Conversations) -> None:
        await ask(conversations, "Hello")
        await conversations.say(ADA, "Mia", Turn("a", "agent", "Mia here.", 3.0, "Mia"))

        with pytest.raises(MessageConflict):
            await conversations.say(ADA, "Mia", Turn("a", "agent", "Something else.", 3.0, "Mia"))
