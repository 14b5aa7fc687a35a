"""The list of a ready model's files with their sizes and sha256. Knows no catalogue and no network."""

import json
from pathlib import Path
from typing import Any

from bot.models.errors import ModelDamaged
from bot.models.fetch import sha256_of

NAME = "kefu-model.json"


def seal(folder: Path, about: dict[str, Any]) -> None:
    """Write the manifest of all files in `folder`, beside the facts `about` the model (JSON values)."""
    files = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        path.chmod(0o644)
        files[path.relative_to(folder).as_posix()] = {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
    text = json.dumps({**about, "files": files}, indent=2, ensure_ascii=False)
    (folder / NAME).write_text(text + "\n", encoding="utf-8")


def read(folder: Path) -> dict[str, Any]:
    """The manifest of a ready folder, or an empty one where there is none that reads."""
    try:
        manifest = json.loads((folder / NAME).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) and isinstance(manifest.get("files"), dict) else {}


def whole(folder: Path) -> bool:
    """Whether every file is there in its size: the cheap check of each start."""
    files = read(folder).get("files", {})
    return bool(files) and all(_size(folder / name) == entry["bytes"] for name, entry in files.items())


def check(folder: Path, cure: str) -> None:
    """Read every file; raises ModelDamaged naming the first that differs, and the cure."""
    for name, entry in read(folder)["files"].items():
        path = folder / name
        if not path.is_file():
            raise ModelDamaged(f"{path} is gone: {cure}")
        if sha256_of(path) != entry["sha256"]:
            raise ModelDamaged(f"{path} is not what was made (its sha256 differs): {cure}")


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1
