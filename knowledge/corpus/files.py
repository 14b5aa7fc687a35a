"""Which files a person means by some paths, and what each is called. Opens none of them."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from knowledge.errors import CorpusError


@dataclass(frozen=True, slots=True)
class Found:
    """A file to read: its path, the name messages and places use, and whether a person named it."""

    path: Path
    name: str
    named: bool


def find(paths: Sequence[Path], suffixes: frozenset[str], notice: Callable[[str], None]) -> list[Found]:
    """The files of these suffixes that `paths` name or contain, each once.

    CorpusError for a path that does not exist, a named file of an unknown suffix and a link that leads nowhere
    or in a circle.
    """
    found: dict[Path, Found] = {}
    for path in paths:
        for file in _under(path, suffixes, notice):
            found.setdefault(file.path.resolve(), file)
    return _told_apart(list(found.values()))


def _under(path: Path, suffixes: frozenset[str], notice: Callable[[str], None]) -> Iterator[Found]:
    if _resolved(path, str(path)).is_dir():
        yield from _walk(path, path, suffixes, notice, ())
    elif not path.is_file():
        raise CorpusError(f"{path}: neither a file nor a folder")
    elif path.suffix.lower() not in suffixes:
        raise CorpusError(f"{path}: unknown kind of file '{path.suffix}' (known: {' '.join(sorted(suffixes))})")
    else:
        yield Found(path, path.name, named=True)


def _walk(
    folder: Path, root: Path, suffixes: frozenset[str], notice: Callable[[str], None], above: tuple[Path, ...]
) -> Iterator[Found]:
    here = folder.resolve()
    if here in above:
        raise CorpusError(f"{_name(folder, root)}: the link leads back to a folder above it: remove the link")
    try:
        inside = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError as error:
        raise CorpusError(f"{_name(folder, root)}: cannot be read: {error.strerror or error}") from error
    for path in inside:
        name = _name(path, root)
        if path.name.startswith("."):
            continue
        if _resolved(path, name).is_dir():
            yield from _walk(path, root, suffixes, notice, (*above, here))
        elif path.suffix.lower() in suffixes and path.is_file():
            yield Found(path, name, named=False)
        else:
            notice(f"{name}: unknown kind of file, skipped")


def _resolved(path: Path, name: str) -> Path:
    try:
        return path.resolve(strict=True)
    except FileNotFoundError as error:
        what = "the link leads nowhere: mend or remove it" if path.is_symlink() else "there is no such file or folder"
        raise CorpusError(f"{name}: {what}") from error
    except RuntimeError as error:  # Python 3.11 and 3.12 raise it for a circle
        raise CorpusError(f"{name}: the link leads back to itself: remove the link") from error
    except OSError as error:
        raise CorpusError(f"{name}: cannot be read: {error.strerror or error}") from error


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path != root else str(path)


def _told_apart(found: list[Found]) -> list[Found]:
    """Longer names for files that would share one: with one more folder, else the whole path."""
    for longer in (_with_folder, _whole):
        shared = Counter(file.name for file in found)
        found = [replace(file, name=longer(file)) if shared[file.name] > 1 else file for file in found]
    return found


def _with_folder(file: Found) -> str:
    depth = file.name.count("/") + 2
    return "/".join(file.path.resolve().parts[-depth:])


def _whole(file: Found) -> str:
    return file.path.resolve().as_posix()
