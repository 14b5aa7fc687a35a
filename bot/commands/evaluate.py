"""`kefu eval`: how good it is, in figures with intervals, on labelled data of one's own or of others."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.common import KnowledgeOption, knowledge_folder, load_settings
from bot.commands.failures import CommandError

if TYPE_CHECKING:
    from bot.evaluation.figures import Scored
    from knowledge.evaluation import Ranking
    from knowledge.replies import PastReply


class Split(StrEnum):
    """Which part of a bank is asked."""

    TUNE = "tune"
    CHECK = "check"
    REPORT = "report"
    ALL = "all"


BankArgument = Annotated[Path, typer.Argument(help='JSON lines: {"id", "turns", "expect", "must", …}.')]
SplitOption = Annotated[Split, typer.Option(help='Only lines with this "split".')]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
ThresholdOption = Annotated[
    float | None,
    typer.Option(min=0, max=1, help="Confidence from which a question is answered; else as customers are answered."),
]
AnswersOption = Annotated[Path | None, typer.Option(help="Write each answer and what it is worth here.")]

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
    promised: Annotated[
        float | None,
        typer.Option(min=0.001, max=0.999, help="Calibrate the knowledge first, so that such a share may be wrong."),
    ] = None,
    as_json: JsonOption = False,
    predictions: Annotated[Path | None, typer.Option(help="Write what was found for each query here.")] = None,
) -> None:
    """Is the right entry found, and is it known when there is none?"""
    settings = load_settings("error")
    from bot.answering.answerer import Policy
    from knowledge.labelled import read_labelled

    _require_folder(predictions)
    wards = read_labelled(knowledge, queries)
    from bot.app import open_embedder
    from bot.commands.building import calibrating
    from bot.commands.evaluating import rankings
    from bot.commands.progress import pull, text_bar
    from knowledge.embedders.choice import choose_default
    from knowledge.evaluation import retrieval_figures

    entries = [entry for ward in wards for entry in ward.entries]
    model = open_embedder(settings, embedder or settings.embedder or choose_default(entries), pull)
    calibrate = calibrating(promised, lambda done, total: None) if promised else None
    with text_bar("asking") as progress:
        found = rankings(wards, model, context, progress, calibrate)
    if threshold is not None:
        found = [replace(ranking, least=None) for ranking in found]
    least = Policy().threshold if threshold is None else threshold
    if predictions:
        predictions.write_text("".join(_lines(found, least)), "utf-8")
    figures = retrieval_figures(found, least) | {"embedder": model.name}
    sys.stdout.write(json.dumps(figures) + "\n" if as_json else "\n".join(_table(figures)) + "\n")


@app.command("suggestions")
def suggestions(
    history: Annotated[Path, typer.Argument(help="JSON lines: conversations of the past.")],
    moments: Annotated[Path, typer.Argument(help='JSON lines: {"id", "context", "candidates", "gold_index"}.')],
    embedder: Annotated[
        str, typer.Option(help="A key of the catalogue, a folder or a hub's name; else as of a build.")
    ] = "",
    as_json: JsonOption = False,
    predictions: Annotated[Path | None, typer.Option(help="Write what was found for each moment here.")] = None,
) -> None:
    """Would agents find their own reply among others, and among what is suggested to them?"""
    settings = load_settings("error")
    from bot.evaluation.suggestions import read_history, read_moments, suggested, suggestion_figures

    _require_folder(predictions)
    replies, asked = read_history(history), read_moments(moments)
    from bot.app import open_embedder
    from bot.commands.evaluating import embedder_for
    from bot.commands.progress import pull

    texts = [reply.text for reply in replies]
    model = open_embedder(settings, embedder or settings.embedder or embedder_for(texts), pull)
    found = list(suggested(asked, replies, model))
    if predictions:
        lines = ({"id": one.moment.id, "ranked": one.ranked, "suggested": _texts(one.replies)} for one in found)
        predictions.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    figures = suggestion_figures(found) | {"embedder": model.name}
    sys.stdout.write(json.dumps(figures) + "\n" if as_json else "\n".join(_table(figures)) + "\n")


@app.command("answers")
def answers(
    bank: BankArgument,
    knowledge: KnowledgeOption = None,
    split: SplitOption = Split.ALL,
    threshold: ThresholdOption = None,
    as_json: JsonOption = False,
    answers: AnswersOption = None,
) -> None:
    """Are the answers right, wrong or missing? Asks the real answerer, as a customer would."""
    from bot.evaluation.figures import answer_figures

    scored, circumstances = _asked(bank, knowledge, split, threshold, answers)
    figures = circumstances | answer_figures(scored)
    if as_json:
        sys.stdout.write(json.dumps(figures) + "\n")
    else:
        verdicts = ("right", "wrong", "silent")
        sys.stdout.write("\n".join([*_table(figures), *_groups(figures, ("kinds", "languages"), verdicts)]) + "\n")


@app.command("handoff")
def handoff(
    bank: BankArgument,
    knowledge: KnowledgeOption = None,
    split: SplitOption = Split.ALL,
    threshold: ThresholdOption = None,
    as_json: JsonOption = False,
    answers: AnswersOption = None,
) -> None:
    """Does everyone get a person who needs one, and nobody else?"""
    from bot.evaluation.figures import handoff_figures

    scored, circumstances = _asked(bank, knowledge, split, threshold, answers)
    figures = circumstances | handoff_figures(scored)
    if as_json:
        sys.stdout.write(json.dumps(figures) + "\n")
    else:
        groups = [*_groups(figures, ("reasons",), ("precision",)), *_groups(figures, ("kinds",), ("recall",))]
        sys.stdout.write("\n".join([*_table(figures), *groups]) + "\n")


class Task(StrEnum):
    """What is read in a message."""

    MOOD = "mood"


@app.command("reading")
def reading(
    messages: Annotated[Path, typer.Argument(help='JSON lines: {"id", "text", "label"}.')],
    task: Annotated[Task, typer.Option(help="What is read.")] = Task.MOOD,
    as_json: JsonOption = False,
    predictions: Annotated[Path | None, typer.Option(help="Write what was read in each message here.")] = None,
) -> None:
    """Is it read rightly how customers feel? Labels: negative, neutral, positive."""
    load_settings("error")
    from bot.evaluation.reading import labels_read, mood_figures, read_messages

    _require_folder(predictions)
    found = read_messages(messages)
    if predictions:
        rows = ({"id": each.id, "label": label} for each, label in zip(found, labels_read(found), strict=True))
        predictions.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    figures = {"task": str(task), **mood_figures(found)}
    sys.stdout.write(json.dumps(figures) + "\n" if as_json else "\n".join(_table(figures)) + "\n")


def _asked(
    bank: Path, knowledge: Path | None, split: Split, threshold: float | None, answers: Path | None
) -> tuple[list["Scored"], dict[str, Any]]:
    """The scored answers to a bank, and what they depend on."""
    settings = load_settings("error")
    if threshold is not None:
        settings = settings.model_copy(update={"threshold": threshold})
    from bot.evaluation.bank import read_bank

    _require_folder(answers)
    cases = [case for case in read_bank(bank) if split is Split.ALL or case.split == split]
    if not cases:
        raise CommandError(f"{bank}: no line" + ("" if split is Split.ALL else f' has the "split" {split}'))
    from bot.app import open_brain
    from bot.commands.evaluating_answers import circumstances, line, scored_answers
    from bot.commands.progress import pull, text_bar

    brain = open_brain(settings, knowledge_folder(settings, knowledge), pull)
    try:
        with text_bar("asking") as progress:
            scored = list(scored_answers(brain, cases, progress))
        if answers:
            lines = [json.dumps(line(one), ensure_ascii=False) + "\n" for one in scored]
            answers.write_text("".join(lines), "utf-8")
        return scored, circumstances(brain, split)
    finally:
        brain.close()


def _texts(replies: "Iterable[PastReply]") -> list[str]:
    return [reply.text for reply in replies]


def _require_folder(file: Path | None) -> None:
    if file and not file.parent.is_dir():
        raise CommandError(f"{file.parent}: no such folder: make it first")


def _lines(found: "Iterable[Ranking]", threshold: float) -> Iterator[str]:
    for ranking in found:
        line = {
            "id": ranking.id,
            "ranked": ranking.ranked,
            "confidence": round(ranking.confidence, 6),
            "answered": ranking.confidence >= (threshold if ranking.least is None else ranking.least),
        }
        yield json.dumps(line, ensure_ascii=False) + "\n"


def _table(figures: dict[str, Any]) -> Iterator[str]:
    """The figures as a Markdown table, each with its interval."""
    yield "| figure | value | 95 % interval |"
    yield "|---|---|---|"
    for name, value in figures.items():
        if not name.endswith("_ci") and not isinstance(value, dict):
            yield f"| {name} | {_shown(value)} | {_interval(figures, name)} |"


def _groups(figures: dict[str, Any], groups: Iterable[str], columns: Iterable[str]) -> Iterator[str]:
    """A Markdown table a group: a row for each member, a figure with its interval a column."""
    columns = list(columns)
    for group in groups:
        yield f"\n| {group} | n | {' | '.join(columns)} |"
        yield "|---|---|" + "---|" * len(columns)
        for name, member in figures[group].items():
            cells = [f"{_shown(member[column])} ({_interval(member, column)})" for column in columns]
            yield f"| {name} | {member['n']} | {' | '.join(cells)} |"


def _interval(figures: dict[str, Any], name: str) -> str:
    interval = figures.get(f"{name}_ci")
    return f"{interval[0]:.3f} to {interval[1]:.3f}" if interval else ""


def _shown(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
