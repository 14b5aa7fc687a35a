"""The README's tables of a soak: `python -m scripts.soaking.table RUN.json`. Knows only what the run wrote."""

import json
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def tables(result: Mapping[str, Any]) -> str:
    """Two Markdown tables: what was seen, and bare aiogram beside it."""
    words = tomllib.loads(Path(__file__).with_name("table.toml").read_text("utf-8"))
    found = result["scenarios"]
    lines = ["| test | what happens | what was seen |", "|---|---|---|"]
    for row in words["row"]:
        if row["test"] in found:
            lines.append(f"| {row['test']} | {row['what']} | {row['seen'].format(**found[row['test']])} |")
    if "PEERS" in found:
        peers = found["PEERS"]
        lines += ["", "| the same stimulus | bare aiogram | Kefu |", "|---|---|---|"]
        for row in words["peer"]:
            theirs, ours = (row["seen"].format(**figures) for figures in (peers, peers["kefu"]))
            lines.append(f"| {row['what']} | {theirs} | {ours} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(tables(json.loads(Path(sys.argv[1]).read_text("utf-8"))))
