"""Decides whether a drafted sentence may leave. Knows the sources' texts; knows no model, customer or channel.

A sentence passes when every hard fact in it occurs in its sources, when it is near enough to one of their
sentences, and when it leaves out no number of that one: "it is free" is false where the source says "from 60 €".
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from itertools import chain

from bot.answering.echoes import says_nothing_new, speaks_as_customer
from bot.answering.facts import Fact, facts, quantities
from bot.answering.free import undue
from bot.answering.harmless import harms
from bot.answering.roles import turned_roles
from bot.answering.strays import strays
from bot.reading.form import ends_asking
from knowledge.corpus.entry import Entry

# German capitalises every noun and Chinese none: there capitals say nothing about names.
_CAPITALS_MEAN_NOTHING = frozenset({"de", "zh", "ja", "ko"})

_FOOTNOTE = re.compile(r"\[\d{1,3}\]")
_ITEM = re.compile(r"^\s*(?:[-*•–·]|\d{1,2}[.)])\s+")
# A unit of time → the lesser unit it is made of, and how many of it. A month is no certain number of days.
_SPANS = {
    "day": ("day", 1),
    "week": ("day", 7),
    "minute": ("minute", 1),
    "hour": ("minute", 60),
    "month": ("month", 1),
    "year": ("month", 12),
}

Support = Callable[[str, str], tuple[float, str]]
"""(sentence, source) → how well the source supports the sentence, 0 to 1, and the sentence of it that does."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check found. `source` is the index of the entry that supports it; no `objections` is a pass."""

    support: float
    source: int
    objections: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the sentence may be sent."""
        return not self.objections


def source_text(entry: Entry) -> str:
    """Everything an answer may take from an entry."""
    return "\n".join(filter(None, (entry.title, entry.question, *entry.similar, entry.answer, entry.url)))


def check_sentence(
    sentence: str,
    entries: Sequence[Entry],
    support: Support,
    needed: float,
    language: str = "en",
    asked: str = "",
) -> Verdict:
    """Judge one sentence against the entries it may rest on; `needed` is the least support, 0 to 1.

    What was `asked` is no source: its words are the sentence's own where no entry has them.

    Facts may stand anywhere in an entry; support comes from its answer alone, for a title says nothing.
    """
    stated = stated_facts(sentence, language)
    objections = [_objection(fact) for fact in unheld(stated, entries)]
    supports = [support(sentence, entry.answer) for entry in entries] or [(0.0, "")]
    best = max(range(len(supports)), key=lambda index: supports[index][0])
    value, span = supports[best]
    if value < needed:
        objections.append(f"support {value:.2f} is under {needed:.2f}")
    if ends_asking(span) and not ends_asking(sentence):
        objections.append("tells what its source only asks")
    objections += _contradictions(sentence, span, stated)
    if span and not _quotes(sentence, span):
        source = source_text(entries[best])
        others = [source_text(entry) for number, entry in enumerate(entries) if number != best]
        objections += undue(sentence, span, source, others)
        if entries[best].language in {"", language.partition("-")[0]}:
            objections += [*strays(sentence, span, source, asked), *turned_roles(sentence, span, source)]
        if speaks_as_customer(sentence, source):
            objections.append("speaks as if it were the customer")
        if says_nothing_new(sentence, asked) and _denies(sentence) is _denies(asked):
            objections.append("only says the question again")
    objections += harms(sentence, "\n".join(map(source_text, entries)))
    return Verdict(value, best, tuple(sorted(objections)))


def stated_facts(sentence: str, language: str) -> frozenset[Fact]:
    """The hard facts of a sentence; names only in a language that marks them by capitals."""
    return facts(sentence, names=language not in _CAPITALS_MEAN_NOTHING)


def unheld(stated: Iterable[Fact], entries: Sequence[Entry]) -> list[Fact]:
    """The `stated` facts that no entry holds."""
    sources = [source_text(entry) for entry in entries]
    held = frozenset[Fact]().union(*(facts(source, either=True) for source in sources))
    everything = "\n".join(sources).lower()
    return [fact for fact in stated if not _holds(fact, held, everything)]


def _contradictions(sentence: str, span: str, stated: Iterable[Fact]) -> list[str]:
    """What `sentence` says against `span`, or leaves out of it; nothing where it quotes whole sentences of it."""
    if not span or _quotes(sentence, span):
        return []
    other = {quantity.value: quantity.other for quantity in quantities(_normal(span)) if quantity.other}
    left_out = [
        fact
        for fact in facts(_FOOTNOTE.sub("", span))
        if fact.kind in {"number", "date"}
        and not _said(fact, stated)
        and not _said(replace(fact, value=other.get(fact.value, fact.value)), stated)
    ]
    objections = [f"leaves out {_spelled(fact)}" for fact in left_out]
    return objections + turned(sentence, span)


def turned(sentence: str, span: str) -> list[str]:
    """What of `span` is denied, or turned round, in `sentence`, be it in another language."""
    sides, denied = _sides(sentence), _denies(sentence)
    objections = []
    if denied is not _denies(span):
        objections.append("denies what its source says" if denied else "leaves out that its source denies")
    for number, side in _sides(span).items():
        if sides.get(number, side).isdisjoint(side):
            objections.append(f"turns the bound at {number}")
    return objections


def _quotes(sentence: str, span: str) -> bool:
    # Only between the ends of sentences: 可以退货 also stands in 不可以退货.
    words, whole = (re.sub(r"\s+", " ", _ITEM.sub("", text)).strip(" .!?。！？") for text in (sentence, span))
    return bool(words) and bool(re.search(rf"(?:^|[.!?。！？]\s?){re.escape(words)}(?:$|[.!?。！？])", whole))


@cache
def _polarity() -> tuple[re.Pattern[str], re.Pattern[str], dict[str, re.Pattern[str]]]:
    """Patterns of harmless words, of denials, and of bounds by their name in units.toml."""
    data = tomllib.loads(files("bot.answering").joinpath("units.toml").read_text("utf-8"))
    denials, bounds = data["denials"], data["bounds"]
    denial = rf"\b(?:{_any(denials['words'])})\b|{_any(denials['parts'])}"
    # Between a bound and its number: "under about €60", "超过了60元".
    before = r"\s*(?:about |the |a |total of |了)?[^\w\s.,;!?]?\s?(?:eur|usd|gbp|cny|rmb)?\s?$"
    patterns = {
        name: rf"(?<![a-zà-ÿ])(?:{_any(words)}){before}" if name.endswith("before") else rf"\s?(?:{_any(words)})"
        for name, words in bounds.items()
    }
    compiled = {name: re.compile(pattern, re.I) for name, pattern in patterns.items()}
    return re.compile(_any(denials["harmless"]), re.I), re.compile(denial, re.I), compiled


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _sides(text: str) -> dict[str, set[str]]:
    """On which sides of its numbers `text` is: "most", "least"; numbers without a bound are left out."""
    return {number: {side for side, _, _ in found} for number, found in _bounds(_normal(text)).items()}


def _bounds(text: str) -> dict[str, list[tuple[str, int, int]]]:
    """Number → its bounds as (side, start, end)."""
    patterns = _polarity()[2]
    bounds: dict[str, list[tuple[str, int, int]]] = {}
    for quantity in quantities(text):
        for side in ("most", "least"):
            lead = max(0, quantity.start - 30)
            if found := patterns[f"{side}_before"].search(text[lead : quantity.start]):
                place = (side, lead + found.start(), lead + found.end())
            # 天内 is a unit that ends with the bound itself.
            elif found := (
                patterns[f"{side}_after"].match(text, quantity.end)
                or patterns[f"{side}_after"].match(text, quantity.end - 1)
            ):
                place = (side, found.start(), found.end())
            else:
                continue
            bounds.setdefault(quantity.value, []).append(place)
    # 不满60 holds 满60, and "no more than 60" holds "more than 60": the longest one is meant.
    return {number: _longest(places) for number, places in bounds.items()}


def _longest(places: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    return [place for place in places if not any(p[1] < place[1] and p[2] >= place[2] for p in places)]


def _denies(text: str) -> bool:
    text = _normal(text)
    for _, start, end in chain.from_iterable(_bounds(text).values()):
        text = text[:start] + " " * (end - start) + text[end:]
    harmless, denial, _ = _polarity()
    return bool(denial.search(harmless.sub(" ", text)))


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _said(fact: Fact, stated: Iterable[Fact]) -> bool:
    """Whether a number or date of the source is among the `stated` ones, be it without its unit or year."""
    return any(
        fact.value == other.value or _same_day(fact, other) or _same_hour(fact, other) or _same_span(fact, other)
        for other in stated
    )


def _same_span(one: Fact, other: Fact) -> bool:
    """Whether both are the same span of time: two weeks are 14 days, half an hour 30 minutes."""
    if one.unit not in _SPANS or other.unit not in _SPANS:
        return False
    (least, many), (other_least, other_many) = _SPANS[one.unit], _SPANS[other.unit]
    try:
        return least == other_least and Decimal(one.value) * many == Decimal(other.value) * other_many
    except InvalidOperation:
        return False


def _same_day(one: Fact, other: Fact) -> bool:
    return one.kind == other.kind == "date" and (one.value.endswith(other.value) or other.value.endswith(one.value))


def _same_hour(one: Fact, other: Fact) -> bool:
    """Whether one is a time on the hour and the other its bare hour: "9 to 17" is 9:00 to 17:00."""
    if one.unit == "time of day":
        one, other = other, one
    bare, time = one, other
    return not bare.unit and time.unit == "time of day" and time.value == f"{bare.value:0>2}:00"


def _holds(fact: Fact, held: frozenset[Fact], everything: str) -> bool:
    if fact in held:
        return True
    if fact.kind == "date":
        return any(_dated(fact.value, other.value) for other in held if other.kind == "date")
    if fact.kind == "number":
        # "30" where the source says "30 days" adds nothing; "30 hours" would.
        numbers = [other for other in held if other.kind == "number"]
        return any(
            _same_hour(fact, other) or _same_span(fact, other) or (not fact.unit and other.value == fact.value)
            for other in numbers
        )
    # A link that only begins like a known one leads elsewhere; a name may be part of a longer one.
    borders = rf"(?<![a-zà-ÿ0-9]){re.escape(fact.value)}(?![a-zà-ÿ0-9])"
    return fact.kind == "name" and bool(re.search(borders, everything))


def _dated(stated: str, held: str) -> bool:
    """Whether a date of a source implies the stated one: its year may go, and its day."""
    if stated.startswith("month"):
        return bool(re.search(rf"(?:^|-){stated.split()[1]:0>2}-\d\d$", held))
    return held.endswith(f"-{stated}") or (held == "weekend" and stated in {"weekday 6", "weekday 7"})


def _objection(fact: Fact) -> str:
    return f"{fact.kind} {_spelled(fact)} is in no source"


def _spelled(fact: Fact) -> str:
    return f"{fact.value} {fact.unit}".strip()
