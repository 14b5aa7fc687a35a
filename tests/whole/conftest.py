"""The whole house as anyone starts it: `kefu serve` in a process of its own, real models, real knowledge."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.models.ready import list_models
from bot.settings import Settings

NEEDED = {"e5-small", "qwen-0.5b", "minilm"}


def missing_models() -> set[str]:
    """The default models that were not pulled."""
    return NEEDED - {listed.model.key for listed in list_models(Settings().models_dir) if listed.ready}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    mine = [item for item in items if item.path.is_relative_to(Path(__file__).parent)]
    missing = missing_models() if mine else set()
    if missing and "CI" in os.environ:
        pytest.exit(f"the real models are missing: {', '.join(sorted(missing))}", returncode=1)
    for item in mine:
        item.add_marker(pytest.mark.models)
        if missing:
            names = " ".join(sorted(missing))
            item.add_marker(pytest.mark.skip(reason=f"NO REAL MODEL TESTED: run `kefu models pull {names}`"))


@dataclass(frozen=True, slots=True)
class Served:
    """A served house: where it is, the one-time link of its desk, and what it has printed and logged."""

    address: str
    login: str
    log: Path
    environment: dict[str, str]


def kefu(environment: dict[str, str], *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """One `kefu` command, to its end."""
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(
        command, input=stdin, env=environment, capture_output=True, text=True, check=False, timeout=240
    )


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An installation of its own, with the sample knowledge built and the models where they were pulled."""
    data = tmp_path_factory.mktemp("whole")
    models = Settings().models_dir
    cache = data / "cache"
    cache.mkdir()
    (cache / "models").symlink_to(models)
    own = {"KEFU_DATA_DIR": str(data / "data"), "KEFU_CACHE_DIR": str(cache), "KEFU_PORT": "0"}
    environment = {**os.environ, **own}
    built = kefu(environment, "knowledge", "build", "--sample")
    assert built.returncode == 0, built.stderr
    return environment


@contextlib.contextmanager
def serving(environment: dict[str, str], log: Path) -> Iterator[Served]:
    """`kefu serve` in a process of its own, ended by SIGTERM."""
    command = [sys.executable, "-m", "bot", "serve"]
    with (
        log.open("wb") as errors,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        giving_up = threading.Timer(120, process.kill)
        giving_up.start()
        try:
            assert process.stdout is not None
            printed = ""
            while not (found := re.search(r"(http://\S+?)/desk/login#\S+", printed)):
                line = process.stdout.readline()
                assert line, log.read_text("utf-8")
                printed += line
            giving_up.cancel()
            yield Served(found[1], found[0], log, environment)
            process.send_signal(signal.SIGTERM)
            assert process.wait(15) == 0, log.read_text("utf-8")[-2000:]
        finally:
            giving_up.cancel()
            process.kill()


@pytest.fixture(scope="session")
def served(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The house over the sample knowledge."""
    with serving(environment, tmp_path_factory.mktemp("log") / "served.log") as served:
        yield served


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
