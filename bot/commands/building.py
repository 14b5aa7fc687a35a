"""Builds knowledge from files for commands: chooses the embedder, shows progress. Knows no answerer."""

import hashlib
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import Settings
from knowledge.snapshot.reader import Snapshot

if TYPE_CHECKING:
    from knowledge.snapshot.builder import Calibrate

_FINGERPRINT = "SOURCES"


def sample_sources() -> Path:
    """The folder of the sample knowledge inside the installed package."""
    return Path(str(files("knowledge").joinpath("sample", "faq")))


def sample_cases() -> Path:
    """The past conversations of the sample inside the installed package."""
    return Path(str(files("knowledge").joinpath("sample", "conversations", "conversations.jsonl")))


def bring_cases(out: Path, *, sample: bool) -> None:
    """Put the sample's past conversations beside its knowledge, and take them away from any other."""
    from bot.desk.past_cases import FILE

    theirs, own = sample_cases().read_bytes(), out / FILE
    if sample and not own.exists():
        own.write_bytes(theirs)
    elif not sample and own.exists() and own.read_bytes() == theirs:
        own.unlink()


def build_knowledge(settings: Settings, sources: Sequence[Path], out: Path) -> Snapshot:
    """Build a snapshot of the sources in `out`, calibrated unless that is switched off, and put it into use.

    What people corrected and what a machine wrote beside it is part of it.

    Progress goes to standard error.
    """
    from knowledge.corpus.load import load_sources
    from knowledge.corrections import corrected, read_corrections
    from knowledge.written import read_written, with_written

    entries = corrected(load_sources(sources, notice=_notice), read_corrections(out))
    entries = with_written(entries, read_written(out))
    from bot.app import open_embedder
    from bot.commands.progress import pull, work_bars
    from knowledge.embedders.choice import choose_default
    from knowledge.snapshot.builder import build

    embedder = open_embedder(settings, settings.embedder or choose_default(entries), pull)
    with work_bars(f"embedding {len(entries)} entries", "calibrating") as (embedding, step):
        find_out = calibrating(settings.wrong_answers, step) if settings.calibrate else None
        return build(entries, sources, embedder, out, embedding, find_out)


def calibrating(promised: float, report: Callable[[int, int], None]) -> "Calibrate":
    """What calibrates contents so that at most the share `promised` of the answers is wrong."""
    from knowledge.calibration.calibrate import calibrate

    return partial(calibrate, promised=promised, report=report)


def build_if_changed(settings: Settings, sources: Sequence[Path], out: Path) -> None:
    """Build unless `out` holds a snapshot of the same files, by their paths, sizes and times of change."""
    wanted = _fingerprint(settings, sources)
    mark = out / _FINGERPRINT
    if (out / "CURRENT").exists() and mark.exists() and mark.read_text("utf-8") == wanted:
        return
    build_knowledge(settings, sources, out)
    mark.write_text(wanted, "utf-8")


def _fingerprint(settings: Settings, sources: Sequence[Path]) -> str:
    digest = hashlib.sha256(f"{settings.embedder}\n{settings.calibrate} {settings.wrong_answers}\n".encode())
    for source in sources:
        for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
            status = path.stat()
            digest.update(f"{path.resolve()}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _notice(line: str) -> None:
    sys.stderr.write(f"note: {line}\n")
