"""Progress bars on standard error: bytes of a download, texts of an embedding. Knows no model and no snapshot."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.text import Text

from bot.settings import Settings

_STAGES = {"wait": "waiting for another process", "unpack": "unpacking", "convert": "converting", "ready": "ready"}


def pull(settings: Settings, name: str) -> str:
    """What a loader can open for `name`; a model of the catalogue is brought here first, with a bar."""
    from bot.models.ready import resolve

    with model_bar(name) as progress:
        return resolve(name, settings.models_dir, progress)


@contextmanager
def model_bar(name: str) -> Iterator[Callable[[str, int, int], None]]:
    """A bar for bringing one model; nothing is shown while nothing is to be done."""
    bar = _bar(DownloadColumn(), TransferSpeedColumn())
    task = None

    def show(stage: str, done: int, total: int) -> None:
        nonlocal task
        if task is None:
            if stage == "ready":
                return
            bar.start()
            task = bar.add_task(name, total=total or None)
        if stage == "download":
            bar.update(task, description=f"{name}: downloading", completed=done, total=total)
        else:
            bar.update(task, description=f"{name}: {_STAGES[stage]}")

    try:
        yield show
    finally:
        # A bar that never started would still print an empty line.
        if task is not None:
            bar.stop()


@contextmanager
def text_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar for work on many texts, with rate and remaining time."""
    bar = _bar(MofNCompleteColumn(), _Rate())
    task = bar.add_task(what, total=None)
    with bar:
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def work_bars(*whats: str) -> Iterator[list[Callable[[int, int], None]]]:
    """Bars for several kinds of work, one after the other: each is shown from its first step on."""
    bar = _bar(MofNCompleteColumn())
    try:
        yield [_shown_when_begun(bar, what) for what in whats]
    finally:
        # A bar that never started would still print an empty line.
        if bar.tasks:
            bar.stop()


def _shown_when_begun(bar: Progress, what: str) -> Callable[[int, int], None]:
    tasks: list[TaskID] = []

    def show(done: int, total: int) -> None:
        if not tasks:
            bar.start()
            tasks.append(bar.add_task(what, total=total))
        bar.update(tasks[0], completed=done, total=total)

    return show


def _bar(*columns: Any) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        *columns,
        TimeRemainingColumn(),
        console=Console(file=sys.stderr),
    )


class _Rate(ProgressColumn):
    """Texts a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.0f} texts/s" if task.speed else "")
