"""`kefu serve`: one process that answers, follows new knowledge, remembers, and ends when it is told to."""

import asyncio
import signal

import pytest

from tests.fakes.house import FAQ, KefuHouse
from tests.fakes.telegram import FakeTelegram
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
        assert call(f"{serving.address}/desk/api/login", body, **{"X-Kefu": "1"}) == (200, {"name": "Ada"})


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
