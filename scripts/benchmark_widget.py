"""What the widget costs a page before anyone opens it, beside other widgets: bytes, requests, main-thread time.

    python scripts/benchmark_widget.py [--runs 15] [--peers FOLDER] [--json]

One Chromium, one server on the loopback that packs everything with gzip, a new profile for each load; all widgets
take turns, and the same page without any is measured among them and taken off. `--peers` fetches the others with npm
into a folder (or uses what is there): Typebot's bubble and n8n's chat, as they are published. Chatwoot's script is
built from its Rails application and is in no registry; it cannot be measured here.
"""

import argparse
import contextlib
import gzip
import json
import mimetypes
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

STATIC = Path(__file__).parents[1] / "bot" / "web" / "static"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
SETTLED_MS = 1500
"""After the load event: what a widget does on its own it has begun by then."""
PACKAGES = {"typebot": "@typebot.io/js@0.10.7", "n8n": "@n8n/chat@1.37.0"}
TAGS = {
    "none": "",
    "kefu": '<script async src="/kefu/widget.js" data-kefu></script>',
    "typebot": '<script type="module">import Typebot from "/typebot/dist/web.js";'
    ' Typebot.initBubble({typebot: "shop", apiHost: location.origin})</script>',
    "n8n": '<link rel="stylesheet" href="/n8n/dist/style.css" /><script type="module">'
    'import {createChat} from "/n8n/dist/chat.bundle.es.js";'
    ' createChat({webhookUrl: location.origin + "/hook"})</script>',
}
BUTTONS = {"kefu": "kefu-chat button", "typebot": "typebot-bubble", "n8n": ".chat-window-toggle"}
PAGE = (
    '<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:," />{}</head>'
    "<body><h1>Shop</h1></body></html>"
)


@dataclass(frozen=True, slots=True)
class Cost:
    """One load: bytes as they came over the wire, requests, milliseconds of the main thread."""

    bytes: float
    requests: float
    task_ms: float
    script_ms: float


class _Shop(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, folders: dict[str, Path]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folders = folders


class _Handler(BaseHTTPRequestHandler):
    server: _Shop
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body, kind = self._found()
        self.send_response(200 if body else 404)
        packed = gzip.compress(body, mtime=0)
        for name, value in {
            "Content-Type": kind,
            "Content-Encoding": "gzip",
            "Content-Length": str(len(packed)),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(packed)

    def _found(self) -> tuple[bytes, str]:
        name, _, path = self.path.partition("?")[0].removeprefix("/").partition("/")
        if not path and name in TAGS:
            return PAGE.format(TAGS[name]).encode(), "text/html; charset=utf-8"
        file = self.server.folders.get(name, Path("nowhere")) / path
        kind = "text/javascript" if file.suffix in (".js", ".mjs") else mimetypes.guess_type(file.name)[0]
        return (file.read_bytes() if file.is_file() else b""), kind or "application/octet-stream"

    def log_message(self, *args: object) -> None:
        return


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    peers = fetched(given.peers) if given.peers else {}
    with serving({"kefu": STATIC, **peers}) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        costs = measured(browser, address, ["none", "kefu", *peers], given.runs)
        version = browser.version
        browser.close()
    told = {"chromium": version, "runs": given.runs, "settled_ms": SETTLED_MS, "widgets": compared(costs)}
    sys.stdout.write(json.dumps(told, indent=1) + "\n" if given.json else table(told))


def fetched(folder: Path) -> dict[str, Path]:
    """Where each peer lies in `folder`; fetched with npm where it is not there yet."""
    found = {}
    for name, package in PACKAGES.items():
        found[name] = folder / name / "package"
        if not found[name].exists():
            with tempfile.TemporaryDirectory() as there:
                pack = ["npm", "pack", package, "--silent", "--pack-destination", there]
                subprocess.run(pack, check=True, stdout=subprocess.DEVNULL)
                shutil.unpack_archive(next(Path(there).glob("*.tgz")), folder / name, filter="data")
    return found


@contextlib.contextmanager
def serving(folders: dict[str, Path]) -> Iterator[str]:
    """Serves the pages; gives their address."""
    shop = _Shop(folders)
    threading.Thread(target=shop.serve_forever, daemon=True).start()
    with shop:
        yield f"http://127.0.0.1:{shop.server_port}"
        shop.shutdown()


def measured(browser: Browser, address: str, names: list[str], runs: int) -> dict[str, list[Cost]]:
    """The costs of each widget, which take turns; a first round warms up and is not counted."""
    costs: dict[str, list[Cost]] = {name: [] for name in names}
    for run in range(runs + 1):
        for name in names if run % 2 else reversed(names):
            cost = load(browser, f"{address}/{name}", BUTTONS.get(name, "h1"))
            if run:
                costs[name].append(cost)
    return costs


def load(browser: Browser, address: str, shown: str) -> Cost:
    """One load in a new profile. Raises TimeoutError when the widget's button does not show."""
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    came: dict[str, float] = {}
    session.on("Network.loadingFinished", lambda end: came.__setitem__(end["requestId"], end["encodedDataLength"]))
    session.send("Network.enable")
    session.send("Performance.enable")
    page.goto(address, wait_until="load")
    page.locator(shown).first.wait_for(state="attached", timeout=10_000)
    page.wait_for_timeout(SETTLED_MS)
    told = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    context.close()
    return Cost(sum(came.values()), len(came), told["TaskDuration"] * 1000, told["ScriptDuration"] * 1000)


def compared(costs: dict[str, list[Cost]]) -> dict[str, dict[str, Any]]:
    """Medians of each widget less those of the bare page, and how many times Kefu's they are."""
    medians = {
        name: {field: statistics.median(getattr(cost, field) for cost in all_) for field in Cost.__dataclass_fields__}
        for name, all_ in costs.items()
    }
    bare = medians.pop("none")
    own = {name: {field: value - bare[field] for field, value in each.items()} for name, each in medians.items()}
    return {
        name: {
            **{field: round(value, 1) for field, value in each.items()},
            "ratio_to_kefu": {
                field: round(value / own["kefu"][field], 1) for field, value in each.items() if own["kefu"][field] > 0
            },
        }
        for name, each in own.items()
    }


def table(told: dict[str, Any]) -> str:
    """The same for a reader."""
    lines = [f"Chromium {told['chromium']}, medians of {told['runs']} loads, less the same page without a widget"]
    lines.append(f"{'':10}{'bytes':>12}{'requests':>10}{'task ms':>10}{'script ms':>11}")
    for name, each in told["widgets"].items():
        lines.append(
            f"{name:10}{each['bytes']:>12,.0f}{each['requests']:>10.0f}{each['task_ms']:>10.1f}{each['script_ms']:>11.1f}"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
