"""`kefu invite`: one login for one agent."""

import json
import urllib.error
import urllib.request

import pytest

from tests.fakes.house import KefuHouse

pytestmark = [pytest.mark.slow, pytest.mark.server]


def log_in(address: str, secret: str) -> int:
    body = json.dumps({"token": secret, "name": "Ada"}).encode()
    headers = {"X-Kefu": "1", "Content-Type": "application/json"}
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{address}/desk/api/login", body, headers)) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_a_link_logs_one_agent_in_once(informed: KefuHouse) -> None:
    with informed.serving() as serving:
        done = informed.run("invite", PUBLIC_URL="https://help.shop.example/")
        address, _, secret = done.out.strip().partition("#")
        assert address == "https://help.shop.example/desk/login"
        assert log_in(serving.address, secret) == 200
        assert log_in(serving.address, secret) == 401


def test_a_link_that_was_made_while_nothing_ran_is_good_later(informed: KefuHouse) -> None:
    secret = informed.run("invite").out.strip().rpartition("#")[2]
    with informed.serving() as serving:
        assert log_in(serving.address, secret) == 200
