"""Where a sentence only gives back what the customer said. Knows words and forms of questions; no vector, no model.

Small models take up a statement ("I am a veteran" → "Yes, I am a veteran.") or a question that asks for more than yes
or no ("When should I not apply?" → "When you should not apply.") as if it were an answer.
"""

import re

from bot.answering.clauses import asked as clauses_of
from bot.answering.strays import among, content
from bot.reading.form import ends_asking
from knowledge.corpus.split import sentences
from knowledge.words import is_unspaced

# What asks for more than yes or no, and offers no choice: only then an answer must say something new.
_OPEN = re.compile(
    r"\b(?:what|when|where|who|whom|whose|which|why|how|wie|was|wann|wo|wohin|woher|wer|welche[mnrs]?|warum|wieso"
    r"|qué|cuándo|dónde|quién|cuál|cuánt[oa]s?|cómo|quand|où|qui|quel(?:le)?s?|pourquoi|comment|combien)\b"
    r"|什么|怎么|怎样|如何|多少|多久|多大|多远|几|哪|谁|何时|为什么",
    re.I,
)
_CHOICE = re.compile(r"\b(?:or|oder|ou|o)\b|还是|或者?", re.I)
_AS_CUSTOMER = re.compile(
    r"^\W*(?:(?:yes|no|ja|nein|sí|oui|non|是的|对|好的|不)\b\W*)?"
    r"(?:i(?!(?:['’]m| am) (?:sorry|afraid))(?:\s|['’])|(?:ich|yo|je)\s|j['’]|我(?![们的司店方行国]))",
    re.I,
)
_MINE = re.compile(
    r"^\W*(?:(?:yes|no|ja|nein|sí|oui|non|是的|对|好的|不)\b\W*)?(my|mein(?:e[mnrs]?)?|mis?|mon|ma|mes|我的)(?![a-z])",
    re.I,
)
# What customers tell of themselves ("I need to …"), and the same told back; what they may or must do is an answer.
_LEAD = (
    r"^\W*(?:(?:hi|hello|hey|so|and|but|because|since|now|well|also|yes|no|ok(?:ay)?|hallo|und|aber|ja|nein"
    r"|你好|您好|是的|好的)\b\W*)*"
)
_MAY = (
    r"(?!(?:can|could|may|might|must|shall|should|will|would|kann|können|darf|dürfen|muss|müssen|soll|sollen|sollten)\b"
    r"|可以|能|会)"
)
_TOLD = re.compile(rf"{_LEAD}(?:i(?:\s+|['’](?=m\b|ve\b))|ich\s+|我(?![们的司店方行国])){_MAY}(.+)", re.I | re.S)
_TOLD_BACK = re.compile(
    rf"{_LEAD}(?:you(?:\s+|['’](?=re\b|ve\b))|(?:sie|du)\s+|[您你](?![们的])){_MAY}(.+)", re.I | re.S
)
_IS = frozenset({"am", "m", "are", "re", "was", "were", "bin", "sind", "bist", "habe", "haben", "hast"})
_DIGIT = re.compile(r"\d+")


def speaks_as_customer(sentence: str, source: str) -> bool:
    """Whether a sentence says "I …" or "my …" as customers do, and its `source` has nothing like that."""
    if mine := _MINE.search(sentence):  # "My orders" may be a name: then the source has it
        return not re.search(rf"(?<![a-z]){mine[1]}(?![a-z])", source, re.I)
    return bool(_AS_CUSTOMER.search(sentence)) and not any(_AS_CUSTOMER.search(s.text) for s in sentences(source))


def says_nothing_new(sentence: str, asked: str) -> bool:
    """Whether all that a sentence says was asked already, and more was asked for than yes or no, or was told."""
    return _asked_already(sentence, asked) or any(_tells_back(sentence, told.text) for told in sentences(asked))


def _tells_back(sentence: str, told: str) -> bool:
    """Whether a sentence tells customers what they told of themselves: "I need to …", "You need to …"."""
    one, other = _TOLD.search(told), _TOLD_BACK.search(sentence)
    if not one or not other or ends_asking(told) or set(_DIGIT.findall(sentence)) - set(_DIGIT.findall(told)):
        return False
    known = content(one[1])
    return _same_verb(one[1], other[1]) and all(among(word, known) for word in content(other[1]))


def _same_verb(one: str, other: str) -> bool:
    if is_unspaced(one[0]):
        return one[0] == other[0]
    first, second = (re.split(r"\W", text.casefold(), maxsplit=1)[0] for text in (one, other))
    return first == second or {first, second} <= _IS or among(first, frozenset({second}))


def _asked_already(sentence: str, asked: str) -> bool:
    said, told = content(sentence), content(asked)
    if not said or not asked or set(_DIGIT.findall(sentence)) - set(_DIGIT.findall(asked)):
        return False
    parts = [clause.text for clause in clauses_of(asked)] or [asked]
    is_open = all(_OPEN.search(part) and not _CHOICE.search(part) for part in parts)
    return is_open and all(among(word, told) for word in said)
