"""Asks about files that nobody here wrote: are answers right, and are unknown questions refused?

    python scripts/evaluate_foreign.py FOLDER [--json]

FOLDER holds (or gets, where npm and apt-get are at hand) three files: `hotel.csv` (34 questions about one hotel from
the DSTC9 track 1 knowledge, Apache-2.0), `dotenv.md` (the README of npm's dotenv, BSD-2) and `debian-faq.html` (a
chapter of Debian's FAQ, GPL). The questions stand in tests/data/foreign.jsonl and were written before any output was
seen. Each is asked through `kefu ask --batch`, as anyone would.
"""

import argparse
import csv
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
QUESTIONS = ROOT / "tests" / "data" / "foreign.jsonl"
HOTEL = "AVALON"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dstc", type=Path, help="faq_dstc.knowledge.dev.jsonl, from which hotel.csv is made")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    bring(arguments.folder, arguments.dstc)
    questions = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
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


def report(results: list[dict[str, Any]], as_json: bool) -> None:
    summary: dict[str, Any] = {}
    for result in results:
        figures = summary.setdefault(result["source"], {"answerable": [0, 0], "unknown": [0, 0]})
        figure = figures["unknown" if result["expect"] == "refuse" else "answerable"]
        figure[0] += result["right"]
        figure[1] += 1
    if as_json:
        sys.stdout.write(json.dumps({"summary": summary, "results": results}, ensure_ascii=False) + "\n")
        return
    for source, figures in summary.items():
        sys.stdout.write(
            f"{source}: {figures['answerable'][0]} of {figures['answerable'][1]} right, "
            f"{figures['unknown'][0]} of {figures['unknown'][1]} unknown ones refused\n"
        )
    for result in results:
        if not result["right"]:
            answer = result["answer"]
            said = " ".join(answer["text"].split())[:110]
            sys.stdout.write(
                f"  wrong {result['id']} ({answer['mode']}, {answer['confidence']:.2f}): {result['text']} → {said}\n"
            )


if __name__ == "__main__":
    main()
