"""`kefu eval`: how good it is, in figures with intervals, on labelled data of one's own or of others."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.common import load_settings
from bot.commands.failures import CommandError

if TYPE_CHECKING:
    from knowledge.evaluation import Ranking

app = typer.Typer(help="How good it is, measured on labelled data.", no_args_is_help=True)


@app.callback()
def evaluate() -> None:
    """How good it is, measured on labelled data."""


@app.command("retrieval")
def retrieval(
    knowledge: Annotated[Path, typer.Argument(help="JSON lines: intents, questions with answers, or passages.")],
    queries: Annotated[Path, typer.Argument(help='JSON lines: questions with "label" or "gold".')],
    context: Annotated[bool, typer.Option(help="Let the turns before a question count.")] = True,
    embedder: Annotated[
        str, typer.Option(help="A key of the catalogue, a folder or a hub's name; else as of a build.")
    ] = "",
    threshold: Annotated[
        float | None, typer.Option(min=0, max=1, help="Confidence from which a question is answered.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    predictions: Annotated[Path | None, typer.Option(help="Write what was found for each query here.")] = None,
) -> None:
    """Is the right entry found, and is it known when there is none?"""
    settings = load_settings("error")
    from bot.answering.answerer import Policy
    from knowledge.labelled import read_labelled

    if predictions and not predictions.parent.is_dir():
        raise CommandError(f"{predictions.parent}: no such folder: make it first")
    wards = read_labelled(knowledge, queries)
    from bot.app import open_embedder
    from bot.commands.evaluating import rankings
    from bot.commands.progress import pull, text_bar
    from knowledge.embedders.choice import choose_default
    from knowledge.evaluation import retrieval_figures

    entries = [entry for ward in wards for entry in ward.entries]
    model = open_embedder(settings, embedder or settings.embedder or choose_default(entries), pull)
    with text_bar("asking") as progress:
        found = rankings(wards, model, context, progress)
    least = Policy().threshold if threshold is None else threshold
    if predictions:
        predictions.write_text("".join(_lines(found, least)), "utf-8")
    figures = retrieval_figures(found, least) | {"embedder": model.name}
    sys.stdout.write(json.dumps(figures) + "\n" if as_json else "\n".join(_table(figures)) + "\n")


def _lines(found: "Iterable[Ranking]", threshold: float) -> Iterator[str]:
    for ranking in found:
        line = {
            "id": ranking.id,
            "ranked": ranking.ranked,
            "confidence": round(ranking.confidence, 6),
            "answered": ranking.confidence >= threshold,
        }
        yield json.dumps(line, ensure_ascii=False) + "\n"


def _table(figures: dict[str, Any]) -> Iterator[str]:
    """The figures as a Markdown table, each with its interval."""
    yield "| figure | value | 95 % interval |"
    yield "|---|---|---|"
    for name, value in figures.items():
        if not name.endswith("_ci"):
            interval = figures.get(f"{name}_ci")
            shown = f"{interval[0]:.3f} to {interval[1]:.3f}" if interval else ""
            yield f"| {name} | {_shown(value)} | {shown} |"


def _shown(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
