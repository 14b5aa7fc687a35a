"""`kefu knowledge questions`: has the generator write what customers may ask of each entry, and lets people sort it.

What was written lies in `questions.jsonl` beside the snapshots, and is taken up by the next build.
"""

import contextlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import KnowledgeOption, knowledge_folder, load_settings
from bot.commands.failures import CommandError
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.answering.questioner import Questioner
    from knowledge.corpus.entry import Entry
    from knowledge.roundtrip import RoundTrip

_BETTER = "qwen-1.5b"
"""Taken where it is there and no generator was chosen: the default one writes too few questions that are of use."""

app = typer.Typer(help="Questions that a machine writes for entries: write, list, remove.", no_args_is_help=True)


@app.command("write")
def write(
    knowledge: KnowledgeOption = None,
    each: Annotated[int, typer.Option(min=1, max=20, help="At most so many for an entry and a language.")] = 6,
    languages: Annotated[
        list[str] | None, typer.Option("--language", help="Besides its own, in these languages as well: zh, en.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Also for entries that have some already.")] = False,
) -> None:
    """Write questions for every entry in use, and keep those that lead back to it; the next build takes them."""
    settings = load_settings("warning")
    if not settings.generate:
        raise CommandError("generating is switched off (KEFU_GENERATE): nobody can write questions")
    from bot.answering.questioner import Questioner
    from bot.app import open_brain
    from bot.commands.progress import pull, work_bars
    from knowledge.roundtrip import RoundTrip
    from knowledge.snapshot.reader import open_current
    from knowledge.written import FILE, digest, read_written

    folder = knowledge_folder(settings, knowledge)
    kept = read_written(folder)
    snapshot = open_current(folder)
    due = [e for e in snapshot.contents.entries if again or e.id not in kept or kept[e.id].of != digest(e)]
    brain = open_brain(settings.model_copy(update={"generator": _chosen(settings)}), folder, pull)
    try:
        assert brain.generator
        writer = _Writer(Questioner(brain.generator), RoundTrip(snapshot, brain.embedder), each)
        with work_bars("writing") as (step,):
            written = _write(folder, due, writer, brain.generator.name, languages or (), step)
        asked = f"{written} questions for {len(due)} entries by {brain.generator.name} in {folder / FILE}"
        sys.stdout.write(f"{asked}: look them through (list, remove), then build again\n")
    finally:
        brain.close()


@app.command("list")
def list_(
    knowledge: KnowledgeOption = None,
    entry: Annotated[str, typer.Option(help="Only those of this entry.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """What was written, by entry; what was written for a text that has changed since is marked as such."""
    settings = load_settings("warning")
    from knowledge.snapshot.reader import open_current
    from knowledge.written import digest, read_written

    folder = knowledge_folder(settings, knowledge)
    known = {each.id: each for each in open_current(folder).contents.entries}
    for written in read_written(folder).values():
        if entry in {"", written.entry}:
            now = written.entry in known and digest(known[written.entry]) == written.of
            if as_json:
                sys.stdout.write(json.dumps(written.to_json() | {"counts": now}, ensure_ascii=False) + "\n")
            else:
                heading = known[written.entry].heading if written.entry in known else ""
                state = "" if now else "; the entry has changed: they no longer count"
                sys.stdout.write(f"{written.entry}  {heading[:70]}  (by {written.by}{state})\n")
                sys.stdout.writelines(f"    {text}\n" for text in written.questions)


@app.command("remove")
def remove(
    entry: Annotated[str, typer.Argument(help="The entry's id.")],
    text: Annotated[str, typer.Argument(help="The question, word for word; without it all of the entry.")] = "",
    knowledge: KnowledgeOption = None,
) -> None:
    """Take a question away for good, or all of an entry; the next build is without them."""
    settings = load_settings("warning")
    from knowledge.written import keep_written, read_written

    folder = knowledge_folder(settings, knowledge)
    written = read_written(folder).get(entry)
    if not written or (text and text not in written.questions):
        raise CommandError(f"{entry}: no such question: `kefu knowledge questions list` tells which there are")
    for each in [text] if text else written.questions:
        written = written.without(each)
    keep_written(folder, written)


def _chosen(settings: Settings) -> str:
    """The generator that writes: the owner's, else a better one than the default where that is there."""
    from bot.models.catalogue import read_catalogue
    from bot.models.ready import is_ready

    if settings.generator != Settings.model_fields["generator"].default:
        return settings.generator
    return _BETTER if is_ready(read_catalogue()[_BETTER], settings.models_dir) else settings.generator


class _Writer:
    """Writes for one entry what leads back to it, at most `each` in a language."""

    def __init__(self, questioner: "Questioner", trip: "RoundTrip", each: int) -> None:
        self._questioner, self._trip, self._each = questioner, trip, each

    def questions(self, entry: "Entry", languages: Sequence[str]) -> tuple[str, ...]:
        """In the entry's own language and then in the others."""
        found: list[str] = []
        for language in dict.fromkeys((entry.language, *languages)):
            found += self._trip.leading(entry, self._questioner.messages(entry, language))[: self._each]
        return tuple(dict.fromkeys(found))


def _write(
    folder: Path,
    due: Sequence["Entry"],
    writer: _Writer,
    name: str,
    languages: Sequence[str],
    step: Callable[[int, int], None],
) -> int:
    """Write for the entries that are due, and keep each at once: a run that is broken off goes on where it was."""
    from bot.generators.base import GenerationFailed
    from knowledge.roundtrip import new_ones
    from knowledge.written import Written, digest, keep_written, read_written

    count = 0
    for number, entry in enumerate(due, 1):
        with contextlib.suppress(GenerationFailed):  # one entry that nothing comes for keeps no other waiting
            found = writer.questions(entry, languages)
            # Somebody may have removed some of it while it was written.
            before: Written | None = read_written(folder).get(entry.id)
            removed = before.removed if before else ()
            questions = new_ones(found, removed)
            keep_written(folder, Written(entry.id, digest(entry), questions, name, time.time(), removed))
            count += len(questions)
        step(number, len(due))
    return count
