"""Runs the scenarios one after the other and prints one JSON object. Exit code 1 when one is not as promised."""

import argparse
import asyncio
import gc
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.log import configure
from scripts.soaking.damage import files, memory
from scripts.soaking.deaths import goodbye, poison
from scripts.soaking.ground import Figures, Ground, binary_of
from scripts.soaking.identity import identity
from scripts.soaking.kills import kills
from scripts.soaking.peers import peers
from scripts.soaking.polling import killed, two_pollers
from scripts.soaking.races import agents, bursts, fences
from scripts.soaking.saying import gone, growing, texts
from scripts.soaking.sending import cut, paced, refused
from scripts.soaking.telling import hooks
from scripts.soaking.webhook import crowd, down, outages, tripled, unasked
from scripts.soaking.website import closed, repeats, restart, streams

Scenario = Callable[[Ground], Awaitable[Figures]]
SHORT = 0.05
SCENARIOS: dict[str, Scenario] = {
    "T01": unasked,
    "T02": tripled,
    "T03": outages,
    "T04": down,
    "T05": crowd,
    "T06": identity,
    "T07": killed,
    "T08": two_pollers,
    "T09 T10 T15": kills,
    "RACES": agents,
    "T11": fences,
    "T12": bursts,
    "T13": poison,
    "T14": goodbye,
    "T16": files,
    "T17": memory,
    "T18": refused,
    "T19": paced,
    "T20": cut,
    "T21": gone,
    "T22": texts,
    "T23": growing,
    "T24": streams,
    "T25": repeats,
    "T26": closed,
    "T29": restart,
    "HOOKS": hooks,
    "PEERS": peers,
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--only", nargs="*", default=[], metavar="T", help="scenarios by a number of theirs")
    parser.add_argument("--short", action="store_true", help="in small")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--server", choices=["valkey", "redis"], default="valkey")
    parser.add_argument("--json", type=Path, help="write the object here as well")
    parser.add_argument("--list", action="store_true")
    return parser.parse_args()


def _chosen(only: list[str]) -> dict[str, Scenario]:
    wanted = {
        name: run
        for name, run in SCENARIOS.items()
        if not only or set(name.split()) & {each.upper() for each in only}
    }
    if not wanted:
        sys.exit(f"scripts/soak: no such scenario; there are {', '.join(SCENARIOS)}")
    return wanted


async def _run(name: str, scenario: Scenario, ground: Ground) -> Figures:
    sys.stderr.write(f"{name} … ")
    sys.stderr.flush()
    start = time.monotonic()
    try:
        figures = await scenario(ground)
    except Exception as error:
        figures = {"ok": False, "error": f"{type(error).__name__}: {error}"}
    finally:
        ground.close()
    figures["wall_seconds"] = round(time.monotonic() - start, 1)
    sys.stderr.write(f"{'ok' if figures['ok'] else 'NOT AS PROMISED'}, {figures['wall_seconds']} s\n")
    return figures


def _summary(scenarios: dict[str, Figures]) -> Figures:
    """The figures that stand for all."""

    def total(name: str) -> int:
        return sum(figures.get(name, 0) for figures in scenarios.values())

    summed = {
        name: total(name) for name in ("messages", "kills", "lost", "doubled", "out_of_order", "bot_after_agent")
    }
    acks = [figures["ack_p99_ms"] for figures in scenarios.values() if "ack_p99_ms" in figures]
    return {**summed, "ack_p99_ms": max(acks, default=None)}


def main() -> int:
    """Run what the command line names."""
    given = _arguments()
    if given.list:
        sys.stdout.write(
            "".join(f"{name}: {(run.__doc__ or '').splitlines()[0]}\n" for name, run in SCENARIOS.items())
        )
        return 0
    configure("error", "json")
    # The clock is here too: looking for garbage among all that is loaded would be counted as the house's 0.3 s.
    gc.freeze()
    scale = SHORT if given.short else given.scale
    scenarios = {}
    with tempfile.TemporaryDirectory(prefix="kefu-soak-") as folder:
        for name, scenario in _chosen(given.only).items():
            ground = Ground(given.server, scale, given.seed, Path(folder))
            scenarios[name] = asyncio.run(_run(name, scenario, ground))
    result = {
        "ok": all(figures["ok"] for figures in scenarios.values()),
        "date": time.strftime("%Y-%m-%d"),
        "server": f"{given.server} ({binary_of(given.server).name})",
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "scale": scale,
        **_summary(scenarios),
        "scenarios": scenarios,
    }
    text = json.dumps(result, indent=2)
    sys.stdout.write(text + "\n")
    if given.json:
        given.json.write_text(text + "\n")
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
