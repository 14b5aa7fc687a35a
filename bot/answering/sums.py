"""Works out what follows from stated prices: so many times one, two together, a share. Knows no model and no channel.

Nothing is guessed: each number comes from an entry or from the question, and where it is not plain which of several
prices is meant, nothing is worked out.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from bot.answering.facts import Fact, Quantity, facts, quantities
from bot.answering.prices import content, meant, prices, value, written
from knowledge.corpus.entry import Entry
from knowledge.corpus.split import sentences
from knowledge.words import words

_HOW_MUCH = re.compile(
    r"\b(how much|what (do|does|will|would|is|are)|price|costs?|pay|worth|total"
    r"|cu[aá]nto|wie ?viel|was kostet|combien)\b"
    r"|多少|几钱|一共|总共|合计|总价|价格",
    re.I,
)
_TOGETHER = re.compile(
    r"\b(together|in total|altogether|all in all|in all|overall|total|sum|combined|both|plus"
    r"|en total|insgesamt|zusammen|au total)\b|一共|总共|加起来|合计|共计|总计|加上|共(?=多少)",
    re.I,
)
_EACH = re.compile(r"\b(each|every|per|apiece|a piece|cada|pro|je|chaque|par)\b|每", re.I)
_PAUSE = re.compile(r"[,;；，。]\s*|\s+and\s+")
_PER = re.compile(r"\s*(?:a|an|per|each|every|/|pro|je|par|por|al|am)\s*(\w+)", re.I)
_FOR = re.compile(r"\b(?:for|per|für|por|pour|je)\b", re.I)
_PER_CHINESE = re.compile(r"每(?:个)?(\w{1,2}?)\s*$")
_CENT = Decimal("0.01")
_EQUATION = re.compile(r"((?:[€$£¥]?[\d.]+[^=×÷+]{0,6}[+×÷] ?)+[^=+×÷]+) = ([^=]+?)[.。]?\s*$")
_COUNT = re.compile(
    r"(?<![\d.,:/#-])(\d{1,3})(?![\d.,:/-]*\d)\s+(?:[a-z]+\s+)??([a-zà-ÿ-]{3,})"
    r"|\b(two|three|four|five|six|seven|eight|nine|ten|zwei|drei|dos|tres|deux|trois)\s+([a-zà-ÿ-]{3,})"
    r"|(\d{1,3}|[两二三四五六七八九十])\s*[辆个件张台只双套条块次位]\s*([\u4e00-\u9fff]{2})",
    re.I,
)
_NUMBERS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "zwei": 2, "drei": 3, "dos": 2, "tres": 3, "deux": 2, "trois": 3,
    **dict(zip("两二三四五六七八九十", (2, 2, 3, 4, 5, 6, 7, 8, 9, 10), strict=True)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sum:
    """What was worked out, as an equation, and the entries that its numbers come from."""

    work: str
    entries: tuple[Entry, ...]


def work_out(question: str, entries: Sequence[Entry], known: Iterable[Entry], language: str) -> Sum | None:
    """What `question` asks to be worked out from the found `entries`, best first; None where that is not plain.

    `known` are all entries: an enumeration in one of them tells that two names are of a kind.
    """
    if not entries or not _HOW_MUCH.search(question):
        return None
    return (
        _in_proportion(question, entries[0], language)
        or _times(question, entries, known, language)
        or _together(question, entries, known, language)
    )


def _in_proportion(question: str, entry: Entry, language: str) -> Sum | None:
    """1000 points where 200 points are worth 5 €; 3 days where one costs 10 € a day."""
    asked = _with_units(question)
    said = content(question)
    found = [
        (len(content(clause) & said), one, per, money)
        for clause in _clauses(entry.answer)
        for one in asked
        for per, money in _rates(clause, one.unit)
    ]
    found.sort(key=lambda rate: -rate[0])
    if not found or (len(found) > 1 and found[0][0] == found[1][0]):
        return None
    _, one, per, money = found[0]
    share = one.value if per == 1 else f"{one.value} ÷ {per}"
    total = value(one) / per * value(money)
    work = f"{share} × {written(value(money), money.unit, language)} = {written(total, money.unit, language)}"
    return Sum(work, (entry,))


def _with_units(question: str) -> list[Quantity]:
    """The numbers of a question with what they count, be there words between: "1000 Feather Club points"."""
    found = []
    for one in quantities(question):
        following = re.findall(r"\w+", question[one.end : one.end + 40])[:3] if not one.unit else []
        unit = next(filter(None, map(_unit_of, following)), one.unit)
        if unit and not unit.startswith("money") and value(one):
            found.append(replace(one, unit=unit))
    return found


def _unit_of(word: str) -> str:
    return next((q.unit for q in quantities(f"1 {word}") if not q.unit.startswith("money")), "")


def _clauses(text: str) -> list[str]:
    return [clause for span in sentences(text) for clause in _PAUSE.split(span.text)]


def _rates(clause: str, unit: str) -> list[tuple[Decimal, Quantity]]:
    """How many of `unit` cost how much, where a clause says just that: "10 € a day", "200 points are worth 5 €"."""
    found = quantities(clause)
    money = [q for q in found if q.unit.startswith("money") and value(q)]
    same = [q for q in found if q.unit == unit and value(q)]
    if len(money) != 1 or len(found) > 2:
        return []
    if len(same) == 1:
        between = clause[money[0].end : same[0].start]
        return [(value(same[0]), money[0])] if same[0].start < money[0].start or _FOR.search(between) else []
    after, before = _PER.match(clause, money[0].end), _PER_CHINESE.search(clause[: money[0].start])
    per = after or before
    return [(Decimal(1), money[0])] if per and not same and _unit_of(per[1]) == unit else []


def _times(question: str, entries: Sequence[Entry], known: Iterable[Entry], language: str) -> Sum | None:
    """Two trailers where each costs 69 €, in the first entry that tells of trailers."""
    counts = _counts(question)
    entry = next((entry for entry in entries if any(_mentions(entry, noun) for _, noun in counts)), None)
    if len(counts) != 1 or entry is None:
        return None
    price = meant(question, [p for p in prices(entry) if _EACH.search(p.sentence)], known)
    if price is None:
        return None
    number, unit = counts[0][0], written(price.amount, price.unit, language)
    return Sum(f"{number} × {unit} = {written(number * price.amount, price.unit, language)}", (entry,))


def _counts(question: str) -> list[tuple[int, str]]:
    found = []
    for match in _COUNT.finditer(question):
        number, noun = next((a, b) for a, b in pairwise(match.groups()) if a and b)
        found.append((_NUMBERS.get(number.lower()) or int(number), noun))
    return [(number, noun) for number, noun in found if number > 1]


def _mentions(entry: Entry, noun: str) -> bool:
    held = set(words(f"{entry.question} {entry.title} {entry.answer}"))
    return any(word in held for word in words(noun) if len(word) > 1)


def _together(question: str, entries: Sequence[Entry], known: Iterable[Entry], language: str) -> Sum | None:
    """Freight and assembly, each from the entry that is about it."""
    if not _TOGETHER.search(question):
        return None
    known = list(known)
    found = [price for entry in _named(question, entries) if (price := meant(question, prices(entry), known))]
    if len(found) != 2 or len({price.unit for price in found}) != 1:
        return None
    terms = " + ".join(written(price.amount, price.unit, language) for price in found)
    total = sum((price.amount for price in found), Decimal(0))
    return Sum(f"{terms} = {written(total, found[0].unit, language)}", tuple(price.entry for price in found))


def _named(question: str, entries: Sequence[Entry]) -> list[Entry]:
    """The entries whose heading has a content word of the question, in any form, that no better one's has."""
    asked, found = content(question), []
    for entry in entries:
        heading = content(f"{entry.title} {entry.question}")
        if shared := {word for word in asked if any(_same(word, other) for other in heading)}:
            asked -= shared
            found.append(entry)
    return found


def follows(sentence: str, stated: Iterable[Fact]) -> frozenset[Fact]:
    """The facts of a sentence that need no source: the result of an equation that holds, and what was `stated`."""
    given = frozenset(stated)
    if not (equation := _EQUATION.search(sentence)):
        return given
    terms = [value(q) for q in quantities(equation[1])]
    signs = re.findall(r"[+×÷]", equation[1])
    result = quantities(equation[2])
    if len(terms) != len(signs) + 1 or len(result) != 1 or abs(_worked(terms, signs) - value(result[0])) >= _CENT:
        return given
    return given | {fact for fact in facts(equation[2]) if fact.kind == "number"}


def _worked(terms: Sequence[Decimal], signs: Sequence[str]) -> Decimal:
    """From left to right: an equation here has either sums or factors."""
    total = terms[0]
    for sign, term in zip(signs, terms[1:], strict=True):
        total = total + term if sign == "+" else total * term if sign == "×" else total / term
    return total


def _same(one: str, other: str) -> bool:
    return one == other or (len(one) > 5 and len(other) > 5 and one[:6] == other[:6])
