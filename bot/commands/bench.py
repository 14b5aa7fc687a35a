"""`kefu bench`: what this machine needs for an answer: seconds, memory. Times nothing that is not really run."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.commands.common import KnowledgeOption, knowledge_folder, load_settings, run
from bot.settings import Settings


def bench(
    knowledge: KnowledgeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a work item, a line each.")] = False,
    repeats: Annotated[int, typer.Option(min=5, help="How often the quick items are repeated.")] = 100,
) -> None:
    """Measure answers through the API, generation, start and memory on this machine."""
    # What is given again costs nothing, and would tell nothing.
    settings = load_settings("error").model_copy(update={"answer_cache": 0})
    folder = knowledge_folder(settings, knowledge)
    for item in _items(settings, folder, repeats):
        if as_json:
            sys.stdout.write(json.dumps(item) + "\n")
        else:
            rest = ", ".join(f"{key} {value}" for key, value in item.items() if key != "work")
            sys.stdout.write(f"{item['work']}: {rest}\n")
        sys.stdout.flush()


def _items(settings: Settings, folder: Path, repeats: int) -> list[dict[str, Any]]:
    items = [_help_time()]
    items += run(_measure(settings, folder, repeats))
    return items


def _help_time() -> dict[str, Any]:
    command = [sys.executable, "-m", "bot", "--help"]
    times = _times(lambda: subprocess.run(command, check=True, capture_output=True), 7)  # noqa: S603
    return _figures("kefu --help", times)


async def _measure(settings: Settings, folder: Path, repeats: int) -> list[dict[str, Any]]:
    import psutil

    from bot.app import open_house
    from bot.commands.benching import generated, through_the_api
    from bot.commands.progress import pull

    started = time.perf_counter()
    async with open_house(settings, folder, pull) as house:
        items = [
            {"work": "open the house (models, knowledge, store)", "seconds": _round(time.perf_counter() - started)}
        ]
        items.append(_figures("verbatim answer through the API, warm", await through_the_api(house, repeats)))
        if house.brain.generator:
            items += await generated(house, max(5, repeats // 10))
        memory = psutil.Process().memory_info().rss
        peak = _peak_memory()
        items.append({"work": "memory of the process", "rss_gb": _round(memory / 1e9), "peak_gb": _round(peak / 1e9)})
        return items


def _peak_memory() -> int:
    """The largest resident set so far, in bytes."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _times(work: Callable[[], object], repeats: int) -> list[float]:
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return times


def _figures(work: str, seconds: list[float]) -> dict[str, Any]:
    """The median and the 95th percentile in milliseconds."""
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return {
        "work": work,
        "n": len(seconds),
        "p50_ms": _round(1000 * statistics.median(seconds)),
        "p95_ms": _round(1000 * p95),
        "per_second": _round(len(seconds) / sum(seconds)),
    }


def _round(value: float) -> float:
    return float(f"{value:.3g}")
