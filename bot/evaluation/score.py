"""Scores one answer against what a bank says of it. Knows texts and outcomes; asks nothing and counts nothing.

A spelling occurs in an answer if it is part of it after both went through NFKC, lower case and one blank for any run
of blanks, and if no digit at its edge continues into a longer number: "5 €" is neither in "15 €" nor in "4.5 €". A
spelling that is one number with its unit also occurs as the same fact in another writing: "1,000 €" as "EUR 1000".
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from bot.answering.answer import Outcome
from bot.answering.facts import Fact, facts, quantities
from bot.evaluation.bank import Case


class Verdict(StrEnum):
    """What an answer is worth."""

    RIGHT = "right"
    WRONG = "wrong"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Score:
    """The verdict and, where it is not right, why."""

    verdict: Verdict
    why: str = ""


def score(case: Case, outcome: Outcome, text: str) -> Score:
    """Right: an outcome that is right, every fact there, and nothing forbidden.

    Wrong: something forbidden is said, or it was answered what should not be, or without the facts. Silent: it
    answers nothing, where something else was due.
    """
    if said := [wording for wording in case.must_not if occurs(wording, text)]:
        return Score(Verdict.WRONG, f"says: {said[0]}")
    if outcome not in case.accepted:
        verdict = Verdict.WRONG if outcome is Outcome.ANSWERED else Verdict.SILENT
        return Score(verdict, f"{outcome}, not {case.expected}")
    if outcome is not Outcome.ANSWERED:
        return Score(Verdict.RIGHT)
    missing = [spellings for spellings in case.must if not any(states(spelling, text) for spelling in spellings)]
    if missing:
        return Score(Verdict.WRONG, f"lacks: {'; '.join(spellings[0] for spellings in missing)}")
    return Score(Verdict.RIGHT)


def states(spelling: str, text: str) -> bool:
    """Whether `spelling` occurs in `text`, be it as the same fact in another writing."""
    fact = _only_fact(spelling)
    return occurs(spelling, text) or (fact is not None and fact in facts(text, names=False, either=True))


def occurs(spelling: str, text: str) -> bool:
    """Whether `spelling` is part of `text`, and not of a longer number in it."""
    spelling = _normal(spelling)
    before = r"(?<!\d)(?<!\d[.,])" if spelling[0].isdigit() else ""
    after = r"(?![.,]?\d)" if spelling[-1].isdigit() else ""
    return re.search(before + re.escape(spelling) + after, _normal(text)) is not None


def _only_fact(spelling: str) -> Fact | None:
    """The number with its unit that `spelling` consists of, if it holds nothing else."""
    spelling = _normal(spelling)
    rest = spelling
    for quantity in quantities(spelling):
        rest = rest[: quantity.start] + " " * (quantity.end - quantity.start) + rest[quantity.end :]
    found = [fact for fact in facts(spelling, names=False) if fact.kind == "number" and fact.unit]
    return found[0] if len(found) == 1 and not re.search(r"\w", rest) else None


def _normal(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).lower()
