"""Whether other words still say the same hard facts: none lost, none added, nothing denied or turned round.

Knows two texts, be they in one language or two; knows no entry, no model and no agent.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from bot.answering.check import stated_facts, turned, unheld
from bot.answering.facts import Fact
from bot.answering.harmless import harms
from knowledge.corpus.entry import Entry
from knowledge.language import NOT_LATIN, detect

# How people are spoken to and how letters end: capitals that name nobody.
_MANNERS = frozenset(
    (
        *("dear", "hello", "hi", "hey", "sir", "madam", "mr", "mrs", "ms", "customer", "customers", "customer's"),
        *("support", "service", "team", "sincerely", "regards", "best", "kind", "warm", "thank", "thanks", "sorry"),
        *("please", "good", "morning", "afternoon", "evening", "welcome", "unfortunately", "german", "english"),
        "chinese",
    )
)
# A number of an order, an article or a model has digits and letters: it is never translated.
_CODE = re.compile(r"(?<![A-Za-z0-9])(?=[A-Z0-9-]*[A-Z])(?=[A-Z0-9-]*\d)[A-Z0-9]+(?:-[A-Z0-9]+)*(?![A-Za-z0-9])")
_ODD = re.compile(r"\d|[A-Z].*[A-Z]|[a-z][A-Z]")
_PLACEHOLDER = re.compile(r"\[[^\]\n]{2,40}\]|\{[^}\n]{1,40}\}|<[^>\n]{2,40}>|【[^】\n]{2,40}】")
# Denials as they are typed in a hurry, and those within a word, which another language spells out.
_TYPED = re.compile(r"\b(ca|wo|do|does|did|is|are|was|were|has|have|had|could|would|should)nt\b", re.I)
_WITHIN = re.compile(
    r"\bun(?=(?:used|responsive|opened|worn|paid|damaged|available|able|known|likely|authori[sz]ed|assembled|locked|cut)\b)",
    re.I,
)
_FREE = re.compile(r"\b(?:(?:at|for) no|without(?: any)?|no)( extra| additional)? (?:costs?|charges?|fees?)\b", re.I)
_FREE_OF_CHARGE = re.compile(
    r"(?<!feel )(?<!toll-)\bfree\b(?!-| time)|免费|包邮|免运费|kostenlos|gratis|gratuit|gratuito", re.I
)
_ASKS = re.compile("[?？]")
_LEAST_SHARE, _MOST_SHARE = 0.2, 7.0
"""Length of the new text against the old one's, beyond which it is another text. Chinese is a third of English."""
_SHORT = 60  # characters to which a short text may grow


@dataclass(frozen=True, slots=True)
class Guarded:
    """What is wrong with new words for a text, by kind; `doubtful` are names to look at, which may be translated.

    `lost` and `added` are facts as people write them, `other` are kinds of `KINDS`.
    """

    lost: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the words may be shown as they are."""
        return not (self.lost or self.added or self.other)


KINDS = ("language", "turned", "placeholder", "form", "length", "empty")
"""In another language; denies, turns, asks, is free; has gaps to fill in; brings markup; another text; nothing."""


def guard(before: str, after: str, language: str) -> Guarded:
    """Compare `after`, which is to be in `language`, with the text that it stands for."""
    if not after.strip():
        return Guarded(other=("empty",))
    across = _base(detect(before, default=language)) != _base(language)
    lost, lost_names = _missing(before, after, across)
    added, added_names = _missing(after, before, across)
    doubtful = tuple(dict.fromkeys((*lost_names, *added_names))) if across else ()
    if not across:
        lost, added = [*lost, *lost_names], [*added, *added_names]
    return Guarded(tuple(lost), tuple(added), tuple(_other(before, after, language)), doubtful)


def new_facts(before: str, sentence: str) -> bool:
    """Whether a sentence of the new text says a number, date or address that the old one does not hold."""
    added, _ = _missing(sentence, before, across=True)
    return bool(added)


def _other(before: str, after: str, language: str) -> Iterable[str]:
    # A short text tells no language; but Chinese letters are never English ones.
    if _base(detect(after, default=language)) != _base(language):
        yield "language"
    old, new = _plain(before), _plain(after)
    if turned(new, old) or any(
        bool(sign.search(new)) is not bool(sign.search(old)) for sign in (_ASKS, _FREE_OF_CHARGE)
    ):
        yield "turned"
    if set(_PLACEHOLDER.findall(after)) - set(_PLACEHOLDER.findall(before)):
        yield "placeholder"
    if any(True for _ in harms(after, before)):
        yield "form"
    share = len(after) / max(1, len(before))
    if share < _LEAST_SHARE or (share > _MOST_SHARE and len(after) > _SHORT):
        yield "length"


def _plain(text: str) -> str:
    return _WITHIN.sub("not ", _TYPED.sub(r"\1n't", _FREE.sub("free", text)))


def _missing(of: str, there: str, across: bool) -> tuple[list[str], list[str]]:
    """Facts of one text that the other does not hold, and names that it does not."""
    entry = [Entry("there", there)]
    # German capitals say nothing; Latin words within Chinese are names.
    language = detect(of, default="en")
    stated = stated_facts(of, "en" if language in NOT_LATIN else language)
    missing = [fact for fact in unheld(_without_codes(stated, of), entry) if fact.value not in _MANNERS]
    plain = unicodedata.normalize("NFKC", there).casefold()
    codes = [code for code in _CODE.findall(unicodedata.normalize("NFKC", of)) if code.casefold() not in plain]
    hard = [_spelled(fact) for fact in missing if fact.kind != "name"]
    names = [fact for fact in missing if fact.kind == "name"]
    # Across scripts a plain name may become another word; one with digits or odd capitals does not.
    odd = [fact.value for fact in names if across and _ODD.search(_as_written(fact.value, of))]
    return [*codes, *hard, *odd], [fact.value for fact in names if fact.value not in odd]


def _without_codes(stated: Iterable[Fact], text: str) -> list[Fact]:
    """The facts that are no part of a code: they are compared as wholes."""
    parts = {part.casefold() for code in _CODE.findall(text) for part in (code, *re.split(r"\W", code))}
    return [fact for fact in stated if fact.value.casefold() not in parts or fact.unit]


def _as_written(name: str, text: str) -> str:
    found = re.search(re.escape(name), text, re.I)
    return found[0] if found else name


def _spelled(fact: Fact) -> str:
    return f"{fact.value} {fact.unit.removeprefix('money ')}".strip()


def _base(language: str) -> str:
    return language.partition("-")[0]
