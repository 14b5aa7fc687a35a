"""Asks back where a refusal would hide that several entries fit. Knows hits; knows no model and no channel.

It takes the place of refusals alone. What is sure enough is answered: on the bank, to ask there as well would turn
four right answers into questions for one wrong one (scripts/EXPERIMENTS.md).
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.answering.answer import BOT, Question
from knowledge.confidence import rivals
from knowledge.corpus.clean import one_line
from knowledge.corpus.entry import Entry
from knowledge.hits import Hit


@dataclass(frozen=True, slots=True)
class Doubt:
    """When two entries fit equally, and how many are offered at most.

    `margin`: none is more relevant than another by more than this; `closeness`: each is at least so close; `known`:
    that any of them answers is at least so likely, where a calibration can tell.
    """

    margin: float = 0.05
    closeness: float = 0.5
    known: float = 0.5
    most: int = 3


def choices(hits: Sequence[Hit], language: str, doubt: Doubt) -> tuple[Hit, ...]:
    """The hits between which only the customer can choose, best first; none where there are not two at least.

    They are in the customer's language, and no two say the same: they are no copies, and are called differently.
    """
    offered: list[Hit] = []
    for hit in hits:
        if hit.entry.language in {"", language} and all(_differ(hit.entry, other.entry) for other in offered):
            offered.append(hit)
    near = [hit for hit in offered if hit.closeness >= doubt.closeness]
    # The best one must be among them: else it fits better than they do.
    if len(near) < 2 or near[0] is not offered[0]:
        return ()
    equal = [hit for hit in near if near[0].relevance - hit.relevance <= doubt.margin]
    return tuple(equal[: doubt.most]) if len(equal) > 1 else ()


def name_of(entry: Entry) -> str:
    """What a customer would ask to get this entry, in one line."""
    return one_line(entry.question or entry.heading)


def chosen(question: Question) -> Question:
    """The question as it is meant: a number in reply to a choice is the name that stands there."""
    last = question.history[-1] if question.history else None
    if last is None or last.role != BOT or not last.choices:
        return question
    number = unicodedata.normalize("NFKC", question.text).strip().strip(".)(#、。 ")
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= len(last.choices)):
        return question
    return replace(question, text=last.choices[int(number) - 1])


def _differ(one: Entry, other: Entry) -> bool:
    return rivals(one, other) and name_of(one).casefold() != name_of(other).casefold()
