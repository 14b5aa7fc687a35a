"""Requests made of the OpenAPI by schemathesis, good ones and bad ones: none may end in an error of ours."""

import asyncio
import contextlib
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from bot.accounts.base import Role
from tests.bot.channels.web.conftest import CHANGE
from tests.bot.channels.web.elsewhere import Door, door_elsewhere
from tests.bot.channels.web.operations import Operation, description_of

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "3"))
"""Requests of each operation at most, the same in every run; FUZZ_EXAMPLES=50 looks longer, `-s` shows what for."""
GUESSING = {
    "POST /desk/api/session",
    "POST /desk/api/me/password",
    "POST /desk/api/me/code",
    "POST /desk/api/me/code/end",
}
"""These ask for a password, which no made-up request has."""


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with door_elsewhere(tmp_path / "knowledge") as door:
        yield door


@pytest.mark.slow
def test_no_request_ends_in_an_error_of_ours(door: Door) -> None:
    seen = all_tried(door)
    print(summary(seen))  # noqa: T201

    assert len(seen) > 60
    assert {name: statuses for name, statuses in seen.items() if max(statuses) >= 500} == {}
    # Whoever is let in nowhere finds no errors either.
    assert {name for name, statuses in seen.items() if set(statuses) <= {401, 403, 429}} == GUESSING


def all_tried(door: Door) -> dict[str, Counter[int]]:
    """The statuses of some requests of each operation."""
    schema = schemathesis.openapi.from_dict(description_of(door.app))
    seen: dict[str, Counter[int]] = {}
    for found in schema.get_all_operations():
        operation = found.ok()
        each = Operation(operation.method.upper(), operation.path)
        if not each.path.endswith("/events"):  # they never end
            seen[str(each)] = tried(operation, each, door)
    return seen


def summary(seen: dict[str, Counter[int]]) -> str:
    """What was asked and how it ended, in one line."""
    total = sum(seen.values(), Counter[int]())
    classes = Counter[str]()
    for status, times in total.items():
        classes[f"{status // 100}xx"] += times
    return f"{len(seen)} operations, {total.total()} requests: {dict(sorted(classes.items()))}"


def tried(operation: Any, each: Operation, door: Door) -> Counter[int]:
    """The statuses of some requests by those who may make them."""
    statuses: Counter[int] = Counter()
    token = door.visitors.begin() if each.door == "customers" else door.token()
    session = requests.Session()

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        request = case.as_transport_kwargs(base_url=door.address)
        request["headers"] = {**(request.get("headers") or {}), **CHANGE, "Authorization": f"Bearer {token}"}
        # Some of them end the session that they come with.
        request["cookies"] = {"kefu-desk": asyncio.run(door.sessions.begin("Ada", Role.ADMIN))}
        with contextlib.closing(session.request(**request, timeout=60, stream=True)) as answer:
            statuses[answer.status_code] += 1

    with session:
        send()
    return statuses
