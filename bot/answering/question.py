"""Turns what a customer wrote into what is looked up. Knows no entry and no model.

Follow-ups are recognised by their form only; they are looked up both as written and with the turn before.
"""

import re
from dataclasses import dataclass

from bot.answering.answer import CUSTOMER, Question
from bot.reading.intent import SMALLTALK, read_intent
from knowledge.corpus.split import sentences

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
_LONG = 200  # characters; a longer message is a story with a question in it
_ASKS = re.compile(
    r"[?？]\s*$|^(how|what|when|where|which|who|why|can|could|do|does|did|is|are|will|would|should|may|have|has)\b"
    r"|吗|呢|怎么|如何|多少|多久|几|哪|什么|能不能|可不可以|是否|是不是|有没有|^(c[oó]mo|qu[eé]|cu[aá]ndo|d[oó]nde|wie|was|wann|wo|comment|quand|o[uù]|est-ce)\b",
    re.I,
)


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

    def lookups(self, turns_tell: bool) -> tuple[str, ...]:
        """The queries, less the follow-up where `before` alone tells what is meant: twice it counts too much."""
        if not turns_tell or len(self.queries) == 1:
            return self.queries
        return tuple(query for query in self.queries if query != self.follow_up)


def parts(question: Question) -> tuple[Part, ...]:
    """What the question asks, one part a question, in its order; at least one and at most three."""
    before = _last_question(question)
    asked = _asked(question.text)
    if not 2 <= len(asked) <= _MOST_PARTS:
        return (_part(question, question.text, asked, before),)
    return tuple(_part(question, text, [], before if number == 0 else "") for number, text in enumerate(asked))


def whole(question: Question) -> Part:
    """The question as one part, however much it asks."""
    return _part(question, question.text, _asked(question.text), _last_question(question))


def _part(question: Question, text: str, asked: list[str], before: str) -> Part:
    follow_up = f"{before} {text}" if before and points_back(text) else ""
    stories = asked[-_MOST_PARTS:] if len(text) > _LONG else []
    queries = tuple(dict.fromkeys(filter(None, (text, *stories, follow_up))))
    return Part(text, queries, tuple(turn.text for turn in reversed(question.history)), follow_up)


def _asked(text: str) -> list[str]:
    """The sentences that ask something, without greetings."""
    found = [span.text.strip() for span in sentences(text)]
    return [s for s in found if _ASKS.search(s) and len(s) >= 4 and read_intent(s) not in SMALLTALK]


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
