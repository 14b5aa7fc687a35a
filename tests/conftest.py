"""Real servers for tests that need one."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from bot.conversation.valkey import find_binary
from tests.fakes.servers import RealServer, running

# How long an example takes says more of what else the machine does than of the code.
settings.register_profile("kefu", deadline=None)
settings.load_profile("kefu")

__all__ = ["RealServer", "running"]


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[RealServer]:
    """The Valkey that comes with Kefu."""
    with running(find_binary()) as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RealServer]:
    """The machine's own Redis."""
    binary = shutil.which("redis-server")
    if binary is None:
        pytest.skip("NOT TESTED ON REDIS: there is no redis-server on this machine (apt install redis-server)")
    with running(Path(binary)) as server:
        yield server
