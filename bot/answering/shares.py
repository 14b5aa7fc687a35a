"""Works out what an entry takes off or gives: a share of the question's amount, so much off a price.

Knows one entry at a time; no model and no channel.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.answering.equations import Sum
from bot.answering.facts import Quantity, quantities
from bot.answering.items import same
from bot.answering.prices import content, prices, value, written
from knowledge.corpus.entry import Entry
from knowledge.corpus.split import sentences

_PAUSE = re.compile(r"[,;；，。：:]\s*|\s+and\s+")
_LINK = re.compile(r"https?://[^\s，。；]+")
_OFF = re.compile(r"\b(?:off|discount|less|cheaper|reduc\w+|rabatt|descuento|remise)\b|减|优惠|折扣|立减|便宜", re.I)
_GIVES = re.compile(
    r"\b(?:off|discount|gets?|buy (?:it )?back|bonus|cash ?back|save|rabatt|for \d+)\b|折扣|优惠|返|回购|减", re.I
)
_TAKES = re.compile(r"\b(?:deduct\w*|keep|kept|charge[sd]?|fee|withh\w+|penalty|lose)\b|(?<!折)扣|收取|手续费", re.I)
_WANTS_GIVEN = re.compile(r"\b(?:save|get|receive|worth|off|discount|back|give)\b|省|拿|得|卖|便宜|减|优惠|换", re.I)
_WANTS_TAKEN = re.compile(r"\b(?:deduct\w*|keep|lose|charge[sd]?|take|fee|cost)\b|(?<!折)扣|收|损失", re.I)
_REST = re.compile(
    r"\b(?:refund\w*|left|remain\w*|get (?:\w+ )?back|end up|final\w*|still pay|have to pay)\b"
    r"|退回|剩|最后|到手|实付|还要付",
    re.I,
)
_PAYS = re.compile(r"\b(?:pay|cost|price|end|total|owe)\b|付|花|多少钱|价", re.I)
_LEAST_SAID = 2


@dataclass(frozen=True, slots=True)
class _Rate:
    percent: Quantity
    clause: str
    entry: Entry
    said: int


def share_of(question: str, entries: Sequence[Entry], language: str) -> Sum | None:
    """10 % of the 80 € that the question tells of, where one entry gives or takes that share of such a thing."""
    mine = [one for one in quantities(question) if one.unit.startswith("money") and value(one)]
    rates = [rate for entry in entries for rate in _rates(entry, question)]
    best = max((rate.said for rate in rates), default=0)
    leaders = [rate for rate in rates if rate.said == best]
    if len(mine) != 1 or not best or len({rate.percent.value for rate in leaders}) != 1:
        return None
    if not _is_asked(question, leaders[0].clause):
        return None
    rate, amount = leaders[0], value(mine[0])
    total = amount * value(rate.percent) / 100
    factors = f"{written(amount, mine[0].unit, language)} × {rate.percent.value}%"
    return Sum(f"{factors} = {written(total, mine[0].unit, language)}", (rate.entry,))


def _is_asked(question: str, clause: str) -> bool:
    """Whether the share itself is asked, and not what is left of the amount."""
    if _TAKES.search(clause):
        return bool(_WANTS_TAKEN.search(question)) and not _REST.search(question)
    return bool(_GIVES.search(clause) and _WANTS_GIVEN.search(question))


def _rates(entry: Entry, question: str) -> Iterator[_Rate]:
    asked = content(question)
    heading = _common(asked, content(f"{entry.title} {entry.question} {' '.join(entry.similar)}"))
    for span in sentences(_LINK.sub(" ", entry.answer)):
        for clause in _PAUSE.split(span.text):
            percents = [one for one in quantities(clause) if one.unit == "percent" and value(one)]
            own = _common(asked, content(clause))
            if len(percents) == 1 and own and own + heading >= _LEAST_SAID:
                yield _Rate(percents[0], clause, entry, own + heading)


def spared(question: str, entries: Sequence[Entry], language: str) -> Sum | None:
    """A price less what the same sentence takes off it, where the question tells of what it is taken off for."""
    if not _PAYS.search(question):
        return None
    return next(filter(None, (_spared_of(question, entry, language) for entry in entries)), None)


def _spared_of(question: str, entry: Entry, language: str) -> Sum | None:
    stated, asked = prices(entry), content(question)
    off = [price for price in stated if _OFF.search(price.label)]
    base = [price for price in stated if price not in off]
    if len(off) != 1 or len(base) != 1 or base[0].unit != off[0].unit or base[0].sentence != off[0].sentence:
        return None
    if _common(asked, content(off[0].label)) < _LEAST_SAID or not _common(asked, content(base[0].label)):
        return None
    more, less, unit = base[0].amount, off[0].amount, base[0].unit
    amounts = f"{written(more, unit, language)} − {written(less, unit, language)}"
    return Sum(f"{amounts} = {written(more - less, unit, language)}", (entry,)) if Decimal(0) < less < more else None


def _common(said: set[str], held: set[str]) -> int:
    return sum(any(same(word, other) for other in held) for word in said)
