"""The wheel holds all that Kefu needs and nothing else, and works where no checkout is."""

import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest

from tests.fakes.house import KefuHouse
from tests.fakes.visitor import PATIENCE, Customer, eventually

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "knowledge")
QUESTION = "How long do I have to send something back?"

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> str:
    """The output of a command that must succeed."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    pytest.importorskip("hatchling", reason="NO WHEEL TESTED: pip install hatchling")
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the wheel, which borrows what Kefu depends on but not Kefu."""
    folder = tmp_path_factory.mktemp("venv")
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    python = folder / "bin" / "python"
    (site,) = folder.glob("lib/python*/site-packages")
    # A path of a .pth file comes last, and the .pth files in it (that of the editable Kefu) are not read.
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    install: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
    ]
    run(*install, "--force-reinstall", "--target", site, wheel, cwd=folder)
    return python


@pytest.fixture
def house(installed: Path) -> Iterator[KefuHouse]:
    """An installation of the wheel, without knowledge."""
    # Not pytest's own folder: its long names do not fit into a socket's address.
    with tempfile.TemporaryDirectory(prefix="kefu-") as folder:
        yield KefuHouse(Path(folder).resolve(), str(installed))


def test_it_holds_every_file_of_the_packages_and_no_other(wheel: Path) -> None:
    ours = [path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file()]
    names = {path.relative_to(ROOT).as_posix() for path in ours if "__pycache__" not in path.parts}
    wanted = {name for name in names if not name.startswith("bot/web/") or name.startswith("bot/web/static/")}
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert found == wanted
    kinds = {Path(name).suffix for name in found}
    assert {".py", ".lua", ".toml", ".txt", ".html", ".css", ".js", ".svg", ".csv", ".md", ".jsonl"} <= kinds


def test_it_says_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        named = {name.partition(".dist-info/")[2]: name for name in archive.namelist() if ".dist-info/" in name}
        metadata = message_from_bytes(archive.read(named["METADATA"]))
        commands = archive.read(named["entry_points.txt"]).decode()
    assert (metadata["Name"], metadata["License-Expression"]) == ("kefu", "Apache-2.0")
    assert "kefu = bot.__main__:main" in commands
    assert "licenses/LICENSE" in named


def test_the_installed_one_is_not_the_checkout(installed: Path, tmp_path: Path) -> None:
    printed = run(installed, "-c", "import bot, knowledge; print(bot.__file__, knowledge.__file__)", cwd=tmp_path)
    assert all(Path(file).is_relative_to(installed.parent.parent) for file in printed.split())


def test_it_answers_from_the_sample_far_from_the_checkout(house: KefuHouse) -> None:
    built = house.run("knowledge", "build", "--sample")
    assert built.code == 0, built.err
    # An embedder that knows spellings alone can promise nothing of so many entries.
    (answer,) = house.run("ask", "--json", QUESTION, THRESHOLD="0.35").lines
    assert answer["outcome"] == "answered"
    assert "30" in answer["text"]


@pytest.mark.server
def test_it_serves_far_from_the_checkout(house: KefuHouse) -> None:
    house.build()
    with house.serving() as serving:
        customer = Customer(serving.address)
        customer.write(QUESTION)
        assert eventually(lambda: len(customer.answers()) == 1, PATIENCE)
        assert customer.answers() == ["You have 30 days to return an item."]
