"""What only a server can do wrong, or must do besides the contract."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
from redis.asyncio import Redis

from bot.conversation.base import Conversations, ConversationsError, ConversationsUnavailable, ConversationUnknown
from bot.conversation.keys import ALL_SHARDS, SCHEMA, keys_of, shard_of
from bot.conversation.messages import Claim, Message, Reply, Status, Turn
from bot.conversation.records import ATTEMPTS
from bot.conversation.redis import RedisConversations
from bot.conversation.retention import Retention
from bot.conversation.schema import SCHEMA_VERSION
from bot.conversation.valkey import find_binary
from bot.delivery.redis import redis_post
from tests.bot.conversation.conftest import outbox_of
from tests.conftest import RealServer, running

pytestmark = pytest.mark.server

ADA = "telegram:42"
SOON = 5.0  # seconds that something may take which must happen
DAY = 86_400


@pytest.fixture
def mortal() -> Iterator[RealServer]:
    """A server that may be killed."""
    with running(find_binary()) as server:
        yield server


Connect = Callable[..., Awaitable[RedisConversations]]


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Connects like `RedisConversations.connect`, and closes at the end of the test."""
    opened = []

    async def connect(url: str, **details: float) -> RedisConversations:
        opened.append(await RedisConversations.connect(url, **details))  # type: ignore[arg-type]
        return opened[-1]

    yield connect
    for conversations in opened:
        await conversations.close()


@pytest.fixture
async def conversations(server: RealServer, connect: Connect) -> RedisConversations:
    return await connect(server.url)


@pytest.fixture
async def raw(server: RealServer) -> AsyncIterator[Redis]:
    async with Redis.from_url(server.url) as raw:
        yield raw


async def ask(conversations: Conversations, text: str, conversation: str = ADA) -> bool:
    return await conversations.accept(Message(conversation, text, text, 1.5))


async def claim(conversations: Conversations) -> Claim:
    claim = await conversations.claim("worker", SOON)
    assert claim is not None
    return claim


async def whole_life(conversations: Conversations) -> None:
    """One of every act, so that every key of a conversation exists."""
    await ask(conversations, "one")
    await conversations.commit(await claim(conversations), Reply((Turn("b", "bot", "Hi.", 2.5),)))
    await ask(conversations, "two")
    await conversations.publish(await claim(conversations), "typing", {"who": "bot"})


async def until_up(conversations: Conversations) -> None:
    async with asyncio.timeout(SOON):
        while True:
            try:
                return await conversations.ping()
            except ConversationsUnavailable:
                await asyncio.sleep(0.05)


class TestAnOutage:
    async def test_is_told_in_one_line_and_gets_over(self, mortal: RealServer, connect: Connect) -> None:
        conversations = await connect(mortal.url)
        await ask(conversations, "before")
        claimed = await claim(conversations)
        mortal.kill()

        for act in (
            ask(conversations, "meanwhile"),
            conversations.claim("worker", SOON),
            conversations.commit(claimed, Reply()),
            conversations.read(ADA),
            conversations.recent(),
            conversations.events(ADA, "0", SOON),
            conversations.activity("$", SOON),
            outbox_of(conversations).next("sender", SOON),
            conversations.ping(),
        ):
            with pytest.raises(ConversationsUnavailable) as told:
                await act
            assert "\n" not in str(told.value)

        mortal.start()
        await until_up(conversations)
        assert await ask(conversations, "after")
        assert await conversations.commit(claimed, Reply((Turn("b", "bot", "Hi.", 2.5),)))
        assert [turn.text for turn in (await conversations.read(ADA)).turns] == ["before", "after", "Hi."]

    async def test_meets_who_waits_and_they_can_wait_again(self, mortal: RealServer, connect: Connect) -> None:
        conversations = await connect(mortal.url)
        waiting = asyncio.create_task(conversations.claim("worker", 30.0))
        await asyncio.sleep(0.1)
        mortal.kill()
        with pytest.raises(ConversationsUnavailable):
            await asyncio.wait_for(waiting, SOON)

        mortal.start()
        await until_up(conversations)
        again = asyncio.create_task(conversations.claim("worker", 30.0))
        await asyncio.sleep(0.05)
        await ask(conversations, "Hello")

        assert (await asyncio.wait_for(again, SOON)) is not None

    async def test_forgets_no_accepted_message(self, mortal: RealServer, connect: Connect) -> None:
        conversations = await connect(mortal.url)
        accepted = []
        for number in range(200):
            if number % 50 == 25:
                mortal.kill()
                mortal.start()
                await until_up(conversations)
            if await ask(conversations, str(number), f"web:{number % 7}"):
                accepted.append(str(number))

        stored = [turn.text for number in range(7) for turn in (await conversations.read(f"web:{number}")).turns]
        pending = []
        while claimed := await conversations.claim("worker", 0):
            pending += [turn.text for turn in claimed.pending]

        assert sorted(stored) == sorted(pending) == sorted(map(str, range(200)))
        assert set(accepted) <= set(stored)

    async def test_at_the_start_is_told(self) -> None:
        with pytest.raises(ConversationsUnavailable):
            await RedisConversations.connect("unix:///nowhere/at/all")

    async def test_a_url_that_is_none_is_told(self) -> None:
        with pytest.raises(ConversationsError, match="KEFU_REDIS_URL"):
            await RedisConversations.connect("http://127.0.0.1")

    async def test_scripts_that_the_server_forgot_are_sent_again(
        self, conversations: RedisConversations, raw: Redis
    ) -> None:
        await ask(conversations, "one")
        for _ in range(2):
            await raw.script_flush()
            await ask(conversations, "two")
            await raw.script_flush()
            assert [state.id for state in await conversations.recent()] == [ADA]

    async def test_a_lost_bell_delays_and_loses_nothing(self, conversations: RedisConversations, raw: Redis) -> None:
        waiting = asyncio.create_task(conversations.claim("worker", SOON))
        await asyncio.sleep(0.1)
        await raw.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        await ask(conversations, "Hello")

        assert (await waiting) is not None


class TestAFullServer:
    async def test_refuses_whole_acts_and_still_reads(self, mortal: RealServer, connect: Connect) -> None:
        conversations = await connect(mortal.url)
        async with Redis.from_url(mortal.url) as raw:
            await ask(conversations, "before")
            claimed = await claim(conversations)
            before = await conversations.read(ADA), await conversations.events(ADA, "0", 0)
            await raw.config_set("maxmemory", 1)

            for act in (
                ask(conversations, "meanwhile"),
                ask(conversations, "Hello", "web:new"),
                conversations.commit(claimed, Reply((Turn("b", "bot", "Hi.", 2.5),))),
                conversations.take_over(ADA, "Mia"),
                conversations.announce(ADA, "typing", {}),
            ):
                with pytest.raises(ConversationsUnavailable):
                    await act

            assert (await conversations.read(ADA), await conversations.events(ADA, "0", 0)) == before
            with pytest.raises(ConversationUnknown):
                await conversations.read("web:new")
            assert await conversations.renew(claimed)
            await conversations.release(claimed)
            await raw.config_set("maxmemory", 0)
            assert await ask(conversations, "after")


class TestWhatIsKept:
    async def test_goes_when_its_time_is_over(self, server: RealServer, raw: Redis, connect: Connect) -> None:
        conversations = await connect(server.url, retention=Retention.all_of(0.2))
        await whole_life(conversations)
        await asyncio.sleep(0.3)

        with pytest.raises(ConversationUnknown):
            await conversations.read(ADA)
        assert await conversations.recent() == []
        assert await conversations.events(ADA, "0", 0) == []
        assert await outbox_of(conversations).next("sender", 0) is None
        assert await conversations.claim("worker", 0) is None
        shard = shard_of(ADA)
        assert await raw.exists(*keys_of(ADA)[:4]) == 0
        assert await raw.xlen(shard.outbox("telegram")) == 0

    async def test_one_that_begins_anew_is_claimed_once(self, server: RealServer, connect: Connect) -> None:
        conversations = await connect(server.url, retention=Retention.all_of(0.2))
        await ask(conversations, "before")
        await asyncio.sleep(0.3)
        await ask(conversations, "anew")

        assert [turn.text for turn in (await claim(conversations)).pending] == ["anew"]
        assert await conversations.claim("another", 0) is None

    async def test_a_message_is_known_again_for_more_than_a_day(
        self, server: RealServer, raw: Redis, connect: Connect
    ) -> None:
        conversations = await connect(server.url, retention=Retention.all_of(0.2))
        await ask(conversations, "Hello")
        await asyncio.sleep(0.3)

        assert not await ask(conversations, "Hello")
        assert await raw.ttl(keys_of(ADA)[4]) > 25 * 3600 - 60

    async def test_every_key_with_a_customers_words_has_an_end(
        self, server: RealServer, raw: Redis, connect: Connect
    ) -> None:
        conversations = await connect(server.url, retention=Retention())
        await whole_life(conversations)

        # Entries of the outbox end one by one.
        for key in set(await raw.keys()) - {shard_of(ADA).outbox("telegram")}:
            if b"one" in await raw.dump(key) or ADA.encode() in key:
                days = 2 if b":events:" in key else 30
                assert (days - 1) * DAY < await raw.ttl(key) <= days * DAY, key

    async def test_what_was_given_up_is_kept_for_people(self, conversations: RedisConversations, raw: Redis) -> None:
        await ask(conversations, "poison \ud83d")
        buried = Reply((Turn("sorry", "bot", "Sorry.", 1.0),), Status.WAITING, "engine_down", buried="engine_down")
        await conversations.commit(await claim(conversations), buried)

        [(_, dead)] = await raw.xrange(shard_of(ADA).dead)
        assert dead[b"conversation"] == ADA.encode()
        assert dead[b"reason"] == b"engine_down"
        assert b"poison" in dead[b"turns"]

    async def test_why_a_turn_was_not_sent_is_kept(self, conversations: RedisConversations, raw: Redis) -> None:
        await whole_life(conversations)
        outbox = redis_post(conversations, "telegram", "7").outbox
        outgoing = await outbox.next("sender", 0)
        assert outgoing is not None
        await outbox.settle(outgoing, "blocked")

        [(_, dead)] = await raw.xrange(shard_of(ADA).dead)
        assert (dead[b"reason"], b"Hi." in dead[b"turns"]) == (b"blocked", True)

    async def test_nothing_piles_up_when_all_is_settled(self, conversations: RedisConversations, raw: Redis) -> None:
        for number in range(20):
            await ask(conversations, str(number))
            await conversations.commit(await claim(conversations), Reply((Turn(f"b{number}", "bot", ".", 1.0),)))
            outbox = redis_post(conversations, "telegram", "7").outbox
            outgoing = await outbox.next("sender", 0)
            assert outgoing is not None
            await outbox.attempt(outgoing, 0, "sender")
            await outbox.settle(outgoing)

        shard = shard_of(ADA)
        for stream in (shard.ready, shard.outbox("telegram")):
            assert await raw.xlen(stream) == 0
            assert (await raw.xpending(stream, "kefu"))["pending"] == 0
        assert not await raw.exists(keys_of(ADA)[2], shard.attempts("telegram"))


class TestSchema:
    async def test_is_written_down(self, conversations: RedisConversations, raw: Redis) -> None:
        assert await raw.get(SCHEMA) == str(SCHEMA_VERSION).encode()

    async def test_of_a_newer_kefu_is_refused(self, server: RealServer, raw: Redis) -> None:
        await raw.set(SCHEMA, 99)

        with pytest.raises(ConversationsError, match=r"schema 99 and this Kefu knows 2: upgrade Kefu") as refused:
            await RedisConversations.connect(server.url)

        assert not isinstance(refused.value, ConversationsUnavailable)


@pytest.mark.parametrize("protocol", [2, 3])
async def test_both_protocols_read_the_same(server: RealServer, protocol: int, connect: Connect) -> None:
    conversations = await connect(f"{server.url}&protocol={protocol}")
    mark, _ = await conversations.activity("$", 0)
    await whole_life(conversations)
    known = await conversations.read(ADA)
    sending = await outbox_of(conversations).next("sender", 0)

    assert [turn.text for turn in known.turns] == ["one", "Hi.", "two"]
    assert await conversations.recent() == [known.state]
    assert (await conversations.activity(mark, 0))[1] == [ADA]
    assert [e.kind for e in await conversations.events(ADA, "0", 0)] == ["turn", "state", "turn", "turn", "typing"]
    assert sending is not None
    assert (sending.turn, sending.attempts) == (known.turns[1], 1)


async def test_acts_stay_within_the_keys_of_their_shard(conversations: RedisConversations, raw: Redis) -> None:
    await whole_life(conversations)

    tag = f"{{k{ALL_SHARDS.index(shard_of(ADA))}}}".encode()
    assert {key for key in await raw.keys() if tag not in key} == {SCHEMA.encode()}


async def test_many_listeners_need_few_connections(conversations: RedisConversations, raw: Redis) -> None:
    before = len(await raw.client_list())
    listening = [asyncio.create_task(conversations.events(f"web:{n}", "0", SOON)) for n in range(200)]
    await asyncio.sleep(0.3)
    during = len(await raw.client_list())
    await asyncio.gather(*(ask(conversations, "Hello", f"web:{n}") for n in range(200)))

    assert all([await listener for listener in listening])
    assert during - before <= 32 + 1


class TestAClock:
    async def test_that_was_set_back_lets_nothing_of_before_be_sent(
        self, conversations: RedisConversations, raw: Redis
    ) -> None:
        # The outbox's ids are ahead of the clock, as they are after the clock was set back.
        ahead = (await raw.time())[0] * 1000 + 3_600_000
        entry = await raw.xadd(shard_of(ADA).outbox("telegram"), {"conversation": "", "turn": ""}, id=f"{ahead}-0")
        await raw.xdel(shard_of(ADA).outbox("telegram"), entry)
        await ask(conversations, "one")
        await conversations.commit(await claim(conversations), Reply((Turn("b", "bot", "Hi.", 2.5),)))
        outbox = outbox_of(conversations)
        before = await outbox.next("sender", 0)
        await conversations.take_over(ADA, "Mia")
        await conversations.hand_back(ADA)
        await ask(conversations, "two")
        await conversations.commit(await claim(conversations), Reply((Turn("c", "bot", "Again.", 2.5),)))
        after = await outbox.next("sender", 0)

        assert before is not None
        assert after is not None
        assert await outbox.attempt(before, 0, "sender") == "withdrawn"
        assert await outbox.attempt(after, 0, "sender") == "first"


class TestTheQueue:
    async def test_keeps_who_waits_longer_than_the_retention_and_still_writes(
        self, server: RealServer, connect: Connect
    ) -> None:
        conversations = await connect(server.url, retention=Retention.all_of(1.0))
        neighbour = next(f"web:{n}" for n in range(999) if shard_of(f"web:{n}") is shard_of(ADA))
        for name in (ADA, neighbour):
            await ask(conversations, "A person!", name)
            await conversations.commit(await claim(conversations), Reply((), Status.WAITING))
        for number in range(6):
            await asyncio.sleep(0.25)
            for name in (neighbour, ADA):
                await ask(conversations, str(number), name)

        assert await conversations.queue() == [ADA, neighbour]

    async def test_forgets_who_was_removed_for_their_age(self, server: RealServer, connect: Connect) -> None:
        conversations = await connect(server.url, retention=Retention.all_of(0.2))
        await ask(conversations, "A person!")
        await conversations.commit(await claim(conversations), Reply((), Status.WAITING))
        await asyncio.sleep(0.3)

        assert await conversations.queue() == []


async def test_giving_up_is_told_with_the_time_at_which_it_happened(server: RealServer, connect: Connect) -> None:
    conversations = await connect(server.url, lease=0.3)
    await ask(conversations, "poison")
    for _ in range(2 * ATTEMPTS - 1):
        await conversations.release(await claim(conversations))
    await claim(conversations)
    begun = time.time()

    assert await conversations.claim("another", 1.5) is None

    told = (await conversations.read(ADA)).turns[-1]
    assert told.text == "undeliverable"
    assert told.at - begun > 0.25
