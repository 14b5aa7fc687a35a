"""A house for the real `kefu` command."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.house import KefuHouse


@pytest.fixture
def kefu() -> Iterator[KefuHouse]:
    """An installation without knowledge."""
    # Not pytest's own folder: its long names do not fit into a socket's address.
    with tempfile.TemporaryDirectory(prefix="kefu-") as folder:
        yield KefuHouse(Path(folder).resolve())


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> KefuHouse:
    """An installation with three entries, to be copied and not to be changed."""
    house = KefuHouse(tmp_path_factory.mktemp("built"))
    house.build()
    return house


@pytest.fixture
def informed(kefu: KefuHouse, built: KefuHouse) -> KefuHouse:
    """An installation that knows three entries."""
    shutil.copytree(built.folder, kefu.folder, dirs_exist_ok=True)
    return kefu
