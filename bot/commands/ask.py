"""`kefu ask`: one answer in the terminal, or a file of questions."""

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, BinaryIO

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

    name = "standard input" if str(path) == "-" else str(path)
    with _opened(path) as file:
        # A half character must come through, so that the line that holds it can be named.
        lines = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape")
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield read_case(f"{name}:{number}", line)


def _opened(path: Path) -> BinaryIO:
    if str(path) == "-":
        return sys.stdin.buffer
    try:
        return path.open("rb")
    except OSError as error:
        raise CommandError(f"{path}: cannot be read: {error.strerror}") from error


def _readable(answer: dict[str, Any]) -> str:
    lines = [answer["text"]]
    if answer["outcome"] == "answered":
        lines += ["", *(_source_line(n, source) for n, source in enumerate(answer["sources"], 1))]
    lines.append(f"({answer['mode']}, confidence {answer['confidence']:.2f}, {answer['seconds']['total']:.2f} s)")
    return "\n".join(lines)


def _source_line(number: int, source: dict[str, Any]) -> str:
    link = f" – {source['url']}" if source["url"] else ""
    return f"[{number}] {source['title']}{link}"
