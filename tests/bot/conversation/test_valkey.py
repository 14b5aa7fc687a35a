"""The server that comes with Kefu: it starts once, is shared, keeps its data, and ends with its last guest."""

import asyncio
import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.conversation.base import ConversationsUnavailable
from bot.conversation.locks import FileLock
from bot.conversation.messages import Message
from bot.conversation.redis import RedisConversations
from bot.conversation.valkey import EmbeddedValkey, find_binary, socket_path
from tests.bot.conversation.conftest import pid, runs

pytestmark = pytest.mark.server

MESSAGE = Message("web:1", "1", "Hello", 1.0)
GUEST = """
import asyncio, sys
from pathlib import Path
from bot.conversation.valkey import EmbeddedValkey

async def main():
    async with EmbeddedValkey(Path(sys.argv[1])) as server:
        print(server.url, flush=True)
        await asyncio.to_thread(sys.stdin.readline)

asyncio.run(main())
"""


def put(path: Path, text: str = "") -> None:
    """Write a file, and make the folders that it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def settings(server: EmbeddedValkey) -> dict[str, str]:
    async with Redis.from_url(server.url, decode_responses=True) as raw:
        return dict(await raw.config_get("*"))


def guest(folder: Path) -> "subprocess.Popen[str]":
    """Another process that uses the server, until it is told to go; it has entered when this returns."""
    process = subprocess.Popen(
        [sys.executable, "-c", GUEST, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("unix://")
    return process


def let_go(process: "subprocess.Popen[str]") -> None:
    assert process.communicate("\n", timeout=20)
    assert process.returncode == 0


class TestOneProcess:
    async def test_keeps_what_it_was_given(self, folder: Path) -> None:
        for new in (True, False):
            async with EmbeddedValkey(folder) as server:
                conversations = await RedisConversations.connect(server.url)
                assert await conversations.accept(MESSAGE) is new
                await conversations.close()
            assert not runs(folder)

    async def test_is_careful_with_the_data_and_listens_to_nobody_else(self, folder: Path) -> None:
        async with EmbeddedValkey(folder) as server:
            known = await settings(server)
            modes = {mode(folder / "valkey.sock"), mode(folder)}
            assert await server.healthy()
        assert known["appendonly"] == "yes"
        assert known["appendfsync"] == "always"
        assert known["maxmemory-policy"] == "noeviction"
        assert (known["port"], known["save"]) == ("0", "")
        assert modes == {0o700}
        assert (folder / "valkey.log").exists()
        assert not await server.healthy()

    async def test_ends_when_its_user_fails(self, folder: Path) -> None:
        with pytest.raises(RuntimeError, match="something else"):
            async with EmbeddedValkey(folder):
                raise RuntimeError("something else")

        assert not runs(folder)

    async def test_runs_apart_from_the_terminal(self, folder: Path) -> None:
        async with EmbeddedValkey(folder):
            assert os.getsid(pid(folder)) != os.getsid(0)

    @pytest.mark.parametrize("name", ["with space", "客服?#%", 'quo"te'])
    async def test_lives_in_a_folder_of_any_name(self, folder: Path, name: str) -> None:
        async with EmbeddedValkey(folder / name) as server:
            conversations = await RedisConversations.connect(server.url)
            assert await conversations.accept(MESSAGE)
            await conversations.close()
            running = runs(folder / name)

        assert running
        assert not runs(folder / name)

    async def test_lives_in_a_folder_with_a_very_long_name(self, folder: Path) -> None:
        deep = folder / ("long" * 20) / ("longer" * 20)
        async with EmbeddedValkey(deep) as server:
            path = socket_path(deep)
            assert await server.healthy()
            assert (deep / "appendonlydir").is_dir()

        assert len(os.fsencode(path)) <= 107
        assert mode(path.parent) == 0o700
        path.parent.rmdir()


class TestSeveral:
    async def test_share_one_server_until_the_last_has_gone(self, folder: Path) -> None:
        first, second = EmbeddedValkey(folder), EmbeddedValkey(folder)
        async with first:
            started = pid(folder)
            await second.__aenter__()
        assert second.url == first.url
        assert await second.healthy()
        assert pid(folder) == started
        await second.__aexit__()

        assert not runs(folder)

    async def test_start_one_server_when_they_come_at_once(self, folder: Path) -> None:
        servers = [EmbeddedValkey(folder) for _ in range(5)]
        await asyncio.gather(*(server.__aenter__() for server in servers))
        assert all([await server.healthy() for server in servers])
        await asyncio.gather(*(server.__aexit__() for server in servers))

        assert not runs(folder)

    async def test_may_be_other_processes(self, folder: Path) -> None:
        starter = guest(folder)
        async with EmbeddedValkey(folder) as server:
            let_go(starter)
            assert await server.healthy()

        assert not runs(folder)

    async def test_what_a_killed_process_left_running_is_used_and_ended(self, folder: Path) -> None:
        starter = guest(folder)
        os.killpg(starter.pid, signal.SIGKILL)
        starter.communicate()
        left = pid(folder)
        assert runs(folder)

        async with EmbeddedValkey(folder) as server:
            assert await server.healthy()
            assert pid(folder) == left
        assert not runs(folder)

    async def test_a_killed_server_is_replaced_and_its_socket_removed(self, folder: Path) -> None:
        async with EmbeddedValkey(folder) as server:
            conversations = await RedisConversations.connect(server.url)
            await conversations.accept(MESSAGE)
            await conversations.close()
            os.kill(pid(folder), signal.SIGKILL)
        assert (folder / "valkey.sock").is_socket()

        async with EmbeddedValkey(folder) as server:
            conversations = await RedisConversations.connect(server.url)
            assert not await conversations.accept(MESSAGE)
            await conversations.close()


class TestTrouble:
    async def told(self, server: EmbeddedValkey) -> str:
        with pytest.raises(ConversationsUnavailable) as told:
            await server.__aenter__()
        assert "\n" not in str(told.value)
        return str(told.value)

    async def test_a_platform_without_a_binary(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("platform.machine", lambda: "sparc")

        with pytest.raises(ConversationsUnavailable, match=r"no Valkey server for \w+-sparc .* set KEFU_REDIS_URL"):
            find_binary()

    async def test_a_program_that_cannot_start(self, folder: Path) -> None:
        assert "KEFU_REDIS_URL" in await self.told(EmbeddedValkey(folder, binary=Path("/bin/false")))
        assert "KEFU_REDIS_URL" in await self.told(EmbeddedValkey(folder, binary=Path("/nowhere/valkey-server")))

    async def test_a_server_that_ends_at_once(self, folder: Path) -> None:
        put(folder / "appendonlydir" / "appendonly.aof.manifest", "this is no manifest\n")
        put(folder / "accept-damage")

        assert "ended" in await self.told(EmbeddedValkey(folder))
        assert not runs(folder)

    async def test_a_folder_that_cannot_be_made(self, folder: Path) -> None:
        put(folder, "a file is in the way")

        assert "KEFU_DATA_DIR" in await self.told(EmbeddedValkey(folder / "valkey"))

    async def test_a_disk_that_is_full(self) -> None:
        # A folder that takes no file, whoever asks.
        assert "KEFU_DATA_DIR" in await self.told(EmbeddedValkey(Path("/proc/kefu")))

    async def test_something_in_the_way_of_the_socket(self, folder: Path) -> None:
        put(folder / "valkey.sock", "precious")

        assert "in the way" in await self.told(EmbeddedValkey(folder))
        assert (folder / "valkey.sock").read_text() == "precious"

    async def test_a_server_that_does_not_answer_is_left_alone(self, folder: Path) -> None:
        put(folder / "valkey.log")
        with FileLock(folder / "server.lock") as lock, socket.socket(socket.AF_UNIX) as deaf:
            deaf.bind(str(folder / "valkey.sock"))
            assert lock.take()

            assert "does not answer" in await self.told(EmbeddedValkey(folder, patience=0.1))
        assert (folder / "valkey.sock").exists()

    async def test_a_door_that_stays_closed(self, folder: Path) -> None:
        put(folder / "valkey.log")
        with FileLock(folder / "door.lock") as door:
            assert door.take()

            assert "another Kefu" in await self.told(EmbeddedValkey(folder, patience=0.1))

    async def test_a_runtime_folder_of_someone_else(self, folder: Path) -> None:
        deep = folder / ("long" * 20) / ("longer" * 20)
        private = socket_path(deep).parent
        private.chmod(0o777)
        try:
            with pytest.raises(ConversationsUnavailable, match="not private"):
                socket_path(deep)
        finally:
            private.rmdir()

    @pytest.mark.parametrize("after", [0.0, 0.005, 0.01, 0.02])
    async def test_who_gives_up_entering_leaves_no_server(self, folder: Path, after: float) -> None:
        entering = asyncio.create_task(EmbeddedValkey(folder).__aenter__())
        await asyncio.sleep(after)
        entering.cancel()
        with pytest.raises(asyncio.CancelledError):
            await entering

        assert not runs(folder)
