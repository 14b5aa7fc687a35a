"""Works out so many times what an entry states for one, or for so many. Knows no second entry, model or channel."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from bot.answering.equations import Sum
from bot.answering.facts import Quantity, quantities
from bot.answering.prices import Price, content, meant, prices, value, written
from knowledge.corpus.entry import Entry
from knowledge.corpus.split import sentences
from knowledge.words import words

_EACH = re.compile(r"\b(each|every|per|apiece|a piece|cada|pro|je|chaque|par)\b|每", re.I)
_ONCE = re.compile(
    r"\b(?:once|flat|whatever the number)\b(?! (?:for )?(?:each|every|per)\b)|只收一次|(?<!每)一口价", re.I
)
_ONE_OF_IT = re.compile(r"\b(?:an?|one|eine?|une?|un)\s+(?:[\w-]+\s+)*$", re.I)
_PAUSE = re.compile(r"[,;；，。]\s*|\s+and\s+")
_PER = re.compile(r"\s*(?:a|an|per|each|every|/|pro|je|par|por|al|am)\s*(\w+)", re.I)
_FOR = re.compile(r"\b(?:for|per|für|por|pour|je)\b", re.I)
_EXCHANGED = re.compile(
    r"\b(?:worth|for|earns?|gets?|gives?|buys?|equals?|make|are|is|per|wert|valen|valent)\b|=|抵|换|兑|值|折合|可得|等于",
    re.I,
)
_PER_CHINESE = re.compile(r"每(?:个)?(\w{1,2}?)\s*$")
_COUNT = re.compile(
    r"(?<![\d.,:/#-])(\d{1,3})(?![\d.,:/-]*\d)\s+(?:[a-z]+\s+)??([a-zà-ÿ-]{3,})"
    r"|\b(two|three|four|five|six|seven|eight|nine|ten|zwei|drei|dos|tres|deux|trois)\s+([a-zà-ÿ-]{3,})"
    r"|(\d{1,3}|[两二三四五六七八九十])\s*[辆个件张台只双套条块次位部把顶份]\s*([\u4e00-\u9fff]{2})",
    re.I,
)
_NUMBERS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "zwei": 2, "drei": 3, "dos": 2, "tres": 3, "deux": 2, "trois": 3,
    **dict(zip("两二三四五六七八九十", (2, 2, 3, 4, 5, 6, 7, 8, 9, 10), strict=True)),
}  # fmt: skip


def in_proportion(question: str, entries: Sequence[Entry], language: str) -> Sum | None:
    """1000 points where 200 points are worth 5 €; 3 days where one costs 10 € a day, by the first that tells."""
    return next(filter(None, (_share(question, entry, language) for entry in entries)), None)


def times(question: str, entries: Sequence[Entry], known: Iterable[Entry], language: str) -> Sum | None:
    """Two trailers where each costs 69 €, in the first entry that tells of trailers."""
    found = counts(question)
    entry = next((entry for entry in entries if any(_mentions(entry, noun) for _, noun in found)), None)
    if len({number for number, _ in found}) != 1 or entry is None or _ONCE.search(entry.answer):
        return None
    price = meant(question, [p for p in prices(entry) if _is_of_one(p, found)], known)
    if price is None:
        return None
    number, unit = found[0][0], written(price.amount, price.unit, language)
    return Sum(f"{number} × {unit} = {written(number * price.amount, price.unit, language)}", (entry,))


def counts(question: str) -> list[tuple[int, str]]:
    """How many of what a question tells of: two bikes, 3 boxes; what is there once is left out, and so is a time."""
    found = []
    for match in _COUNT.finditer(question):
        number, noun = next((a, b) for a, b in pairwise(match.groups()) if a and b)
        if not any(one.unit for one in quantities(match.group())):  # "500 Wh battery" is one battery
            found.append((_NUMBERS.get(number.lower()) or int(number), noun))
    return [(number, noun) for number, noun in found if number > 1]


def _is_of_one(price: Price, found: Sequence[tuple[int, str]]) -> bool:
    """Whether a price is that of each, or of "a repair" where the question counts repairs."""
    if _EACH.search(price.sentence):
        return True
    named = [noun for _, noun in found if any(word in content(price.label) for word in words(noun) if len(word) > 1)]
    return bool(named) and bool(_ONE_OF_IT.search(price.label[: price.label.lower().find(_stem(named[0]))]))


def often(question: str, price: Price) -> Decimal:
    """How often a price is asked for: 6 where it is a day's and the question tells of 6 days, else 1.

    0 where the question tells of two different numbers of days, and nothing of which is meant.
    """
    found = {
        value(one)
        for one in _with_units(question)
        for clause in _clauses(price.sentence)
        for per, money in _rates(clause, one.unit)
        if per == 1 and value(money) == price.amount
    }
    return Decimal(0) if len(found) > 1 else next(iter(found), Decimal(1))


def _stem(noun: str) -> str:
    return words(noun)[0].lower()


def _share(question: str, entry: Entry, language: str) -> Sum | None:
    asked = _with_units(question)
    said = content(question)
    found = [
        (len(content(clause) & said), one, per, money)
        for clause in _clauses(entry.answer)
        for one in asked
        for per, money in _rates(clause, one.unit)
        if value(one) != per
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
    """How many of `unit` cost how much, where a clause says just that: "10 € a day", "200 points are worth 5 €".

    "A 500 Wh battery costs 549 €" is none: half of it costs nothing that is stated.
    """
    found = quantities(clause)
    money = [q for q in found if q.unit.startswith("money") and value(q)]
    same = [q for q in found if q.unit == unit and value(q)]
    if len(money) != 1 or len(found) > 2:
        return []
    if len(same) == 1:
        first = same[0].start < money[0].start
        between = clause[same[0].end : money[0].start] if first else clause[money[0].end : same[0].start]
        return [(value(same[0]), money[0])] if (_EXCHANGED if first else _FOR).search(between) else []
    after, before = _PER.match(clause, money[0].end), _PER_CHINESE.search(clause[: money[0].start])
    per = after or before
    return [(Decimal(1), money[0])] if per and not same and _unit_of(per[1]) == unit else []


def _mentions(entry: Entry, noun: str) -> bool:
    held = set(words(f"{entry.question} {entry.title} {entry.answer}"))
    return any(word in held for word in words(noun) if len(word) > 1)
