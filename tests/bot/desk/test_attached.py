"""What the bot does with what it cannot open, and what agents see of it."""

from dataclasses import replace

import pytest

from bot.channels.base import MessageRefused
from bot.conversation.memory import MemoryConversations
from bot.conversation.messages import Attachment, Message
from bot.desk.desk import Desk
from bot.desk.replying import Replier
from tests.bot.desk.conftest import message
from tests.bot.desk.test_replying import claimed

LAMP = (Attachment("photo", "file-0001", "lamp.png", "image/png", 70),)


async def answered(desk: Desk, replier: Replier, conversations: MemoryConversations, said: Message) -> str:
    await desk.receive(said)
    assert await replier.reply(await claimed(conversations))
    return (await conversations.read(said.conversation)).turns[-1].text


async def test_words_are_answered_and_the_customer_is_told_that_these_alone_were_read(
    desk: Desk, replier: Replier, conversations: MemoryConversations
) -> None:
    said = replace(message(), attachments=LAMP)
    text = await answered(desk, replier, conversations, said)

    assert text == "First. Second. I can't open the attachment; I go by the text you wrote with it."


async def test_words_alone_are_answered_as_they_are(
    desk: Desk, replier: Replier, conversations: MemoryConversations
) -> None:
    assert await answered(desk, replier, conversations, message()) == "First. Second."


async def test_a_door_that_says_so_itself_is_not_repeated(
    desk: Desk, replier: Replier, conversations: MemoryConversations
) -> None:
    said = replace(message(), conversation="telegram:1", attachments=LAMP)
    assert await answered(desk, replier, conversations, said) == "First. Second."


async def test_a_list_shows_what_came_without_words(desk: Desk, conversations: MemoryConversations) -> None:
    await desk.receive(replace(message(), text="", attachments=LAMP))
    assert (await conversations.read("web:1")).state.preview == "📎 lamp.png"


async def test_an_agent_s_file_needs_no_words_and_nothing_at_all_is_no_reply(
    desk: Desk, conversations: MemoryConversations
) -> None:
    await desk.receive(message())
    await desk.say("web:1", "Ada", "", "turn-0001", attachments=LAMP)
    with pytest.raises(MessageRefused):
        await desk.say("web:1", "Ada", "", "turn-0002")

    said = (await conversations.read("web:1")).turns[-1]
    assert (said.role, said.text, said.attachments) == ("agent", "", LAMP)
