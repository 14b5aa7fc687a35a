"""Asks about files that nobody here wrote: are answers right, and are unknown questions refused?

    python scripts/evaluate_foreign.py FOLDER [--json]

FOLDER holds (or gets, where npm and apt-get are at hand) three files: `hotel.csv` (34 questions about one hotel from
the DSTC9 track 1 knowledge, Apache-2.0), `dotenv.md` (the README of npm's dotenv, BSD-2) and `debian-faq.html` (a
chapter of Debian's FAQ, GPL). Two sets of questions stand in tests/data, written before any output was seen: ordinary
ones (foreign_ordinary.jsonl), and hard ones that avoid the files' own words (foreign.jsonl). Each is asked through
`kefu ask --batch`, as anyone would.
"""

import argparse
import csv
import json
import math
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
QUESTIONS = {
    "ordinary": ROOT / "tests" / "data" / "foreign_ordinary.jsonl",
    "hard": ROOT / "tests" / "data" / "foreign.jsonl",
}
HOTEL = "AVALON"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dstc", type=Path, help="faq_dstc.knowledge.dev.jsonl, from which hotel.csv is made")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    bring(arguments.folder, arguments.dstc)
    questions = [
        json.loads(line) | {"set": name}
        for name, path in QUESTIONS.items()
        for line in path.read_text("utf-8").splitlines()
    ]
    results = [
        result
        for source in sorted({q["source"] for q in questions})
        for result in ask(arguments.folder, source, questions)
    ]
    report(results, arguments.json)


def bring(folder: Path, dstc: Path | None) -> None:
    """Fetch what is missing; a source that cannot be had is skipped, loudly, later."""
    with tempfile.TemporaryDirectory() as work:
        if not (folder / "dotenv.md").exists() and shutil.which("npm"):
            subprocess.run(
                ["npm", "pack", "--silent", "dotenv@18.0.10"], cwd=work, check=False, stdout=subprocess.DEVNULL
            )
            for archive in Path(work).glob("dotenv-*.tgz"):
                shutil.unpack_archive(archive, work, filter="data")
                shutil.copy(Path(work) / "package" / "README.md", folder / "dotenv.md")
        if not (folder / "debian-faq.html").exists() and shutil.which("apt-get"):
            subprocess.run(
                ["apt-get", "-qq", "download", "debian-faq"], cwd=work, check=False, stderr=subprocess.DEVNULL
            )
            for package in Path(work).glob("debian-faq*.deb"):
                subprocess.run(["dpkg", "-x", str(package), work], check=True)
                page = Path(work) / "usr/share/doc/debian/FAQ/choosing.en.html"
                shutil.copy(page, folder / "debian-faq.html")
    if not (folder / "hotel.csv").exists() and dstc:
        rows = [json.loads(line) for line in dstc.read_text("utf-8").splitlines()]
        with (folder / "hotel.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["question", "answer"])
            writer.writerows(
                (r["question"], r["answer"]) for r in rows if (r["domain"], r["entity"]) == ("hotel", HOTEL)
            )


def ask(folder: Path, source: str, questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The questions of one source with their answers and whether each is right."""
    mine = [question for question in questions if question["source"] == source]
    if not (folder / source).exists():
        sys.stderr.write(f"SKIPPED: {source} is not in {folder} ({len(mine)} questions)\n")
        return []
    lines = "".join(json.dumps({"id": q["id"], "turns": [q["text"]]}) + "\n" for q in mine)
    command = [sys.executable, "-m", "bot", "ask", "--knowledge", str(folder / source), "--batch", "-"]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{source}: {done.stderr}")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return [
        question | {"answer": answer, "right": right(question, answer)}
        for question, answer in zip(mine, answers, strict=True)
    ]


def right(question: dict[str, Any], answer: dict[str, Any]) -> bool:
    """An answer must hold one spelling of every fact; what is unknown must be refused or handed over."""
    if question["expect"] == "refuse":
        return answer["outcome"] in {"refused", "handed_over"}
    text = " ".join(answer["text"].lower().split())
    return answer["outcome"] == "answered" and all(any(f in text for f in fact) for fact in question["must"])


def wilson(successes: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """The score interval of Wilson (1927) for a share."""
    if not trials:
        return 0.0, 1.0
    share = successes / trials
    centre = share + z * z / (2 * trials)
    reach = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    whole = 1 + z * z / trials
    return round(max(0.0, (centre - reach) / whole), 2), round(min(1.0, (centre + reach) / whole), 2)


def report(results: list[dict[str, Any]], as_json: bool) -> None:
    """Print the shares by set, then each answer that is not as it should be: silent or wrong."""
    if as_json:
        sys.stdout.write(json.dumps({"figures": figures(results), "results": results}, ensure_ascii=False) + "\n")
        return
    for name, figure in figures(results).items():
        sys.stdout.write(f"{name}: {json.dumps(figure)}\n")
    for result in results:
        if not result["right"]:
            answer = result["answer"]
            said = " ".join(answer["text"].split())[:110]
            kind = "WRONG" if answer["outcome"] == "answered" else "silent"
            sys.stdout.write(f"  {kind} {result['id']} ({answer['confidence']:.2f}): {result['text']} → {said}\n")


def figures(results: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """For each set: how many answerable questions were right, silent, wrong, and unknown ones refused."""
    found: dict[str, dict[str, Any]] = {}
    for name in QUESTIONS:
        answerable = [r for r in results if r["set"] == name and r["expect"] == "answer"]
        unknown = [r for r in results if r["set"] == name and r["expect"] == "refuse"]
        right_ones = sum(r["right"] for r in answerable)
        silent = sum(r["answer"]["outcome"] != "answered" for r in answerable)
        refused = sum(r["right"] for r in unknown)
        found[name] = {
            "n": len(answerable),
            "right": right_ones,
            "right_ci": wilson(right_ones, len(answerable)),
            "silent": silent,
            "wrong": len(answerable) - right_ones - silent,
            "n_unknown": len(unknown),
            "refused": refused,
            "refused_ci": wilson(refused, len(unknown)),
        }
    return found


if __name__ == "__main__":
    main()
