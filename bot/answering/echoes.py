"""Where a sentence only gives back what the customer said. Knows words and forms of questions; no vector, no model.

Small models take up a statement ("I am a veteran" → "Yes, I am a veteran.") or a question that asks for more than yes
or no ("When should I not apply?" → "When you should not apply.") as if it were an answer.
"""

import re

from bot.answering.clauses import asked as clauses_of
from bot.answering.strays import among, content
from knowledge.corpus.split import sentences

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
_DIGIT = re.compile(r"\d+")


def speaks_as_customer(sentence: str, source: str) -> bool:
    """Whether a sentence says "I …" as customers do, and no sentence of its `source` begins like that."""
    return bool(_AS_CUSTOMER.search(sentence)) and not any(_AS_CUSTOMER.search(s.text) for s in sentences(source))


def says_nothing_new(sentence: str, asked: str) -> bool:
    """Whether all that a sentence says was asked already, and more was asked for than yes or no."""
    said, told = content(sentence), content(asked)
    if not said or not asked or set(_DIGIT.findall(sentence)) - set(_DIGIT.findall(asked)):
        return False
    parts = [clause.text for clause in clauses_of(asked)] or [asked]
    is_open = all(_OPEN.search(part) and not _CHOICE.search(part) for part in parts)
    return is_open and all(among(word, told) for word in said)
