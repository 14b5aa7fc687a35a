"""Damage in a server's files is found: what the server itself would refuse, and what it would take for true."""

import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.conversation.aof import ACCEPT, Damage, admit, examine
from bot.conversation.base import ConversationsUnavailable
from bot.conversation.seal import break_seal
from bot.conversation.valkey import EmbeddedValkey, examine_files, find_binary
from tests.bot.conversation.conftest import pid

pytestmark = pytest.mark.server

BINARIES = [find_binary(), Path(shutil.which("redis-server") or "/nowhere/redis-server")]
KEYS = 400
CUT = 17  # bytes, fewer than the last entry has
ENTRY = b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb\r\n"


@pytest.fixture(params=BINARIES, ids=["valkey", "redis"])
def binary(request: pytest.FixtureRequest) -> Path:
    if not request.param.exists():
        pytest.skip("NOT TESTED ON REDIS: there is no redis-server on this machine (apt install redis-server)")
    found: Path = request.param
    return found


@pytest.fixture
async def stopped(folder: Path, binary: Path) -> Path:
    """The folder of a server that holds KEYS keys: half of them in a base file; it was stopped."""
    async with EmbeddedValkey(folder, binary=binary) as server, Redis.from_url(server.url) as raw:
        await fill(raw, range(KEYS // 2))
        await raw.bgrewriteaof()
        while (await raw.info("persistence"))["aof_rewrite_in_progress"]:
            await asyncio.sleep(0.02)
        await fill(raw, range(KEYS // 2, KEYS))
    return folder


async def fill(raw: Redis, numbers: range) -> None:
    for number in numbers:
        await raw.set(f"key{number}", json.dumps({"text": f"What is the answer to question {number}?"}))


async def count(folder: Path, binary: Path) -> int:
    """How many keys the server has that starts there."""
    async with EmbeddedValkey(folder, binary=binary) as server, Redis.from_url(server.url) as raw:
        return int(await raw.dbsize())


def entries_of(folder: Path) -> Path:
    [path] = (folder / "appendonlydir").glob("*.incr.aof")
    return path


def base_of(folder: Path) -> Path:
    [path] = (folder / "appendonlydir").glob("*.base.rdb")
    return path


def manifest_of(folder: Path) -> Path:
    return folder / "appendonlydir" / "appendonly.aof.manifest"


def flip(path: Path, at: int, mask: int = 1) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= mask
    path.write_bytes(content)


def cut(path: Path, size: int) -> None:
    os.truncate(path, path.stat().st_size - size)


def only(damages: list[Damage]) -> Damage:
    [damage] = damages
    return damage


def written(folder: Path, entries: bytes) -> Path:
    """A folder, with no seal, whose only file holds these entries."""
    place = folder / "appendonlydir"
    place.mkdir(parents=True)
    manifest_of(folder).write_text("file appendonly.aof.1.incr.aof seq 1 type i\n")
    (place / "appendonly.aof.1.incr.aof").write_bytes(entries)
    return folder


class TestAfterACleanStop:
    async def test_nothing_is_found_and_everything_is_there(self, stopped: Path, binary: Path) -> None:
        assert examine(stopped) == examine(stopped, thorough=False) == []
        assert await count(stopped, binary) == KEYS
        assert examine(stopped) == []

    async def test_each_of_200_flipped_bits_is_found(self, stopped: Path) -> None:
        chance = random.Random(20)
        files = [entries_of(stopped), base_of(stopped), manifest_of(stopped)]
        missed = []
        for _ in range(200):
            path = chance.choice(files)
            at, mask = chance.randrange(path.stat().st_size), 1 << chance.randrange(8)
            flip(path, at, mask)
            if not any(damage.grave for damage in examine(stopped, thorough=False)):
                missed.append((path.name, at, mask))
            flip(path, at, mask)
        assert missed == []
        assert examine(stopped) == []

    async def test_a_flip_in_a_value_stops_the_start_and_names_file_place_and_cure(
        self, stopped: Path, binary: Path
    ) -> None:
        at = entries_of(stopped).read_bytes().index(b"question 300")
        flip(entries_of(stopped), at)

        with pytest.raises(ConversationsUnavailable) as told:
            await count(stopped, binary)
        assert str(told.value).startswith(f"{entries_of(stopped)} is damaged between bytes 0 and ")
        assert "kefu doctor" in str(told.value)
        assert "\n" not in str(told.value)

    async def test_a_person_may_accept_damage_for_one_start(self, stopped: Path, binary: Path) -> None:
        flip(entries_of(stopped), entries_of(stopped).read_bytes().index(b"question 300"))
        (stopped / ACCEPT).touch()

        assert await count(stopped, binary) == KEYS
        assert not (stopped / ACCEPT).exists()
        assert await count(stopped, binary) == KEYS

    async def test_a_cut_end_is_told_and_starts_with_one_act_less(self, stopped: Path, binary: Path) -> None:
        cut(entries_of(stopped), CUT)

        damage = only(examine_files(stopped))
        assert damage.found == f"has lost its last {CUT} bytes since the server was stopped"
        assert not damage.grave
        assert await count(stopped, binary) == KEYS - 1
        assert examine(stopped) == []

    async def test_a_cut_base_or_manifest_or_a_missing_file_stops_the_start(self, stopped: Path) -> None:
        for path in (base_of(stopped), manifest_of(stopped)):
            whole = path.read_bytes()
            cut(path, 1)
            assert only(examine(stopped, thorough=False)).path == path
            path.unlink()
            with pytest.raises(ConversationsUnavailable, match=r"is missing.* restore a backup"):
                admit(stopped)
            path.write_bytes(whole)
        assert examine(stopped) == []

    async def test_a_manifest_that_forgot_a_file_stops_the_start(self, stopped: Path) -> None:
        lines = manifest_of(stopped).read_text().splitlines(keepends=True)
        manifest_of(stopped).write_text(lines[0])

        assert only(examine(stopped)).found == "is no longer named by the manifest"

    async def test_a_damaged_seal_is_told_and_stops_nobody(self, stopped: Path, binary: Path) -> None:
        flip(stopped / "seal.json", 40)

        damage = only(examine(stopped))
        assert "damaged seal" in damage.found
        assert not damage.grave
        assert await count(stopped, binary) == KEYS
        assert examine(stopped) == []

    async def test_files_that_were_taken_away_are_told_and_the_server_begins_anew(
        self, stopped: Path, binary: Path
    ) -> None:
        shutil.rmtree(stopped / "appendonlydir")

        assert "has lost all its files" in only(examine(stopped)).found
        assert await count(stopped, binary) == 0
        assert examine(stopped) == []


class TestAKilledServer:
    async def test_the_seal_still_holds_for_what_was_there_before(self, stopped: Path, binary: Path) -> None:
        async with EmbeddedValkey(stopped, binary=binary) as server, Redis.from_url(server.url) as raw:
            await fill(raw, range(KEYS, KEYS + 50))
            assert examine_files(stopped) == []
            os.kill(pid(stopped), signal.SIGKILL)
        assert examine(stopped) == examine(stopped, thorough=False) == []

        flip(entries_of(stopped), 200)
        assert only(examine(stopped, thorough=False)).grave
        flip(entries_of(stopped), 200)
        cut(entries_of(stopped), CUT)
        damage = only(examine(stopped, thorough=False))
        assert damage.found.startswith("is cut: the last entry is incomplete (")
        assert await count(stopped, binary) == KEYS + 49

    async def test_files_that_were_written_anew_need_no_seal(self, stopped: Path, binary: Path) -> None:
        async with EmbeddedValkey(stopped, binary=binary) as server, Redis.from_url(server.url) as raw:
            await raw.bgrewriteaof()
            while (await raw.info("persistence"))["aof_rewrite_in_progress"]:
                assert [damage for damage in examine_files(stopped) if damage.grave] == []
                await asyncio.sleep(0.005)
            await fill(raw, range(10))
            os.kill(pid(stopped), signal.SIGKILL)
        assert examine(stopped) == []

        chance = random.Random(30)
        for _ in range(50):
            at = chance.randrange(base_of(stopped).stat().st_size)
            flip(base_of(stopped), at)
            assert only(examine(stopped, thorough=False)).path == base_of(stopped)
            flip(base_of(stopped), at)


class TestWithoutASeal:
    async def test_whole_files_are_whole(self, stopped: Path) -> None:
        break_seal(stopped)

        assert examine(stopped) == []

    def test_an_entry_that_cannot_be_read_is_found_at_its_byte(self, folder: Path) -> None:
        written(folder, ENTRY * 3 + ENTRY.replace(b"$3", b"$2") + ENTRY)

        damage = only(examine(folder))
        at = 3 * len(ENTRY) + ENTRY.index(b"SET") + 2
        assert damage.found == f"is damaged at byte {at} (a value does not end where its length says)"
        assert damage.grave

    def test_a_length_that_leads_beyond_the_end_is_no_cut(self, folder: Path, binary: Path) -> None:
        long = ENTRY.replace(b"$1\r\nb", b"$99999\r\nb")
        written(folder, ENTRY * 3 + long + ENTRY * 100)

        with pytest.raises(ConversationsUnavailable, match="other entries stand behind it"):
            admit(folder)
        # The server would have taken it for one, and cut off what stands behind.
        options = ["--port", "0", "--dir", str(folder), "--appendonly", "yes", "--unixsocket", str(folder / "s")]
        with subprocess.Popen([binary, *options, "--logfile", str(folder / "log"), "--save", ""]) as process:
            for _ in range(200):
                time.sleep(0.05)
                if "ready to accept" in (folder / "log").read_text().lower():
                    break
            process.kill()
        assert entries_of(folder).stat().st_size == 3 * len(ENTRY)

    @pytest.mark.parametrize("size", range(1, len(ENTRY)))
    def test_an_entry_that_is_cut_anywhere_is_the_last_act(self, folder: Path, size: int) -> None:
        damage = only(examine(written(folder, ENTRY * 3 + ENTRY[:size])))

        assert damage.found.startswith(
            f"is cut: the last entry is incomplete ({size} bytes from byte {3 * len(ENTRY)})"
        )
        assert not damage.grave
        assert examine(folder, live=True) == []

    def test_an_act_of_several_entries_is_cut_as_a_whole(self, folder: Path) -> None:
        multi = b"*1\r\n$5\r\nMULTI\r\n" + ENTRY * 2
        written(folder, ENTRY + multi)

        assert f"from byte {len(ENTRY)})" in only(examine(folder)).found
        entries_of(folder).write_bytes(ENTRY + multi + b"*1\r\n$4\r\nEXEC\r\n")
        assert examine(folder) == []

    def test_notes_of_the_time_are_no_damage(self, folder: Path) -> None:
        assert examine(written(folder, b"#TS:1700000000\r\n" + ENTRY)) == []

    def test_a_folder_without_files_is_new(self, folder: Path) -> None:
        assert examine_files(folder) == []
        folder.mkdir()
        assert examine_files(folder) == []


def test_many_entries_are_read_in_passing(folder: Path) -> None:
    written(folder, ENTRY * 200_000)
    began = time.monotonic()

    assert examine(folder) == []
    assert time.monotonic() - began < 10  # some 0.3 s on one core
