"""The soak in small: what it promises of losses holds on every server, and its figures fill its tables."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.soaking.__main__ import SCENARIOS
from scripts.soaking.table import tables

ROOT = Path(__file__).parents[2]
# What is about time alone is measured, not tested; the peer is no promise of ours.
LEFT_OUT = {"T05", "T18", "T22", "PEERS"}
PATIENCE = 900  # seconds

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.timeout(PATIENCE)]


def soak(folder: Path, server: str, *numbers: str) -> dict[str, Any]:
    """The result of a run in small."""
    run = folder / "run.json"
    command = [sys.executable, "-m", "scripts.soaking", "--short", "--server", server, "--json", str(run)]
    done = subprocess.run(
        [*command, "--only", *numbers], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert run.exists(), done.stderr
    result: dict[str, Any] = json.loads(run.read_text())
    assert result["ok"], json.dumps({name: each for name, each in result["scenarios"].items() if not each["ok"]})
    return result


def test_nothing_is_lost_doubled_or_out_of_order(tmp_path: Path, valkey_server: object) -> None:
    numbers = [number for name in SCENARIOS if name not in LEFT_OUT for number in name.split()]
    result = soak(tmp_path, "valkey", *numbers)
    assert result["messages"] > 1_000
    assert result["kills"] >= 10
    assert [result[name] for name in ("lost", "doubled", "out_of_order", "bot_after_agent")] == [0, 0, 0, 0]
    assert tables(result).count("\n") == len(SCENARIOS) - len(LEFT_OUT) + 2


def test_neither_on_redis(tmp_path: Path, redis_server: object) -> None:
    result = soak(tmp_path, "redis", "T09", "RACES", "T17")
    assert [result[name] for name in ("lost", "doubled", "out_of_order", "bot_after_agent")] == [0, 0, 0, 0]
