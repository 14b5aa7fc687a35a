"""Wrong settings and what they lead to (a taken port, a Redis that is away) are one line each, within seconds."""

import re
import socket

import pytest

from tests.fakes.house import KefuHouse

pytestmark = pytest.mark.slow  # every case starts a process


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PORT", "abc", "KEFU_PORT: Input should be a valid integer"),
        ("PORT", "70000", "KEFU_PORT: Input should be less than or equal to 65535"),
        ("LOG_LEVEL", "loud", "KEFU_LOG_LEVEL: Input should be 'debug', 'info'"),
        ("RETENTION_DAYS", "0", "KEFU_RETENTION_DAYS: Input should be greater than 0"),
        ("ALLOWED_ORIGINS", "https://a.example", 'KEFU_ALLOWED_ORIGINS: not a JSON list such as ["https://'),
        ("ALLOWED_ORIGINS", '["https://a.example/"]', "KEFU_ALLOWED_ORIGINS: 'https://a.example/' is no origin such"),
        ("HOURS", "Mo-Fr 09:00-18:00", "KEFU_HOURS: 'Mo' is no day such as Mon: write Mon-Fri 09:00-18:00"),
        ("TIMEZONE", "Berlin", "KEFU_TIMEZONE: 'Berlin' is no time zone such as Europe/Berlin"),
        ("HOLIDAYS", "DE", 'KEFU_HOLIDAYS: not a JSON list such as ["2026-12-24", "DE"]'),
        ("HOLIDAYS", '["XX"]', "KEFU_HOLIDAYS: 'XX' is no date such as 2026-12-24 and no country such as DE"),
        ("HANDOFF_WORDS", "lawyer", 'KEFU_HANDOFF_WORDS: not a JSON list such as ["lawyer"]'),
        ("HANDOFF_WORDS", '["lawyer", " "]', "KEFU_HANDOFF_WORDS: an empty word stands in every message"),
        ("PUBLIC_URL", "shop.example", "KEFU_PUBLIC_URL: 'shop.example' is no address such as https://"),
        ("SECRET_KEY", "tooshort", "KEFU_SECRET_KEY: fewer than 16 characters: choose a longer one"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str, expected: str, kefu: KefuHouse) -> None:
    line = kefu.refusal("serve", **{name: value})
    assert line.startswith(expected)
    assert "tooshort" not in line


def test_a_setting_of_the_file_env_counts_and_the_environment_goes_before_it(kefu: KefuHouse) -> None:
    kefu.write(".env", "KEFU_PORT=abc\n")
    assert kefu.refusal("serve").startswith("KEFU_PORT: ")
    assert kefu.refusal("serve", PORT="0").startswith("no knowledge in ")


def test_a_taken_port_is_told_before_anything_is_loaded(kefu: KefuHouse) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = kefu.refusal("serve", PORT=str(port))
    assert line == f"port {port} on 127.0.0.1 is taken: stop the other program or set KEFU_PORT"


@pytest.mark.parametrize("command", ["serve", "invite", "chat"])
def test_a_redis_that_is_away_is_told(command: str, informed: KefuHouse) -> None:
    line = informed.refusal(command, REDIS_URL="redis://127.0.0.1:1/0", PORT="0")
    assert re.match(r"the (conversations|sessions)' server does not answer \(.+KEFU_REDIS_URL", line)


@pytest.mark.parametrize("command", ["serve", "invite"])
def test_an_address_of_redis_that_is_none_is_told(command: str, informed: KefuHouse) -> None:
    line = informed.refusal(command, REDIS_URL="localhost", PORT="0")
    assert line.startswith("KEFU_REDIS_URL is no address of a server such as redis://")


def test_an_unknown_model_is_told_with_those_there_are(kefu: KefuHouse) -> None:
    line = kefu.refusal("models", "pull", "nope")
    assert line.startswith("no model `nope` in the catalogue: choose one of minilm, e5-small, qwen-0.5b")


def test_a_password_in_an_address_that_is_none_is_not_told(informed: KefuHouse) -> None:
    line = informed.refusal("serve", REDIS_URL="redis://:s3cret#x@127.0.0.1:6379/0")
    assert "s3cret" not in line
