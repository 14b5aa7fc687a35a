"""Finds the prices that an entry states and what each is for. Knows no sum, no model and no channel."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import pairwise

from bot.answering.facts import Quantity, quantities
from knowledge.corpus.entry import Entry
from knowledge.corpus.split import sentences
from knowledge.words import content_words, words

_SYMBOLS = {"money euro": "€", "money dollar": "$", "money pound": "£", "money yuan": "¥"}
_CHINESE = {"money euro": "欧元", "money dollar": "美元", "money pound": "英镑", "money yuan": "元"}
_CUT = re.compile(r"[,;:，；：、]\s*|\s+(?:and|or|und|oder|y|o|et|ou)\s+|和|以及", re.I)
_BOUND = re.compile(
    r"\b(from|over|above|under|below|up to|at least|more than|less than|ab|bis|desde|hasta)\W*$|[满超过达至]\s*$",
    re.I,
)
_OF_PRICES = {
    *("cost", "price", "pay", "charge", "euro", "dollar", "kosten", "preis", "precio", "prix"),
    *("多少", "少钱", "价格", "欧元", "元钱", "一共", "总共", "合计"),
}
_OTHER = re.compile(r"\b(others?|rest|otros?|otras?|ander\w*|autres?)\b|其他|其它|其余", re.I)
_WITHOUT = re.compile(
    r"\b(?:without|no|non|ohne|sin|sans)[\s-]+(?:an? )?(\w+)|(?:不带|没有|不含|无)([\u4e00-\u9fff])", re.I
)


@dataclass(frozen=True, slots=True)
class Price:
    """An amount that an entry states, the words that tell what it is for, and the sentence it stands in."""

    amount: Decimal
    unit: str
    label: str
    sentence: str
    entry: Entry


def content(text: str) -> set[str]:
    """The words of `text` with a content of their own, less those for any price; of Chinese pairs of characters."""
    told = {word for word in content_words(text) if len(word) > 1 or word.isascii()}
    return told - _OF_PRICES


def prices(entry: Entry) -> list[Price]:
    """The amounts of an entry; bounds ("from 60 €") are none."""
    return [price for price, bound in _amounts(entry) if not bound]


def bounds(entry: Entry) -> list[Price]:
    """The amounts of an entry from which or up to which something holds: "free from 60 €"."""
    return [price for price, bound in _amounts(entry) if bound]


def _amounts(entry: Entry) -> list[tuple[Price, bool]]:
    """Each amount, and whether it is a bound. "It costs 30 € for A and 50 € for B": both cost."""
    found = []
    for span in sentences(entry.answer):
        lead = ""
        for segment in _segments(span.text):
            money = [q for q in quantities(segment) if q.unit.startswith("money")]
            if len(money) == 1 and value(money[0]):
                before = segment[: money[0].start].rstrip("€$£¥ ")
                lead = before if _BOUND.sub("", before).strip() else lead
                label = f"{lead} {segment[money[0].end :]}"
                price = Price(value(money[0]), money[0].unit, label, span.text, entry)
                found.append((price, bool(_BOUND.search(before))))
    return found


def _segments(sentence: str) -> list[str]:
    cuts = [(0, 0), *(match.span() for match in _CUT.finditer(sentence)), (len(sentence), len(sentence))]
    return [sentence[one[1] : other[0]] for one, other in pairwise(cuts)]


def meant(question: str, candidates: Sequence[Price], known: Iterable[Entry]) -> Price | None:
    """The one price whose own words the question says; the only one where there is no other."""
    if len(candidates) < 2:
        return candidates[0] if candidates else None
    asked = _signed(question)
    labels = [_signed(price.label) for price in candidates]
    common = set.intersection(*labels)
    refused = denied(question)
    allowed = [
        i for i, label in enumerate(labels) if not any(_denied(label, candidates[i], word) for word in refused)
    ]
    # "All other countries" is meant by what it leaves out, not by its own words.
    scores = {i: 0 if others(candidates[i]) else len((labels[i] - common) & asked) for i in allowed}
    best = max(scores.values(), default=0)
    leaders = [i for i in allowed if scores[i] == best]
    if len(leaders) == 1 and (best or len(allowed) < len(candidates)):
        return candidates[leaders[0]]
    rest = [i for i in allowed if others(candidates[i])]
    if len(rest) == 1 and not best and _names_a_peer(question, [p.label for p in candidates], known):
        return candidates[rest[0]]
    return None


def others(price: Price) -> bool:
    """Whether a price is for all that is not named: "to all other countries"."""
    return bool(_OTHER.search(price.label))


def _denied(label: set[str], price: Price, word: str) -> bool:
    """Whether a price is for what the question denies, and does not deny it itself."""
    return f"¬{word}" not in label and word in price.label.lower()


def denied(text: str) -> set[str]:
    """The words that a text denies: "without motor"."""
    return {word for match in _WITHOUT.finditer(text) for word in words(match[1] or match[2])}


def _signed(text: str) -> set[str]:
    """The content words of a text; one that is denied is marked so."""
    return content(_WITHOUT.sub(" ", text)) | {f"¬{word}" for word in denied(text)}


def _names_a_peer(question: str, labels: Sequence[str], known: Iterable[Entry]) -> bool:
    """Whether the question names something that stands in one enumeration with what a label names."""
    named = set().union(*(content(label) for label in labels))
    return any(
        any(content(item) & named for item in items) and any(item.lower() in question.lower() for item in items)
        for entry in known
        if any(name in entry.answer.lower() for name in named)
        for items in _enumerations(entry.answer)
    )


@lru_cache(maxsize=256)
def _enumerations(text: str) -> tuple[tuple[str, ...], ...]:
    """Rows of three names or more, each a word or two: "Denmark, France, Italy and Spain"."""
    rows = []
    for span in sentences(text):
        items = [re.sub(r"^(?:the|to|我们送|送)\s*", "", item.strip(" .。")) for item in _CUT.split(span.text)]
        items = [item.split()[-1] if item.isascii() and " " in item else item for item in items if item]
        rows.append(tuple(item for item in items if 1 < len(item) < 16 and not item[0].islower()))
    return tuple(row for row in rows if len(row) > 2)


def value(quantity: Quantity) -> Decimal:
    """The number of a quantity; 0 where it is none, as of a time of day."""
    try:
        return Decimal(quantity.value)
    except InvalidOperation:
        return Decimal(0)


def written(amount: Decimal, unit: str, language: str) -> str:
    """An amount as it is written in `language`."""
    text = f"{amount:.2f}".removesuffix(".00")
    if language == "zh":
        return f"{text} {_CHINESE.get(unit, unit)}"
    symbol = _SYMBOLS.get(unit, unit)
    return f"{symbol}{text}" if language == "en" else f"{text} {symbol}"
