"""`kefu ask`: one answer in the terminal, or a file of questions."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.commands.common import KnowledgeOption, knowledge_folder, load_settings
from bot.commands.failures import CommandError


def ask(
    text: Annotated[str | None, typer.Argument(help="The customer's question.")] = None,
    knowledge: KnowledgeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    batch: Annotated[
        Path | None,
        typer.Option(help='JSON lines {"id","turns":[…]}, "-" for standard input; one answer a line comes out.'),
    ] = None,
) -> None:
    """Answer one question (or a batch) from the knowledge, with sources; or say that it is not known."""
    if (text is None) == (batch is None):
        raise CommandError('give either a question or --batch FILE: kefu ask "How do I return an item?"')
    settings = load_settings("warning")
    cases = list(_read_batch(batch)) if batch else [_single(text or "")]
    from bot.app import open_brain
    from bot.commands.cases import answer_case
    from bot.commands.progress import pull

    brain = open_brain(settings, knowledge_folder(settings, knowledge), pull)
    try:
        answerer = brain.answerer()
        for case in cases:
            answer = answer_case(answerer, case)
            if batch or as_json:
                data = {"id": case["id"], **answer.to_json()} if batch else answer.to_json()
                sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
                sys.stdout.flush()
            else:
                sys.stdout.write(_readable(answer.to_json()) + "\n")
    finally:
        brain.close()


def _single(text: str) -> dict[str, Any]:
    from bot.desk.admission import objection

    if reason := objection(text):
        raise CommandError(reason)
    return {"id": "", "turns": [text]}


def _read_batch(path: Path) -> Iterator[dict[str, Any]]:
    from bot.commands.cases import read_case

    if str(path) != "-" and not path.is_file():
        raise CommandError(f"{path}: no such file")
    stream = sys.stdin if str(path) == "-" else path.open(encoding="utf-8", errors="surrogateescape")
    with stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                yield read_case(f"{path}:{number}", line)


def _readable(answer: dict[str, Any]) -> str:
    lines = [answer["text"]]
    if answer["outcome"] == "answered":
        lines += ["", *(_source_line(n, source) for n, source in enumerate(answer["sources"], 1))]
    lines.append(f"({answer['mode']}, confidence {answer['confidence']:.2f}, {answer['seconds']['total']:.2f} s)")
    return "\n".join(lines)


def _source_line(number: int, source: dict[str, Any]) -> str:
    link = f" – {source['url']}" if source["url"] else ""
    return f"[{number}] {source['title']}{link}"
