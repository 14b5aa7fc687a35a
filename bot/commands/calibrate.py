"""`kefu calibrate`: from which confidence on the bot may answer, found out on the knowledge's own questions.

With `--generator`: for which kinds of question the generator may write. With `--second-look`: whether it pays to have
it look once more at what is not sure.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import KnowledgeOption, knowledge_folder, load_settings

if TYPE_CHECKING:
    from knowledge.calibration.calibration import Calibration

_SHOWN = 10
_VERDICTS = {
    "kept": "The promise is kept with 95 % confidence.",
    "likely": "The questions are too few to be sure of the promise: it is kept with 84 % confidence.",
    "none": "No threshold keeps the promise: nothing would be answered. Give the entries more similar questions, or"
    " promise less with --wrong.",
}


def calibrate(
    knowledge: KnowledgeOption = None,
    wrong: Annotated[
        float | None, typer.Option(min=0.001, max=0.999, help="At most such a share of the answers is wrong.")
    ] = None,
    generator: Annotated[
        bool, typer.Option("--generator", help="Measure instead for which questions the generator may write.")
    ] = False,
    second_look: Annotated[
        bool, typer.Option("--second-look", help="Measure instead whether a second look by the generator pays.")
    ] = False,
    bank: Annotated[Path | None, typer.Option(help="With --generator: ask a bank's half for tuning as well.")] = None,
    most: Annotated[
        int,
        typer.Option(
            min=1, help="With --generator: so many questions of each kind; with --second-look twice as many."
        ),
    ] = 12,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Ask the knowledge its own questions, and choose the confidence from which on it is answered."""
    settings = load_settings("warning")
    if generator:
        from bot.commands.trusting import trust_generator

        trust_generator(settings, knowledge_folder(settings, knowledge), bank, most, as_json)
        return
    if second_look:
        from bot.commands.looking import measure_looks

        measure_looks(settings, knowledge_folder(settings, knowledge), 2 * most, as_json)
        return
    from bot.app import open_embedder_of
    from bot.commands.building import calibrating
    from bot.commands.progress import pull, work_bars
    from knowledge.snapshot.builder import recalibrate
    from knowledge.snapshot.layout import CURVE, snapshot_folder

    folder = knowledge_folder(settings, knowledge)
    embedder = open_embedder_of(settings, folder, pull)
    promised = settings.wrong_answers if wrong is None else wrong
    with work_bars("calibrating") as (step,):
        snapshot = recalibrate(folder, embedder, calibrating(promised, step))
    found = snapshot.calibration
    assert found
    if as_json:
        sys.stdout.write(json.dumps({"snapshot": snapshot.id} | found.to_json()) + "\n")
        return
    sys.stdout.write("\n".join(table(found)) + "\n")
    sys.stdout.write(f"snapshot {snapshot.id} in use; its curve: {snapshot_folder(folder, snapshot.id) / CURVE}\n")


def table(found: "Calibration") -> Iterator[str]:
    """The verdict, and the curve as a Markdown table with the chosen point marked."""
    yield f"At most {found.promised:.1%} of the answers wrong: {_VERDICTS[found.verdict]}"
    asked = ", ".join(f"{count} {kind}" for kind, count in sorted(found.asked.items()))
    yield f"Asked: {asked}.\n"
    yield "| confidence from | known answered rightly | answers wrong | at most | answers |"
    yield "|---|---|---|---|---|"
    points = list(found.curve)
    shown = points[:: max(1, len(points) // _SHOWN)]
    if found.chosen and found.chosen not in shown:
        shown.append(found.chosen)
    for point in sorted(shown, key=lambda point: point.threshold):
        mark = " ←" if point == found.chosen else ""
        counts = f"{point.coverage:.1%} | {point.wrong:.1%} | {point.bound:.1%} | {point.n:.0f}"
        yield f"| {point.threshold:.2f}{mark} | {counts} |"
    yield ""
