"""Cuts a message into what it asks and what it only tells. Knows the form of questions; knows no entry, no model."""

import re
from dataclasses import dataclass

from bot.reading.intent import SMALLTALK, read_intent
from knowledge.corpus.split import sentences

_ASKING = (
    r"how|what|what's|when|where|where's|which|who|why|can|could|do|does|did|is|are|am|was|were|will|would|should|shall|must|may|have|has"
    r"|c[oó]mo|qu[eé]|cu[aá]ndo|cu[aá]nto|d[oó]nde|puedo|se puede|wie|was|wann|wo|welche[rs]?|kann|kostet"
    r"|comment|quand|combien|o[uù]|est-ce|puis-je"
)
_ASKS = re.compile(
    rf"[?？]\s*$|^(?:(?:and|but|so|also|plus|by|for|at|in|to|until|from|und|y|et)\s+)*(?:{_ASKING})\b"
    r"|吗|呢|怎么|如何|多少|多久|多大|多远|多长|几(?:点|天|号|个|次|种|岁|折|日|时|月|年|张|件|折)|哪|什么|啥|咋|能不能|可不可以|是否|是不是|有没有|会不会|要不要|行不行",
    re.I,
)
# Where one question may end and the next begin within a sentence.
_BREAK = re.compile(
    rf"[,;:]\s+(?=(?:(?:and|but|so|also|plus|by|for|at|in|to|until|from|und|y|et)\s+)*(?:{_ASKING})\b)"
    rf"|\s+(?=(?:and|plus|und|y|et)\s+(?:by\s+|for\s+|at\s+|until\s+|from\s+)?(?:{_ASKING})\b)"
    r"|[，；;：]\s*|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])",
    re.I,
)
_JOINS = re.compile(r"^(?:and|plus|also|und|y|et|另外|还有|以及|并且|然后|再)\s*[,，]?\s*", re.I)
_LEAST = 4  # characters of a question
# 谁也不知道他缺什么。 asks nothing.
_STATES = re.compile(r"(?<!吗)(?<!呢)(?<!怎么办)。\s*$")


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that is asked, and what the message told before its first question."""

    text: str
    told: str = ""


def asked(text: str) -> list[Asked]:
    """What `text` asks, in its order, without greetings; nothing where it only tells."""
    found: list[Asked] = []
    told: list[str] = []
    for span in sentences(text):
        questions, lead = _questions(span.text)
        if not questions and not found and read_intent(span.text) not in SMALLTALK:
            told.append(span.text)
        # What leads to the first question of a sentence stands in it; the others need to be told.
        befores = [told, *[[*told, lead] if lead else told] * len(questions)]
        found += [Asked(question, " ".join(before)) for question, before in zip(questions, befores, strict=False)]
    return found


def _questions(sentence: str) -> tuple[list[str], str]:
    """The questions of a sentence, and what leads to the first; what asks nothing goes with the next question."""
    if not is_question(sentence):
        return [], ""
    found: list[str] = []
    start, piece_start, lead = 0, 0, ""
    for cut in [*(match.span() for match in _BREAK.finditer(sentence)), (len(sentence), len(sentence))]:
        piece, own = sentence[start : cut[0]].strip(), sentence[piece_start : cut[0]].strip()
        if is_question(piece) or is_question(own):
            lead = lead if found else sentence[start:piece_start].strip(" ,;:，；：")
            found.append(_JOINS.sub("", piece))
            start = cut[1]
        piece_start = cut[1]
    if rest := sentence[start:].strip():
        found = [*found[:-1], f"{found[-1]}, {rest}"] if found else [sentence]
    return found, lead


def is_question(text: str) -> bool:
    """Whether one sentence asks something, by its form, that is no small talk."""
    text = text.strip()
    asks = _ASKS.search(text) and not _STATES.search(text)
    return bool(asks) and len(text) >= _LEAST and read_intent(text) not in SMALLTALK
