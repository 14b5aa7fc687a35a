"""`kefu calibrate --generator`: for which kinds of question the generator may write, measured against quoting."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands.failures import CommandError
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.answering.trust import Kind, Trust
    from bot.app import Brain
    from bot.evaluation.bank import Case
    from bot.evaluation.trusting import Ask, Compared, Comparison, Trial

_PATIENCE = 5


def trust_generator(settings: Settings, folder: Path, bank: Path | None, most: int, as_json: bool) -> None:
    """Measure, keep what was found where the answerer looks for it, and tell it."""
    from bot.answering.trust import Trust, write_trust
    from bot.app import open_brain
    from bot.commands.progress import pull, work_bars
    from bot.evaluation.trusting import counted, together
    from bot.manners import trust_file_of
    from knowledge.retriever import Retriever
    from knowledge.snapshot.reader import open_current

    if not settings.generate:
        raise CommandError("generating is switched off (KEFU_GENERATE): there is nothing to measure")
    brain = open_brain(settings, folder, pull)
    try:
        retriever = Retriever(open_current(folder), brain.embedder)
        brain.warm()
        with work_bars("comparing") as (step,):
            compared = list(_compared(brain, retriever, bank, most, step))
            rewritten = list(_rewritten(brain, retriever, bank, 2 * most))
        trust = Trust(counted(compared), settings.wrong_answers, together(counted(rewritten)))
        assert brain.generator
        path = trust_file_of(settings, brain.generator, retriever)
        told = {"generator": brain.generator.name, "snapshot": retriever.snapshot_id}
        write_trust(path, trust, told)
        found = told | trust.to_json() | {"trials": [_line(one) for one in compared]}
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n" if as_json else "\n".join(table(trust, told)))
        if not as_json:
            sys.stdout.write(f"kept in {path}; a server that runs takes it at its next start\n")
    finally:
        brain.close()


def _compared(
    brain: "Brain", retriever: Any, bank: Path | None, most: int, step: Callable[[int, int], None]
) -> Iterator["Compared"]:
    from bot.evaluation.trusting import bank_trials, measure, own_trials

    comparison = comparing(brain, retriever)
    runs: list[tuple[Iterator[Trial], int, Kind | None]] = []
    runs += [(trials, most, kind) for kind, trials in own_trials(retriever.entries)]
    if bank:
        runs.append((bank_trials(_tuned(bank)), 2 * most, None))
    total, done = sum(run[1] for run in runs), 0
    for trials, wanted, kind in runs:
        for compared in measure(comparison, trials, wanted, kind):
            done += 1
            step(done, total)
            yield compared


def _rewritten(brain: "Brain", retriever: Any, bank: Path | None, most: int) -> Iterator["Compared"]:
    """Quotes for a bank's follow-ups as they are and rewritten: a knowledge's own questions have none."""
    from bot.answering.support import SpanSupport
    from bot.evaluation.trusting import Comparison, bank_trials, follow_ups, measure

    if not bank:
        return
    always = brain.settings.model_copy(update=_patient(brain.settings) | {"compose": "auto", "rewrite": "always"})
    rewriting = _ask(replace(brain, settings=always))
    entries = {entry.id: entry for entry in retriever.entries}
    comparison = Comparison(_ask(replace(brain, generator=None)), rewriting, entries, SpanSupport(retriever))
    yield from measure(comparison, follow_ups(bank_trials(_tuned(bank))), most)


def _tuned(bank: Path) -> list["Case"]:
    from bot.evaluation.bank import read_bank

    return [case for case in read_bank(bank) if case.split in {"", "tune"}]


def comparing(brain: "Brain", retriever: Any) -> "Comparison":
    """Quoting and the brain's own generator, side by side over the snapshot in use."""
    from bot.answering.support import SpanSupport
    from bot.evaluation.trusting import Comparison

    always = brain.settings.model_copy(update=_patient(brain.settings) | {"compose": "always"})
    quote, generate = _ask(replace(brain, generator=None)), _ask(replace(brain, settings=always))
    entries = {entry.id: entry for entry in retriever.entries}
    return Comparison(quote, generate, entries, SpanSupport(retriever))


def _ask(brain: "Brain") -> "Ask":
    answerer = lru_cache(brain.answerer)
    return lambda question, languages: answerer(languages).answer(question)


def table(trust: "Trust", told: dict[str, str]) -> Iterator[str]:
    """What was measured, as a Markdown table."""
    yield f"{told['generator']} over {told['snapshot']}\n"
    yield "| kind | questions | right, quoted | right, with the generator | drafts sent | right | it may write |"
    yield "|---|---|---|---|---|---|---|"
    for kind, seen in trust.measured.items():
        shares = f"{seen.n} | {seen.quoted} | {seen.generated} | {seen.spoke} | {seen.spoke_right}"
        yield f"| {kind} | {shares} | {_yes(trust.lets(kind))} |"
    if trust.rewrites.n:
        shares = f"{trust.rewrites.n} | {trust.rewrites.quoted} | {trust.rewrites.generated} | – | –"
        yield f"| follow-ups rewritten, then quoted | {shares} | {_yes(trust.lets_rewrite)} |"
    yield "\n"


def _patient(settings: Settings) -> dict[str, Any]:
    """What the model can do is asked for, and not how busy the machine is in this minute."""
    return {"answer_seconds": _PATIENCE * settings.answer_seconds}


def _yes(may: bool) -> str:
    return "yes" if may else "no"


def _line(one: "Compared") -> dict[str, Any]:
    kept = {"kind": str(one.kind), "turns": list(one.trial.turns), "right": [one.quoted_right, one.generated_right]}
    return (
        kept
        | {"quoted": one.quoted.text, "mode": str(one.generated.mode), "generated": one.generated.text}
        | {"seconds": round(one.generated.seconds["total"], 2)}
    )
