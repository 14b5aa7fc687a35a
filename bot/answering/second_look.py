"""Looks a second time at what was found and is not sure, with the generator's likelihood. Finds and writes nothing.

Two things are weighed (after Ponte and Croft, 1998, and the pointwise mutual information of Church and Hanks, 1990):
how much likelier the question is after the entry than after its nearest rival, and how much likelier the answer is
after the question than without it. What they are worth is found out on the owner's own questions (see
`bot.evaluation.looking`); where that was not done, or where it did not pay, nobody looks.
"""

import json
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import structlog

from bot.answering.decide import Finding
from bot.answering.prompt import neutral
from bot.answering.trace import TracedLook, current
from bot.generators.base import GenerationFailed, Limits, Said, Weigher
from knowledge.confidence import rivals
from knowledge.corpus.entry import Entry
from knowledge.hits import Hit

_log = structlog.get_logger(__name__)

FORMAT = 2
# Characters, a wide one counting two and a half: what is weighed of an entry, a question and an answer.
_ENTRY, _QUESTION, _ANSWER = 600, 300, 240
_WIDE = 2.5
_KEPT = 512  # answers whose likelihood without a question is remembered
_HEAD = {"en": "Help page of a shop\n", "zh": "商店帮助页面\n"}
_ASKED = {"en": "\n\nA customer's question that the page above answers: ", "zh": "\n\n顾客的提问，答案就在上面："}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look saw, in natural logarithms a token.

    `lead`: how much likelier the question is after the entry than after its rival, 0 where it has none;
    `back`: how much likelier the answer is after the question than without it.
    """

    lead: float
    back: float


@dataclass(frozen=True, slots=True)
class Worth:
    """Logistic regression from the confidence of the first look (as log-odds) and what the second saw.

    From `threshold` on, if there is one, at most the share `promised` of the answers is wrong.
    """

    bias: float
    sure: float
    lead: float
    back: float
    threshold: float | None = None
    promised: float | None = None

    def confidence(self, first: float, seen: Seen) -> float:
        """The probability that the entry answers, 0 to 1."""
        exponent = self.bias + self.sure * log_odds(first) + self.lead * seen.lead + self.back * seen.back
        return 0.5 + 0.5 * math.tanh(exponent / 2)

    def beside(self, threshold: float, promised: float, band: "Band") -> "Worth":
        """The same in the measure of the first look, whose `threshold` keeps what was `promised`.

        What is just sure enough after a look is then as sure as what is just sure enough without. The same as it is
        where something else was promised, or where a threshold lies out of the `band`: there nobody looks.
        """
        own = self.threshold
        if own is None or self.promised != promised or not (band.holds(own) and band.holds(threshold)):
            return self
        return replace(self, bias=self.bias + log_odds(threshold) - log_odds(own), threshold=threshold)


@dataclass(frozen=True, slots=True)
class Band:
    """Between which confidences a second look is taken: `low` is clearly silent, `high` clearly sure."""

    low: float = 0.05
    high: float = 0.85

    def holds(self, confidence: float) -> bool:
        """Whether a look may change anything."""
        return self.low <= confidence < self.high


class Eye:
    """Weighs questions and entries. May be used from several threads; remembers what it needs again."""

    def __init__(self, weigher: Weigher) -> None:
        self._weigher = weigher
        self._alone: OrderedDict[Said, float] = OrderedDict()
        self._lock = threading.Lock()

    def seen(self, question: str, hits: Sequence[Hit], language: str, limits: Limits) -> Seen:
        """What there is to see of the first of `hits` (best first). Raises GenerationFailed."""
        best = hits[0].entry
        rival = next((hit.entry for hit in hits[1:] if rivals(hit.entry, best)), None)
        tongue = "zh" if language.startswith("zh") else "en"
        asked = _cut(neutral(" ".join(question.split())), _QUESTION)
        answer = _cut(best.answer, _ANSWER)
        told = Said(f"{_HEAD[tongue]}\nCustomer: {asked}\nSupport: ", answer)
        alone = Said(f"{_HEAD[tongue]}\nSupport: ", answer)
        said = [told, *([_after(one, asked, tongue) for one in (best, rival)] if rival else [])]
        with self._lock:
            known = self._alone.get(alone)
        found = self._weigher.weigh(said if known is not None else [*said, alone], limits)
        if known is None:
            known = self._remember(alone, found[-1])
        return Seen(found[1] - found[2] if rival else 0.0, found[0] - known)

    def _remember(self, alone: Said, likelihood: float) -> float:
        with self._lock:
            self._alone[alone] = likelihood
            while len(self._alone) > _KEPT:
                self._alone.popitem(last=False)
        return likelihood


class SecondLook:
    """Judges findings in the `band` once more; `seconds` for all findings of a question together."""

    def __init__(self, eye: Eye, worth: Worth, seconds: float, band: Band | None = None) -> None:
        self._eye = eye
        self._worth = worth
        self._seconds = seconds
        self._band = band or Band()

    def at(self, findings: Sequence[Finding], language: str, cancelled: threading.Event) -> list[Finding]:
        """The findings with the confidence that a second look leaves; as they are where there was none.

        None is taken where the generator is busy, fails or takes too long: the first look then holds.
        """
        limits = Limits(deadline=time.monotonic() + self._seconds, cancelled=cancelled)
        return [self._again(finding, language, limits) for finding in findings]

    def _again(self, finding: Finding, language: str, limits: Limits) -> Finding:
        if not finding.hits or not self._band.holds(finding.confidence):
            return finding
        started = time.monotonic()
        try:
            asked = finding.part.follow_up or finding.part.text
            seen = self._eye.seen(asked, finding.hits, language, limits)
        except GenerationFailed as error:
            _log.info("no second look", error=type(error).__name__)
            if trace := current():
                trace.looks.append(TracedLook(finding.best.entry.id, finding.confidence, failed=str(error)))
            return finding
        sure = self._worth.confidence(finding.confidence, seen)
        if trace := current():
            took = time.monotonic() - started
            trace.looks.append(
                TracedLook(finding.best.entry.id, finding.confidence, seen.lead, seen.back, sure, took)
            )
        return replace(finding, confidence=sure)


def log_odds(probability: float) -> float:
    """ln(p / (1 - p)), within what a confidence may be."""
    held = min(max(probability, 1e-4), 1 - 1e-4)
    return math.log(held / (1 - held))


def write_worth(path: Path, worth: Worth | None, told: Mapping[str, Any]) -> None:
    """Keep what a look is worth, or that it is worth nothing, with what else is `told` of it; whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    kept = dict(told) | {"format": FORMAT, "worth": asdict(worth) if worth else None}
    part.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")
    part.replace(path)


def read_worth(path: Path) -> Worth | None:
    """What was kept; None where there is nothing that can be read, or where a look is worth nothing."""
    try:
        kept = json.loads(path.read_text("utf-8"))
        if kept["format"] != FORMAT or kept["worth"] is None:
            return None
        return Worth(**{name: float(value) for name, value in kept["worth"].items() if value is not None})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        _log.warning("what a second look is worth does not read: calibrate again", error=type(error).__name__)
        return None


def _after(entry: Entry, asked: str, tongue: str) -> Said:
    """The question after the entry."""
    lines = dict.fromkeys(filter(None, (entry.heading, entry.question, entry.answer)))
    told = _cut("\n".join(lines), _ENTRY)
    return Said(f"{_HEAD[tongue]}{told}{_ASKED[tongue]}", asked, comes_again=True)


def _cut(text: str, most: float) -> str:
    """The beginning of a text, as long as `most` narrow characters."""
    for at, char in enumerate(text):
        most -= _WIDE if "\u2e80" <= char <= "\uffdc" else 1
        if most < 0:
            return text[:at]
    return text
