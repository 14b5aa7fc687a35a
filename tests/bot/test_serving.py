"""`kefu serve`: one process that answers, follows new knowledge, remembers, and ends when it is told to."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.answering.answer import Question
from bot.answering.answerer import Answerer
from bot.app import Brain, House, house_of
from bot.generators.extractive import ExtractiveGenerator
from bot.serving import follow_snapshots
from bot.settings import Settings
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.errors import SnapshotError
from tests.fakes.house import FAQ, KefuHouse
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.fakes.visitor import PATIENCE, Customer, call, eventually

pytestmark = [pytest.mark.server, pytest.mark.slow]

RETURNS = "How long do I have to send something back?"


def test_it_tells_where_it_is_and_is_alive_and_ready(informed: KefuHouse) -> None:
    with informed.serving() as serving:
        customers, agents, login = serving.told
        assert customers == f"Kefu answers on {serving.address}/"
        assert agents.endswith(f"{serving.address}/desk")
        assert f"{serving.address}/desk/login#{serving.secret}" in login
        assert call(f"{serving.address}/healthz") == (200, {"alive": True})
        assert call(f"{serving.address}/readyz")[0] == 200
        body = {"token": serving.secret, "name": "Ada"}
        told = {"name": "Ada", "role": "admin"}
        assert call(f"{serving.address}/desk/api/login", body, **{"X-Kefu": "1"}) == (200, told)


def test_a_question_is_answered_in_the_stream_of_its_conversation(informed: KefuHouse) -> None:
    with informed.serving() as serving:
        customer = Customer(serving.address)
        with customer.listening() as events:
            assert next(events)[0] == "conversation"
            customer.write(RETURNS)
            said = next(data for kind, data in events if kind == "turn" and data["role"] == "bot")
        assert said["text"] == "You have 30 days to return an item."
        assert [source["title"] for source in said["sources"]] == [RETURNS]


def test_a_new_snapshot_is_used_within_three_seconds(informed: KefuHouse) -> None:
    with informed.serving() as serving:
        informed.build("new.csv", FAQ.replace("30 days", "14 days"))
        customer = Customer(serving.address)

        def answers_anew() -> bool:
            customer.write(RETURNS)
            said = len(customer.answers())
            eventually(lambda: len(customer.answers()) > said, PATIENCE)
            return "14 days" in customer.answers()[-1]

        assert eventually(answers_anew, 3)


def test_a_damaged_new_snapshot_leaves_the_old_one_answering(informed: KefuHouse) -> None:
    with informed.serving() as serving:
        old = informed.current.name
        informed.build("new.csv", FAQ.replace("30 days", "14 days"))
        new = informed.current
        assert eventually(lambda: new.name in serving.logged, 5)
        assert informed.run("knowledge", "rollback", old).code == 0
        (new / "entries.jsonl").write_bytes(b"")
        assert eventually(lambda: old in serving.logged, 5)
        (informed.knowledge / "CURRENT").write_text(f"{new.name}\n")
        assert eventually(lambda: "the new snapshot cannot be used" in serving.logged, 5)
        customer = Customer(serving.address)
        customer.write(RETURNS)
        assert eventually(lambda: len(customer.answers()) == 1, PATIENCE)
        assert "30 days" in customer.answers()[0]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_well_within_ten_seconds_though_someone_listens(number: signal.Signals, informed: KefuHouse) -> None:
    with informed.serving() as serving:
        customer = Customer(serving.address)
        with customer.listening() as events:
            assert next(events)[0] == "conversation"
            assert serving.end(10, number) == 0, serving.logged
            assert list(events) == []
        assert '"level": "error"' not in serving.logged


def test_a_conversation_goes_on_after_a_restart(informed: KefuHouse) -> None:
    with informed.serving() as serving:
        customer = Customer(serving.address)
        customer.write(RETURNS)
        assert eventually(lambda: len(customer.answers()) == 1, PATIENCE)
        before = customer.turns()
    with informed.serving() as serving:
        assert Customer(serving.address, customer.token).turns() == before


async def test_a_wrong_telegram_token_is_one_line(informed: KefuHouse) -> None:
    settings = {"TELEGRAM_TOKEN": "700002:AAAnotherTokenForTheLoopbackServer", "PORT": "0", "LOG_LEVEL": "warning"}
    async with FakeTelegram() as telegram:
        settings["TELEGRAM_API"] = telegram.url
        done = await asyncio.to_thread(lambda: informed.run("serve", **settings))
    assert done.code == 2
    (line,) = done.err.splitlines()
    assert line.startswith("kefu: ")
    assert "KEFU_TELEGRAM_TOKEN" in line
    assert "Another" not in line


async def test_telegram_brings_updates_to_the_webhook_of_the_running_program(informed: KefuHouse) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_WEBHOOK": "true", "PORT": f"{port}"}
    settings["PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    async with FakeTelegram() as telegram:
        serving = informed.serving(**settings, TELEGRAM_API=telegram.url)
        await asyncio.to_thread(serving.__enter__)
        try:
            await telegram.until(lambda: bool(telegram.webhook.url), within=PATIENCE)
            telegram.write(RETURNS)
            await telegram.until(lambda: bool(telegram.sent(42)), within=PATIENCE)
        finally:
            await asyncio.to_thread(serving.__exit__, None, None, None)

    assert telegram.webhook.url == f"http://127.0.0.1:{port}/telegram/updates"
    assert {delivery.status for delivery in telegram.deliveries} == {200}
    assert "30 days" in telegram.sent(42)[0]
    assert not telegram.calls("getUpdates")


def test_a_server_that_is_away_is_told_before_the_knowledge_is_opened(kefu: KefuHouse) -> None:
    line = kefu.refusal("serve", REDIS_URL=f"unix://{kefu.folder}/nowhere", PORT="0", LOG_LEVEL="warning")
    assert "does not answer" in line
    assert "KEFU_REDIS_URL" in line


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_while_it_still_loads(number: signal.Signals, informed: KefuHouse) -> None:
    # Nobody ever writes to this pipe: what reads it hangs, as it would on a slow download.
    pipe = informed.knowledge / "CURRENT"
    pipe.unlink()
    os.mkfifo(pipe)
    process = subprocess.Popen(
        [informed.program, "-m", "bot", "serve"],
        cwd=informed.folder,
        env=informed.environment({"PORT": "0"}),
        stderr=subprocess.DEVNULL,
    )
    held: list[int] = []
    try:
        assert eventually(lambda: hold(pipe, held), PATIENCE)
        process.send_signal(number)
        assert process.wait(PATIENCE) != 0
    finally:
        process.kill()
        process.wait()
        for end in held:
            os.close(end)
    assert not (informed.folder / "data" / "valkey").exists()


def hold(pipe: Path, held: list[int]) -> bool:
    """Open the pipe's other end; False while nobody reads it."""
    with contextlib.suppress(OSError):
        held.append(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
    return bool(held)


class StandingBy(ExtractiveGenerator):
    """Remembers that it was closed."""

    closed = False

    def close(self) -> None:
        self.closed = True


@dataclass(frozen=True, slots=True)
class Faulty(Brain):
    """Fails to open the snapshot with the `faults`, the last one first."""

    generator: StandingBy
    faults: list[Exception] = field(default_factory=list)

    def newest(self) -> tuple[str, Answerer]:
        if self.faults:
            raise self.faults.pop()
        return Brain.newest(self)


def faulty(kefu: KefuHouse) -> Faulty:
    settings = Settings(data_dir=kefu.folder / "data", redis_url="")
    return Faulty(settings, HashingEmbedder(), StandingBy(), kefu.knowledge)


@contextlib.asynccontextmanager
async def following(house: House) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(follow_snapshots(house, stop))
    yield
    stop.set()
    await task


async def told(house: House, words: str) -> None:
    """Return as soon as an answer has these words."""
    async with asyncio.timeout(PATIENCE):
        while words not in (await house.engine.answer(Question(RETURNS))).text:
            await asyncio.sleep(0.05)


async def test_models_are_freed_when_the_knowledge_cannot_be_opened(informed: KefuHouse) -> None:
    brain = faulty(informed)
    brain.faults.append(SnapshotError("damaged meanwhile"))
    with pytest.raises(SnapshotError):
        async with house_of(brain):
            pass
    assert brain.generator.closed


async def test_a_snapshot_that_came_while_the_house_was_opened_is_taken_up(informed: KefuHouse) -> None:
    async with house_of(faulty(informed)) as house:
        informed.build("new.csv", FAQ.replace("30 days", "14 days"))
        async with following(house):
            await told(house, "14 days")


async def test_a_disk_that_is_away_for_a_moment_keeps_no_snapshot_from_use(informed: KefuHouse) -> None:
    brain = faulty(informed)
    async with house_of(brain) as house:
        informed.build("new.csv", FAQ.replace("30 days", "14 days"))
        brain.faults.append(OSError("the disk is away"))
        async with following(house):
            await told(house, "14 days")
    assert brain.faults == []
