"""Real servers for tests that need one, and what no test may leave behind."""

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from bot.conversation.valkey import find_binary
from tests.fakes.servers import RealServer, running

# How long an example takes says more of what else the machine does than of the code.
settings.register_profile("kefu", deadline=None)
settings.load_profile("kefu")

__all__ = ["RealServer", "running"]


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """A command run within the tests sets up logging: the next test, in the same process, would hear no warning."""
    root, was = logging.getLogger(), structlog.get_config()
    handlers, level, configured = root.handlers[:], root.level, structlog.is_configured()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    if configured:
        structlog.configure(**was)
    else:
        structlog.reset_defaults()


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
