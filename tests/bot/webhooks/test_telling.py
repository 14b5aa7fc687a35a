"""From a conversation to a receiver on loopback: signed, once, in spite of failures."""

import json
import time

import pytest

from bot.conversation.memory import MemoryConversations
from bot.conversation.messages import Message, Turn
from bot.registry.memory import MemoryRegistry
from bot.webhooks.base import Deliveries, Kind
from bot.webhooks.follower import Follower
from bot.webhooks.hooks import MOST, Hooks, HooksFull
from bot.webhooks.memory import MemoryDeliveries
from bot.webhooks.sender import Sender
from bot.webhooks.signing import genuine
from tests.bot.webhooks.conftest import Receiver


def saying(number: int, conversation: str = "web:1") -> Message:
    return Message(conversation, f"message-{number}", f"Hello {number}", time.time())


async def happen(conversations: MemoryConversations) -> None:
    await conversations.accept(saying(1))
    await conversations.say("web:1", "Mia", Turn("reply-1", "agent", "Hello", time.time(), "Mia"))
    await conversations.resolve("web:1", "Mia")
    await conversations.note("web:1", Turn("rated-1", "event", "rated_up", time.time(), "reply-1"))


def kinds(receiver: Receiver) -> list[str]:
    return [json.loads(body)["type"] for _, body in receiver.heard]


async def test_what_happens_is_told_with_a_signature_that_the_receiver_can_check(
    hooks: Hooks, deliveries: Deliveries, receiver: Receiver
) -> None:
    conversations = MemoryConversations()
    follower, sender = Follower(conversations, hooks, deliveries), Sender(hooks, deliveries, private=True)
    await follower.step()
    hook = await hooks.create(receiver.url, [], "Ada")
    await happen(conversations)
    await follower.step()
    await sender.send_due()
    told = {kind: json.loads(body) for kind, (_, body) in zip(kinds(receiver), receiver.heard, strict=True)}

    assert sorted(told) == sorted([Kind.CREATED, Kind.RECEIVED, Kind.REPLIED, Kind.RESOLVED, Kind.FEEDBACK])
    assert told["message.received"]["data"]["turn"]["text"] == "Hello 1"
    for headers, body in receiver.heard:
        assert genuine(hook.secret, headers, body, time.time())
        assert not genuine(hook.secret, headers, body + b" ", time.time())
        assert not genuine(hook.secret, headers, body, time.time() + 600)


async def test_a_hook_hears_only_of_what_it_asked_for_and_of_nothing_before_it(receiver: Receiver) -> None:
    conversations, deliveries = MemoryConversations(), MemoryDeliveries()
    clock = time.time() + 100
    hooks = Hooks(MemoryRegistry(), lambda: clock)
    await Follower(conversations, hooks, deliveries).step()
    await happen(conversations)
    await hooks.create(receiver.url, [Kind.RESOLVED], "Ada")
    await conversations.accept(Message("web:1", "message-9", "Hello again", clock + 1))
    await conversations.note("web:1", Turn("end", "event", "resolved", clock + 2))
    await Follower(conversations, hooks, deliveries).step()
    await Sender(hooks, deliveries, private=True).send_due()

    assert kinds(receiver) == ["resolved"]


async def test_a_follower_that_dies_loses_nothing_and_tells_nothing_twice(
    hooks: Hooks, deliveries: Deliveries, receiver: Receiver
) -> None:
    conversations = MemoryConversations()
    await Follower(conversations, hooks, deliveries).step()
    await hooks.create(receiver.url, [Kind.RECEIVED], "Ada")
    put, calls = deliveries.put, 0

    async def dying(*arguments: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise ConnectionError
        await put(*arguments)  # type: ignore[arg-type]
        if calls == 3:
            raise ConnectionError

    deliveries.put = dying  # type: ignore[method-assign]
    for number in range(4):
        await conversations.accept(saying(number, f"web:{number}"))
    for _ in range(4):
        try:
            await Follower(conversations, hooks, deliveries).step()
        except ConnectionError:
            continue
    await Sender(hooks, deliveries, private=True).send_due()

    assert sorted(json.loads(body)["data"]["turn"]["id"] for _, body in receiver.heard) == [
        f"message-{number}" for number in range(4)
    ]


async def test_a_receiver_that_fails_is_told_again_and_at_last_given_up(
    hooks: Hooks, deliveries: Deliveries, receiver: Receiver
) -> None:
    now = time.time()
    conversations = MemoryConversations()
    follower = Follower(conversations, hooks, deliveries)
    await follower.step()
    await hooks.create(receiver.url, [Kind.RECEIVED], "Ada")
    await conversations.accept(saying(1))
    await follower.step()
    receiver.answers = [500, 302, 429]
    sender = Sender(hooks, deliveries, private=True, delays=(10.0, 20.0), clock=lambda: now)
    attempts = []
    for _ in range(4):
        now += 15
        attempts.append(await sender.send_due())
    dead = await deliveries.dead()

    assert attempts == [1, 1, 0, 1]
    assert [(each.attempts, each.reason) for each in dead] == [(3, "answered 429")]
    assert len({headers["webhook-id"] for headers, _ in receiver.heard}) == 1
    assert await deliveries.revive(dead[0].id, now)
    assert await sender.send_due() == 1
    assert await deliveries.dead() == []


@pytest.mark.parametrize("status", [429, 503])
async def test_who_asks_to_be_left_alone_is_told_nothing_until_then(
    hooks: Hooks, deliveries: Deliveries, receiver: Receiver, status: int
) -> None:
    now = time.time()
    conversations = MemoryConversations()
    follower = Follower(conversations, hooks, deliveries)
    await follower.step()
    await hooks.create(receiver.url, [Kind.RECEIVED], "Ada")
    for number in range(3):
        await conversations.accept(saying(number))
    await follower.step()
    receiver.answers, receiver.retry_after = [status], "60"
    sender = Sender(hooks, deliveries, private=True, delays=(5.0,), clock=lambda: now)
    attempts = []
    for seconds in (1, 10, 40, 15):
        now += seconds
        attempts.append(await sender.send_due())

    assert attempts == [1, 0, 0, 3]
    assert len(receiver.heard) == 4
    assert await deliveries.dead() == []


async def test_a_removed_hook_hears_nothing_more(hooks: Hooks, deliveries: Deliveries, receiver: Receiver) -> None:
    conversations = MemoryConversations()
    follower = Follower(conversations, hooks, deliveries)
    await follower.step()
    hook = await hooks.create(receiver.url, [], "Ada")
    await conversations.accept(saying(1))
    await follower.step()
    await hooks.remove(hook.id)
    await Sender(hooks, deliveries, private=True).send_due()

    assert receiver.heard == []
    assert await deliveries.dead() == []


async def test_our_own_network_is_not_called(hooks: Hooks, deliveries: Deliveries, receiver: Receiver) -> None:
    conversations = MemoryConversations()
    follower = Follower(conversations, hooks, deliveries)
    await follower.step()
    for url in (receiver.url, receiver.url.replace("127.0.0.1", "localhost"), "https://localhost:1/hook"):
        await hooks.create(url, [Kind.RECEIVED], "Ada")
    await conversations.accept(saying(1))
    await follower.step()
    await Sender(hooks, deliveries, delays=()).send_due()

    assert receiver.heard == []
    assert len(await deliveries.dead()) == 3


async def test_there_is_an_end_of_hooks(hooks: Hooks) -> None:
    for _ in range(MOST):
        await hooks.create("https://shop.example/hook", [], "Ada")
    with pytest.raises(HooksFull):
        await hooks.create("https://shop.example/hook", [], "Ada")
