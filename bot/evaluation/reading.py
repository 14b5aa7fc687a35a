"""How well moods are read: macro F1 and accuracy over labelled messages. Reads no model."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.reading.mood import Mood, read_mood, score
from knowledge.corpus.read_text import read_text
from knowledge.corpus.records import records
from knowledge.errors import CorpusError
from knowledge.evaluation import Floats, Statistic, drawn_weights, share, with_intervals

LABELS = ("negative", "neutral", "positive")
_LABEL = {Mood.UPSET: "negative", Mood.UNHAPPY: "negative", Mood.CALM: "neutral", Mood.GLAD: "positive"}


@dataclass(frozen=True, slots=True)
class Labelled:
    """One message and how its writer felt, one of `LABELS`."""

    id: str
    text: str
    label: str


def read_messages(file: Path) -> list[Labelled]:
    """JSON lines of {"id", "text", "label"}. CorpusError names place and cure."""
    found = []
    for record in records(read_text(file, str(file))):
        if (label := record.text("label")) not in LABELS:
            raise record.error(f"'label' is {label!r}, not one of {', '.join(LABELS)}")
        found.append(Labelled(record.id(), record.text("text"), label))
    if not found:
        raise CorpusError(f"{file}: no message there: give lines of {{id, text, label}}")
    return found


def labels_read(messages: Sequence[Labelled]) -> list[str]:
    """What is read in each. Where no message is neutral, a calm one is put by the sign of its score."""
    sides_only = all(message.label != "neutral" for message in messages)
    return [_label(message.text, sides_only) for message in messages]


def mood_figures(messages: Sequence[Labelled], seed: int = 0) -> dict[str, Any]:
    """`macro_f1`, `micro_f1` and `accuracy` with their intervals, and F1 by label."""
    read = np.array(labels_read(messages))
    gold = np.array([message.label for message in messages])
    present = [label for label in LABELS if (gold == label).any()]
    each = {label: _f1(read == label, gold == label) for label in present}
    right = share(read == gold, np.ones(len(gold), np.bool_))

    def macro(weights: Floats) -> Floats:
        mean: Floats = np.mean([of(weights) for of in each.values()], axis=0)
        return mean

    # With one label a message, micro F1 is the accuracy.
    statistics: dict[str, Statistic] = {"macro_f1": macro, "micro_f1": right, "accuracy": right}
    statistics |= {f"f1_{label}": of for label, of in each.items()}
    draws = drawn_weights([message.id for message in messages], seed)
    return {"n": len(messages), **with_intervals(statistics, draws)}


def _label(text: str, sides_only: bool) -> str:
    label = _LABEL[read_mood(text)]
    if label == "neutral" and sides_only:
        return "positive" if score(text) >= 0 else "negative"
    return label


def _f1(read: Any, gold: Any) -> Statistic:
    both, either = (read & gold).astype(np.float64), read.astype(np.float64) + gold.astype(np.float64)

    def statistic(weights: Floats) -> Floats:
        below = weights @ either
        f1: Floats = np.divide(2 * (weights @ both), below, out=np.full(len(below), np.nan), where=below > 0)
        return f1

    return statistic
