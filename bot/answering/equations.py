"""Writes what was worked out as an equation, and reads one again to see whether it holds. Knows no question."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.answering.facts import Fact, Quantity, facts, quantities
from bot.answering.prices import value
from knowledge.corpus.entry import Entry

_CENT = Decimal("0.01")
_TERM = r"[€$£¥]?[\d.]+[^=×÷+−]{0,6}"
_EQUATION = re.compile(rf"((?:{_TERM}[+−×÷] ?)+[^=+−×÷]+) = ([^=]+?)[.。]?\s*$")


@dataclass(frozen=True, slots=True)
class Sum:
    """What was worked out, as an equation, and the entries that its numbers come from."""

    work: str
    entries: tuple[Entry, ...]


def follows(sentence: str, stated: Iterable[Fact]) -> frozenset[Fact]:
    """The facts of a sentence that need no source: the result of an equation that holds, and what was `stated`."""
    given = frozenset(stated)
    if not (equation := _EQUATION.search(sentence)):
        return given
    terms = [_term(q) for q in quantities(equation[1])]
    signs = re.findall(r"[+−×÷]", equation[1])
    result = quantities(equation[2])
    if len(terms) != len(signs) + 1 or len(result) != 1 or abs(_worked(terms, signs) - value(result[0])) >= _CENT:
        return given
    return given | {fact for fact in facts(equation[2]) if fact.kind == "number"}


def _term(quantity: Quantity) -> Decimal:
    return value(quantity) / 100 if quantity.unit == "percent" else value(quantity)


def _worked(terms: Sequence[Decimal], signs: Sequence[str]) -> Decimal:
    """Products before sums, as everywhere."""
    total, product = Decimal(0), terms[0]
    for sign, term in zip(signs, terms[1:], strict=True):
        match sign:
            case "×":
                product *= term
            case "÷":
                product /= term
            case _:
                total, product = total + product, term if sign == "+" else -term
    return total + product
