"""What base.py promises of reading and pings, on every store."""

from bot.conversation.base import Conversations
from tests.bot.conversation.acts import ADA, ask
from tests.bot.conversation.conftest import Store


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


async def test_answers_a_ping(conversations: Conversations) -> None:
    await conversations.ping()
