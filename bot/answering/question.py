"""Turns what a customer wrote into what is looked up. Knows no entry and no model.

Follow-ups are recognised by their form only; they are looked up both as written and with the turn before.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.answering.answer import CUSTOMER, Question
from bot.answering.clauses import Asked, asked
from bot.reading.intent import SMALLTALK, read_intent
from bot.reading.noise import without_noise

# Words that point back at something said before.
_POINTS_BACK = re.compile(
    r"\b(it|its|that|this|they|them|those|these|one|ones|there|same|instead|else|too)\b|^(and|but|or|so|what about"
    r"|how about|what if|then|why|y|und|et|¿y)\b|它|他们|这个|那个|这种|那种|这些|那些|^那|^还|呢[?？]?$|^如果|^要是",
    re.I,
)
# A short question that says who does what is whole: "do you sell submarines" asks nothing about the turn before.
_STANDS_ALONE = re.compile(
    r"你们|您们|我想|我要|请问|\b(do|does|can|could|are|is|will|may) (you|i|we|there|the)\b", re.I
)
_MOST_PARTS = 3
_LONG = 200  # characters, a wide one counting two and a half; a longer message is a story with a question in it
_WIDE = 1.5
_CLAUSE = re.compile(r"[,;:，；：]\s*(?=\S{6})")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is asked. `queries` are the texts to look up; the first is the customer's own words.

    `before` are the turns before it, latest first; `follow_up` is the one of the queries, if any, that has the last
    question of the customer in front.
    """

    text: str
    queries: tuple[str, ...]
    before: tuple[str, ...] = ()
    follow_up: str = ""

    def also(self, text: str) -> "Part":
        """The part looked up by `text` besides."""
        return replace(self, queries=tuple(dict.fromkeys((*self.queries, text))))

    def lookups(self, turns_tell: bool) -> tuple[str, ...]:
        """The queries, less the follow-up where `before` alone tells what is meant: twice it counts too much."""
        if not turns_tell or len(self.queries) == 1:
            return self.queries
        return tuple(query for query in self.queries if query != self.follow_up)


def parts(question: Question) -> tuple[Part, ...]:
    """What the question asks, one part a question, in its order; at least one and at most three."""
    found = asked(question.text)
    if not 2 <= len(found) <= _MOST_PARTS:
        return (whole(question),)
    before = _last_question(question)
    return tuple(_part_of(question, number, found, before) for number in range(len(found)))


def whole(question: Question) -> Part:
    """The question as one part, however much it asks."""
    text, before = question.text, _last_question(question)
    follow_up = f"{before} {text}" if before and points_back(text) else ""
    stories = _in_story(asked(text)) if _length(text) > _LONG else []
    return _part(question, text, (text, without_noise(text), *stories, follow_up), follow_up)


def _part_of(question: Question, number: int, found: Sequence[Asked], before: str) -> Part:
    """One of several things asked: where it points back, with the one before it or what was told first."""
    text, told = found[number].text, found[number].told
    if number:
        before = found[number - 1].text
    follow_up = f"{before} {text}" if before and points_back(text) else ""
    with_told = f"{told} {text}" if told and _length(told) <= _LONG else ""
    return _part(question, text, (text, without_noise(text), with_told, follow_up), follow_up)


def _in_story(found: Sequence[Asked]) -> list[str]:
    """What a story asks, and the last clause of it, for what comes before may still be story."""
    questions = [one.text for one in found[-_MOST_PARTS:]]
    return [*questions, *(_CLAUSE.split(text)[-1] for text in questions[-1:])]


def _part(question: Question, text: str, queries: Sequence[str], follow_up: str) -> Part:
    before = tuple(turn.text for turn in reversed(question.history))
    return Part(text, tuple(dict.fromkeys(filter(None, queries))), before, follow_up)


def _length(text: str) -> float:
    return len(text) + _WIDE * sum("\u4e00" <= char <= "\u9fff" for char in text)


def points_back(text: str) -> bool:
    """Whether a text, by its form, needs the turns before it to be understood."""
    cjk = sum("\u4e00" <= char <= "\u9fff" for char in text)
    short = cjk < 8 if cjk else len(text.split()) <= 4
    return bool(_POINTS_BACK.search(text.strip())) or (short and not _STANDS_ALONE.search(text))


def _last_question(question: Question) -> str:
    """The latest earlier turn of the customer that was no smalltalk, or an empty string."""
    for turn in reversed(question.history):
        if turn.role == CUSTOMER and read_intent(turn.text) not in SMALLTALK:
            return turn.text
    return ""
