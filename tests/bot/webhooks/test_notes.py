"""What agents note among themselves is told to no other program."""

import time

from bot.conversation.memory import MemoryConversations
from bot.conversation.messages import Turn
from bot.conversation.records import NOTED
from bot.webhooks.base import Deliveries
from bot.webhooks.follower import Follower
from bot.webhooks.hooks import Hooks
from bot.webhooks.sender import Sender
from tests.bot.webhooks.conftest import Receiver
from tests.bot.webhooks.test_telling import happen


async def test_a_note_is_no_part_of_what_hooks_hear(hooks: Hooks, deliveries: Deliveries, receiver: Receiver) -> None:
    conversations = MemoryConversations()
    follower = Follower(conversations, hooks, deliveries)
    await follower.step()
    await hooks.create(receiver.url, [], "Ada")
    await happen(conversations)
    await conversations.note("web:1", Turn("note-1", "event", NOTED, time.time(), "Mia", note="Secretly a VIP"))
    await conversations.tag("web:1", ["secret tag"], [])
    await follower.step()
    await Sender(hooks, deliveries, private=True).send_due()

    assert receiver.heard
    assert not [body for _, body in receiver.heard if b"Secretly" in body or b"secret tag" in body]
