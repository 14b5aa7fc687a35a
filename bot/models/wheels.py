"""Finds out where wheels lie, by asking pip. Knows no model; installs and downloads nothing.

pip knows the machine's index, mirror, proxy and find-links; no other code here needs to.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from bot.models.errors import DownloadFailed

# Wheels are opened as archives, so one platform's files serve every machine.
_PLATFORM = "manylinux2014_x86_64"
_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel's address (https or file) and what its bytes must hash to (empty: the index does not say)."""

    requirement: str
    url: str
    sha256: str

    @property
    def file_name(self) -> str:
        """The wheel's own name, without its folder."""
        return PurePosixPath(unquote(urlsplit(self.url).path)).name


Finder = Callable[[Sequence[str]], list[Wheel]]


def find_wheels(requirements: Sequence[str]) -> list[Wheel]:
    """Addresses of pinned wheels (`name==version`), in the order given.

    Raises DownloadFailed when pip is not there or cannot find one.
    """
    found = {_normal(item["metadata"]["name"]): item["download_info"] for item in _report(requirements)["install"]}
    missing = [name for name in requirements if _project(name) not in found]
    if missing:
        raise DownloadFailed(f"pip did not find {', '.join(missing)}: check the package index that pip uses")
    return [_wheel(name, found[_project(name)]) for name in requirements]


def file_prefix(requirement: str) -> str:
    """How the file name of a pinned wheel begins: `a-b==1.0` gives `a_b-1.0-`."""
    name, _, version = requirement.partition("==")
    return f"{_normal(name).replace('-', '_')}-{version}-"


def _report(requirements: Sequence[str]) -> Any:
    with tempfile.TemporaryDirectory() as nowhere:
        options = ["--dry-run", "--no-deps", "--ignore-installed", "--target", nowhere, "--quiet", "--report", "-"]
        platform = ["--only-binary=:all:", "--platform", _PLATFORM]
        command = [sys.executable, "-m", "pip", "install", *options, *platform, *requirements]
        try:
            # Arguments are our own pinned names and no shell reads them.
            done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603
        except subprocess.TimeoutExpired as error:
            raise DownloadFailed(f"pip found no wheels in {_SECONDS} s: check the network, try again") from error
    if done.returncode:
        raise DownloadFailed(f"pip cannot find the model's wheels: {_complaint(done.stderr)}")
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        raise DownloadFailed("pip's report does not read: `python -m pip install --upgrade pip` may help") from error


def _complaint(stderr: str) -> str:
    if "No module named pip" in stderr:
        return "this Python has no pip: run `python -m ensurepip`"
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR")]
    return (errors or lines or ["it said nothing; try again"])[-1]


def _wheel(requirement: str, info: dict[str, Any]) -> Wheel:
    archive = info.get("archive_info", {})
    legacy = str(archive.get("hash", "")).removeprefix("sha256=")
    return Wheel(requirement, info["url"], archive.get("hashes", {}).get("sha256", legacy))


def _project(requirement: str) -> str:
    return _normal(requirement.partition("==")[0])


def _normal(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")
