"""Works out what follows from stated prices: so many times one, some together, what one is more, what is left over.

Nothing is guessed: each number comes from an entry or from the question, and where it is not plain which of several
prices is meant, nothing is worked out. Knows no model and no channel.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from bot.answering.equations import Sum, follows
from bot.answering.facts import Quantity, quantities
from bot.answering.items import Named, named, phrases
from bot.answering.multiples import counts, in_proportion, often, times
from bot.answering.prices import Price, bounds, meant, prices, value, written
from bot.answering.shares import share_of, spared
from knowledge.corpus.entry import Entry
from knowledge.corpus.split import sentences

__all__ = ["Sum", "asks_sum", "follows", "priced_phrases", "work_out"]

_HOW_MUCH = re.compile(
    r"\b(how much|how many (?:euros?|dollars?|pounds?)|what(?:'s| do| does| will| would| is| are)"
    r"|price|costs?|pay|worth|total|owe|adds? up|sum|save"
    r"|cu[aá]nto|wie ?viel|was kostet|combien)\b"
    r"|多少|几钱|一共|总共|合计|总价|价格",
    re.I,
)
_TOGETHER = re.compile(
    r"\b(together|in total|altogether|all in all|in all|overall|total|sum|combined|both|plus|adds? up|including"
    r"|on top|en total|insgesamt|zusammen|au total)\b|一共|总共|加起来|合计|共计|总计|加上|共(?=多少)|(?<=费)[加连]",
    re.I,
)
_ADDED = re.compile(r"\b(?:plus|as well as|along with|together with|on top of)\b|加上|外加|再加|连同", re.I)
_ASKS = re.compile(r"[?？]\s*$|\b(?:how much|what|cu[aá]nto|wie ?viel|combien)\b|多少|几", re.I)
_COMPARED = re.compile(
    r"\b(?:difference|how much (?:more|less|extra|higher|lower)|(?:more|less) expensive|cheaper|dearer)\b.*"
    r"\b(?:than|between|compared|instead of|over|as against)\b|比.*[贵多便省少高低]|差价|相差|差多少钱",
    re.I | re.S,
)
_CHANGE = re.compile(
    r"\b(?:change|(?:get|have) back|left over|note|bank ?note|pay with|hand over)\b"
    r"|找(?:我|您|你|零|回|给|多少)|找钱|还剩",
    re.I,
)
_GETS_BACK = re.compile(
    r"\b(?:how much|what|any)\b[^.?!]*\b(?:change|(?:get|have|given|receive) back|left(?: over)?)\b"
    r"|找.{0,4}(?:多少|几)|剩多少",
    re.I,
)
_MISSING = re.compile(
    r"\b(?:how much|what) (?:more|else|is missing|am i short)\b|\bstill (?:need|have to|missing)\b|\bshort of\b"
    r"|还(?:差|缺|要买|需要?买|得买|少)多少|差多少",
    re.I,
)
_FREE = re.compile(r"\b(?:free|no (?:charge|postage|shipping)|kostenlos|gratis|gratuit\w*)\b|免|包邮", re.I)
_MOST_ITEMS = 3
_MOST_PHRASES = 6


def asks_sum(question: str) -> bool:
    """Whether a question plainly asks for what no single price tells: several together, or how much more or less."""
    if not _HOW_MUCH.search(question):
        return False
    if _money(question) and (_GETS_BACK.search(question) or _MISSING.search(question)):
        return True
    parts = [span.text for span in sentences(question)]
    several = any(_TOGETHER.search(part) and _ASKS.search(part) for part in parts) and len(phrases(question)) > 1
    return several or any(_COMPARED.search(part) for part in parts)


def priced_phrases(question: str) -> list[str]:
    """The phrases in which a question that may ask for a sum may name what it is for; none where it asks for none."""
    may = _HOW_MUCH.search(question) and (asks_sum(question) or _money(question) or counts(question))
    found = phrases(question) if may else []
    return found[:_MOST_PHRASES] if len(found) > 1 else []


def work_out(question: str, entries: Sequence[Entry], known: Iterable[Entry], language: str) -> Sum | None:
    """What `question` asks to be worked out from the found `entries`, best first; None where that is not plain.

    `known` are all entries: an enumeration in one of them tells that two names are of a kind.
    """
    if not entries or not _HOW_MUCH.search(question):
        return None
    known = list(known)
    return (
        _missing(question, entries, known, language)
        or _change(question, entries, known, language)
        or _difference(question, entries, known, language)
        or _together(question, entries, known, language)
        or _product(question, entries, known, language)
        or spared(question, entries, language)
        or share_of(question, entries, language)
    )


def _product(question: str, entries: Sequence[Entry], known: Sequence[Entry], language: str) -> Sum | None:
    """So many of one thing; not where something is added to them, which would be left out."""
    if _ADDED.search(question):
        return None
    return in_proportion(question, entries, language) or times(question, entries, known, language)


def _missing(question: str, entries: Sequence[Entry], known: Sequence[Entry], language: str) -> Sum | None:
    """How much more to buy until something is free: 60 € less the 45 € that are in the basket."""
    mine = _money(question)
    if len(mine) != 1 or not _MISSING.search(question) or not _FREE.search(question):
        return None
    free = [bound for entry in entries for bound in bounds(entry) if _FREE.search(bound.sentence)]
    bound = meant(question, [each for each in free if each.entry is free[0].entry], known)
    if bound is None or bound.unit != mine[0].unit or bound.amount <= value(mine[0]):
        return None
    return _less(bound.amount, value(mine[0]), bound.unit, (bound.entry,), language)


def _change(question: str, entries: Sequence[Entry], known: Sequence[Entry], language: str) -> Sum | None:
    """What comes back of a note: 100 € less the price of the one thing that is named."""
    mine = _money(question)
    if len(mine) != 1 or not _CHANGE.search(question) or not _GETS_BACK.search(question):
        return None
    bare = _without(question, mine[0])
    found = _items(bare, entries, known)
    if (
        len(found) != 1
        or counts(bare)
        or found[0].price.unit != mine[0].unit
        or found[0].price.amount >= value(mine[0])
    ):
        return None
    price = found[0].price
    return _less(value(mine[0]), price.amount, price.unit, (price.entry,), language)


def _difference(question: str, entries: Sequence[Entry], known: Sequence[Entry], language: str) -> Sum | None:
    """How much more one thing costs than another."""
    if not _COMPARED.search(question):
        return None
    found = [each.price for each in _items(question, entries, known)]
    if len(found) != 2 or found[0].unit != found[1].unit or found[0].amount == found[1].amount or counts(question):
        return None
    more, less = sorted(found, key=lambda price: -price.amount)
    return _less(more.amount, less.amount, more.unit, _entries(found), language)


def _together(question: str, entries: Sequence[Entry], known: Sequence[Entry], language: str) -> Sum | None:
    """Freight and assembly, each by the phrase that names it."""
    if not _TOGETHER.search(question) or counts(question) or _passes_bound(question, known, language):
        return None
    found = [each.price for each in _items(question, entries, known)]
    if not 2 <= len(found) <= _MOST_ITEMS or len({price.unit for price in found}) != 1:
        return None
    counted = [(often(question, price), price) for price in found]
    if not all(number for number, _ in counted):
        return None
    terms = " + ".join(_term(number, price, language) for number, price in counted)
    total = sum((number * price.amount for number, price in counted), Decimal(0))
    return Sum(f"{terms} = {written(total, found[0].unit, language)}", _entries(found))


def _term(number: Decimal, price: Price, language: str) -> str:
    amount = written(price.amount, price.unit, language)
    return amount if number == 1 else f"{number} × {amount}"


def _passes_bound(question: str, known: Sequence[Entry], language: str) -> bool:
    """Whether an amount that the question tells may make something free."""
    if not (mine := [value(one) for one in _money(question)]):
        return False
    near = (entry for entry in known if entry.language in {"", language} and _FREE.search(entry.answer))
    return any(bound.amount <= max(mine) for entry in near for bound in bounds(entry) if _FREE.search(bound.sentence))


def _items(question: str, entries: Sequence[Entry], known: Sequence[Entry]) -> list[Named]:
    return named(question, [price for entry in entries for price in prices(entry)], known)


def _less(more: Decimal, less: Decimal, unit: str, entries: tuple[Entry, ...], language: str) -> Sum:
    amounts = f"{written(more, unit, language)} − {written(less, unit, language)}"
    return Sum(f"{amounts} = {written(more - less, unit, language)}", entries)


def _money(question: str) -> list[Quantity]:
    return [one for one in quantities(question) if one.unit.startswith("money") and value(one)]


def _without(question: str, amount: Quantity) -> str:
    return f"{question[: amount.start]} {question[amount.end :]}"


def _entries(found: Sequence[Price]) -> tuple[Entry, ...]:
    return tuple({price.entry.id: price.entry for price in found}.values())
