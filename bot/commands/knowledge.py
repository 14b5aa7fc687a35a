"""`kefu knowledge`: builds snapshots from files, looks into them, checks them, goes back to one."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.common import KnowledgeOption, knowledge_folder, load_settings
from bot.commands.failures import CommandError
from bot.commands.questions import app as questions_app

app = typer.Typer(help="What is known: build, search, list, verify, history, rollback.", no_args_is_help=True)
app.add_typer(questions_app, name="questions")

JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@app.command("build")
def build(
    sources: Annotated[
        list[Path] | None, typer.Argument(help="Files and folders: csv tsv jsonl md html txt.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder of snapshots.")] = None,
    sample: Annotated[bool, typer.Option("--sample", help="The sample knowledge that comes with Kefu.")] = False,
) -> None:
    """Read the sources, build a snapshot and put it into use. When anything fails, nothing has changed."""
    settings = load_settings("warning")
    from bot.commands.building import bring_cases, build_knowledge, sample_sources

    if bool(sources) == sample:
        raise CommandError("name the files to build from, or --sample: kefu knowledge build faq.csv")
    chosen = [sample_sources()] if sample else list(sources or [])
    folder = out or settings.knowledge_dir
    snapshot = build_knowledge(settings, chosen, folder)
    bring_cases(folder, sample=sample)
    manifest = snapshot.manifest
    languages = ", ".join(f"{count} {language or '?'}" for language, count in manifest.languages.items())
    sys.stdout.write(
        f"snapshot {snapshot.id} in {folder}: {manifest.entries} entries ({languages}), "
        f"{manifest.vectors} vectors, {manifest.embedder}\n"
    )


@app.command("search")
def search(
    text: Annotated[str, typer.Argument(help="What to look for.")],
    knowledge: KnowledgeOption = None,
    k: Annotated[int, typer.Option(min=1, max=100, help="How many entries.")] = 5,
    tags: Annotated[list[str] | None, typer.Option("--tag", help="Only entries with one of these tags.")] = None,
    languages: Annotated[list[str] | None, typer.Option("--language", help="Only in one of these: en, zh.")] = None,
    as_json: JsonOption = False,
) -> None:
    """The entries nearest to a text, with their scores."""
    settings = load_settings("warning")
    from bot.app import open_retriever
    from bot.commands.progress import pull
    from knowledge.filters import Filter

    retriever = open_retriever(settings, knowledge_folder(settings, knowledge), pull)
    within = Filter.of(tags or (), languages=languages or ())
    for hit in retriever.retrieve([text], k, within=within)[0]:
        entry = hit.entry
        if as_json:
            data = {"score": hit.score, "closeness": hit.closeness, "coverage": hit.coverage, "field": hit.field}
            sys.stdout.write(json.dumps(data | {"entry": entry.to_json()}, ensure_ascii=False) + "\n")
        else:
            sys.stdout.write(f"{hit.score:.3f}  {entry.id:<24} {entry.heading[:70]}  ({entry.place})\n")


@app.command("list")
def list_(knowledge: KnowledgeOption = None, as_json: JsonOption = False) -> None:
    """Every entry of the snapshot in use."""
    settings = load_settings("warning")
    from knowledge.snapshot.reader import open_current

    for entry in open_current(knowledge_folder(settings, knowledge)).contents.entries:
        line = json.dumps(entry.to_json(), ensure_ascii=False) if as_json else f"{entry.id:<24} {entry.heading[:80]}"
        sys.stdout.write(line + "\n")


@app.command("verify")
def verify(knowledge: KnowledgeOption = None) -> None:
    """Read every byte of every snapshot and compare it with the manifests. Exit code 2 when one is damaged."""
    settings = load_settings("warning")
    from knowledge.snapshot.versions import verify as verify_snapshots

    folder = knowledge_folder(settings, knowledge)
    damaged = 0
    for report in verify_snapshots(folder):
        mark = "in use" if report.current else "kept"
        sys.stdout.write(f"{report.id} ({mark}): {'; '.join(report.faults) or 'whole'}\n")
        damaged += bool(report.faults)
    if damaged:
        raise CommandError(f"{folder}: {damaged} damaged snapshot(s): roll back to a whole one or build again")


@app.command("history")
def history(knowledge: KnowledgeOption = None) -> None:
    """The snapshots that are kept, newest first."""
    settings = load_settings("warning")
    from knowledge.snapshot.versions import history as kept_snapshots

    for report in kept_snapshots(knowledge_folder(settings, knowledge)):
        entries = f"{report.manifest.entries} entries" if report.manifest else "its manifest cannot be read"
        sys.stdout.write(f"{report.id}{' (in use)' if report.current else ''}: {entries}\n")


@app.command("rollback")
def rollback(
    snapshot: Annotated[str, typer.Argument(help="An id of `kefu knowledge history`.")],
    knowledge: KnowledgeOption = None,
) -> None:
    """Put a kept snapshot into use; a running server takes it within seconds."""
    settings = load_settings("warning")
    from knowledge.snapshot.versions import activate

    activate(knowledge_folder(settings, knowledge), snapshot)
    sys.stdout.write(f"{snapshot} is in use\n")
