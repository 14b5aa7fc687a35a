"""Finds which stated prices a question names, phrase by phrase. Knows no arithmetic, no model and no channel."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.answering.facts import quantities
from bot.answering.prices import Price, content, denied, meant, others
from knowledge.corpus.entry import Entry
from knowledge.corpus.split import sentences

_JOINS = re.compile(
    r"[,;:.!?，；：。！？、]\s*"
    r"|\s+(?:and|plus|with|than|versus|vs|or|including"
    r"|on top of|as well as|along with|between|from|und|mit|als|y|con|que|et|avec)\s+"
    r"|加上|再加|外加|连同|以及|还要|还有|另外|并且|(?<=[费价钱])[加连]|和|跟|与|比起?",
    re.I,
)
# "Bikes have their own price" in an entry about parcels.
_ELSEWHERE = re.compile(
    r"\b(?:ha(?:ve|s) (?:their|its|a) (?:own|separate) \w+|(?:charged|priced|listed) separately)\b"
    r"|另行|另计|另外计|单独计",
    re.I,
)
_ROW = re.compile(r"[、，,\s]|和|与|及|等")
_COUNTING = frozenset("件个张只种次条块台辆份项类的")
_OWN, _AROUND = 2, 1
_LEAST = 2  # one own word of a price or of its heading is said, or two of what else stands around it


@dataclass(frozen=True, slots=True)
class Named:
    """A price and the phrase of the question that names it."""

    price: Price
    phrase: str


def phrases(question: str) -> list[str]:
    """What a question enumerates or compares, cut where one thing may end; each at least two characters."""
    return [piece for piece in (piece.strip() for piece in _JOINS.split(question)) if len(piece) > 1]


def named(question: str, candidates: Sequence[Price], known: Iterable[Entry]) -> list[Named]:
    """The prices that the phrases of a question name, each once; a phrase that fits several equally names none."""
    known, found = list(known), dict[tuple[str, str, str], Named]()
    for phrase in phrases(question):
        if price := _of_phrase(phrase, question, candidates, known):
            found.setdefault((price.entry.id, str(price.amount), price.sentence), Named(price, phrase))
    return list(found.values())


def _of_phrase(phrase: str, question: str, candidates: Sequence[Price], known: Iterable[Entry]) -> Price | None:
    said, refused = content(phrase), denied(question)
    allowed = [price for price in candidates if not any(_holds(price, word) for word in refused)]
    allowed = [price for price in allowed if not _told_elsewhere(price.entry, question)]
    scores = [(_score(price, said), price) for price in allowed]
    best = max((score for score, _ in scores), default=0)
    leaders = [price for score, price in scores if score == best]
    if best < _LEAST:
        return None
    if len(leaders) == 1:
        return leaders[0]
    # Among equals of one entry the rest of the question decides; among entries nothing does.
    return meant(question, leaders, known) if len({price.entry.id for price in leaders}) == 1 else None


def _score(price: Price, said: set[str]) -> int:
    entry = price.entry
    label = "" if others(price) else price.label
    own = content(f"{label} {entry.title} {entry.question}")
    start = next((quantity.start for quantity in quantities(price.sentence)), 0)
    around = content(f"{' '.join(entry.similar)} {price.sentence[:start]}") - own
    return _OWN * _shared(said, own) + _AROUND * _shared(said, around)


def _told_elsewhere(entry: Entry, question: str) -> bool:
    """Whether an entry says that what is asked for has a price of its own elsewhere."""
    said = content(question) | set(question)
    told = ((span.text, _ELSEWHERE.search(span.text)) for span in sentences(entry.answer))
    things = (text[: found.start()] for text, found in told if found)
    return any(said & _heads(thing) for thing in things if not quantities(thing))


def _heads(text: str) -> set[str]:
    """What the things of a row are: of a Chinese one its last character, for 整车 is a 车."""
    rows = (piece for piece in _ROW.split(text) if len(piece) > 1)
    chinese = {piece[-1] for piece in rows if "\u4e00" <= piece[-1] <= "\u9fff"} - _COUNTING
    return chinese | {word for word in content(text) if word.isascii()}


def _shared(said: set[str], held: set[str]) -> int:
    return sum(any(same(word, other) for other in held) for word in said)


def _holds(price: Price, word: str) -> bool:
    return word in price.label.lower() and word not in denied(price.label)


def same(one: str, other: str) -> bool:
    """Whether two words are forms of one: equal, or long and equal in their first six letters."""
    return one == other or (len(one) > 5 and len(other) > 5 and one[:6] == other[:6])
