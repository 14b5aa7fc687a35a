"""Every act keeps to the keys of one slot, so that it is legal on a cluster."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from importlib.resources import files

import pytest
from redis.asyncio import Redis
from redis.crc import key_slot

from bot.conversation.base import Conversations
from bot.conversation.keys import ALL_SHARDS, SCHEMA, shard_of
from bot.conversation.messages import Message, Reply, Status, Turn
from bot.conversation.records import ATTEMPTS
from bot.conversation.redis import RedisConversations
from bot.conversation.valkey import find_binary
from bot.delivery.base import Attempt, Outbox, Outgoing, Parcel, Post
from bot.delivery.redis import redis_post
from tests.bot.conversation.acts import SOON, ask, claim
from tests.bot.conversation.clusters import OneNode, RecordingServer, one_node, redis_binary

pytestmark = pytest.mark.server

NAMES = [f"telegram:{number}" for number in range(40)]


@pytest.fixture(scope="module", params=["valkey", "redis"])
def node(request: pytest.FixtureRequest) -> Iterator[OneNode]:
    binary = find_binary() if request.param == "valkey" else redis_binary()
    if binary is None:
        pytest.skip("NOT TESTED ON REDIS: there is no redis-server on this machine (apt install redis-server)")
    with one_node(binary) as node:
        yield node


@pytest.fixture
async def server(node: OneNode) -> AsyncIterator[RecordingServer]:
    node.ask("FLUSHALL")
    server = RecordingServer(node.url)
    await server.check_schema()
    yield server
    await server.close()


async def answered(conversations: Conversations, name: str) -> None:
    """A conversation from its first message to an answer and a handoff."""
    assert await conversations.accept(Message(name, "1", "Where is it?", 1.5))
    claimed = await claim(conversations)
    assert await conversations.accept(Message(name, "2", "My parcel", 1.5))
    extended = await conversations.extend(claimed)
    assert extended is not None
    assert await conversations.renew(extended)
    assert await conversations.publish(extended, "sentence", {"turn": "b", "text": "Hi."})
    reply = Reply((Turn("b", "bot", "Hi.", 2.5),), Status.WAITING, "asked", whole=True)
    assert await conversations.commit(extended, reply)


async def attended(conversations: Conversations, name: str) -> None:
    """What agents do."""
    await conversations.take_over(name, "Mia")
    await conversations.say(name, "Mia", Turn("a", "agent", "Mia here.", 3.0, "Mia"))
    await conversations.hand_back(name)
    await conversations.note(name, Turn("rating", "event", "rated", 4.0, "5"))
    await conversations.resolve(name, "Mia", "done")
    await conversations.reopen(name, "Noor")
    await conversations.announce(name, "typing", {"who": "agent"})
    assert (await conversations.read(name)).state.status is Status.OPEN


async def given_up(conversations: Conversations, name: str) -> None:
    await ask(conversations, "poison", name)
    for _ in range(2 * ATTEMPTS):
        await conversations.release(await claim(conversations))
    assert await conversations.claim("worker", 0) is None
    assert (await conversations.read(name)).state.reason == "engine_down"


async def sent(outbox: Outbox) -> list[Outgoing]:
    taken = []
    while outgoing := await outbox.next("sender", 0):
        attempt = await outbox.attempt(outgoing, 0, "sender")
        assert attempt is (Attempt.WITHDRAWN if outgoing.turn.role == "bot" else Attempt.FIRST)
        await outbox.record(outgoing, 0, "4711")
        await outbox.settle(outgoing, "" if len(taken) % 2 else "withdrawn")
        taken.append(outgoing)
    return taken


async def received(post: Post) -> list[str]:
    for number in range(5):
        assert await post.inbox.put(str(number), b"{}")
    await post.inbox.bury(await _first(post), "no JSON")
    names, done = [], None
    while (done := await post.inbox.next(done, 0)) is not None:
        names.append(done.name)
    assert await post.inbox.waiting() == 0
    return names


async def _first(post: Post) -> Parcel:
    parcel = await post.inbox.next(None, SOON)
    assert parcel is not None
    return parcel


async def kept(post: Post) -> None:
    assert await post.leases.hold("reader", "a", 30.0)
    assert not await post.leases.hold("reader", "b", 30.0)
    await post.leases.let_go("reader", "a")
    await post.notebook.write("offset", "7", 30.0)
    assert await post.notebook.read("offset") == "7"
    await post.notebook.erase("offset")
    await post.notebook.write("offset", "8", 30.0)


async def whole_life(conversations: RedisConversations) -> None:
    """Every act, on conversations of every shard."""
    post = redis_post(conversations, "telegram", "7")
    mark, _ = await conversations.activity("$", 0)
    for name in NAMES:
        await answered(conversations, name)
    assert await conversations.queue() == NAMES
    for name in NAMES:
        await attended(conversations, name)
        await given_up(conversations, name)
    for name in NAMES:
        await conversations.tag(name, ["vip"], [])
        await conversations.snooze(name, 4e9, "Mia")
    assert await conversations.search("nobody says this") == []
    assert {outgoing.conversation for outgoing in await sent(post.outbox)} == set(NAMES)
    assert await received(post) == ["1", "2", "3", "4"]
    await kept(post)
    assert {state.id for state in await conversations.recent()} == set(NAMES)
    assert set((await conversations.activity(mark, 0))[1]) == set(NAMES)
    assert len(await conversations.events(NAMES[0], "0", 0)) > 10
    await conversations.ping()


async def test_a_whole_life_is_legal_on_a_cluster(server: RecordingServer, node: OneNode) -> None:
    assert node.ask("MGET one two").startswith("-CROSSSLOT")

    await whole_life(RedisConversations(server))

    assert {shard_of(name) for name in NAMES} == set(ALL_SHARDS)
    async with Redis.from_url(node.url) as raw:
        keys = {key.decode() for key in await raw.keys()}
    shards = tuple(f"kefu:{{k{shard.number}}}:" for shard in ALL_SHARDS)
    assert {key for key in keys if not key.startswith((*shards, "kefu:{telegram:7}:"))} == {SCHEMA}


async def test_every_script_is_given_keys_of_one_slot(server: RecordingServer) -> None:
    await whole_life(RedisConversations(server))

    assert server.calls
    assert {name for name, keys in server.calls if len({key_slot(key) for key in keys}) != 1} == set()
    # And none was forgotten here.
    folders = {"": files("bot.conversation"), "bot.delivery/": files("bot.delivery")}
    scripts = {
        home + file.name.removesuffix(".lua")
        for home, folder in folders.items()
        for file in (folder / "lua").iterdir()
        if file.name.endswith(".lua") and file.name != "common.lua"
    }
    assert {name for name, _ in server.calls} == scripts


async def test_the_bell_rings_on_a_cluster(server: RecordingServer, node: OneNode) -> None:
    waiting, writing = RedisConversations(server), await RedisConversations.connect(node.url)
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(writing.close)
        listeners = [
            asyncio.create_task(waiting.claim("worker", SOON)),
            asyncio.create_task(waiting.events("web:1", "$", SOON)),
            asyncio.create_task(waiting.activity("$", SOON)),
        ]
        await asyncio.sleep(0.2)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await ask(writing, "Hello", "web:1")
        heard = await asyncio.gather(*listeners)

    # Without a ring they would look after a second only.
    assert loop.time() - begun < 0.5
    assert all(heard)
