"""Where a sentence only gives back what the customer said. Knows words and forms of questions; no vector, no model.

Small models take up a statement ("I am a veteran" → "Yes, I am a veteran.") or a question that asks for more than yes
or no ("When should I not apply?" → "When you should not apply.") as if it were an answer.
"""

import re
from collections.abc import Iterator

from bot.answering.clauses import asked as clauses_of
from bot.answering.strays import among, content

_CLOSED = re.compile(
    r"^\W*(?:(?:hi|hello|hey|and|also|so|but|ok|okay|please|und|y|et)\b\W*)*(?:"
    r"(?:do|does|did|is|are|am|was|were|can|could|will|would|should|shall|may|must|might|have|has|had)(?:n['’]t)?\b"
    r"|(?:kann|können|darf|dürfen|ist|sind|gibt|haben|hat|habe|muss|müssen|wird|werden)\b"
    r"|(?:puedo|puede|pueden|podemos|hay|es|son|está|están|tienen|tengo|se puede|aceptan|hacen)\b"
    r"|(?:est|puis|peut|peut-on|avez|y a-t-il|faut|dois)\b)"
    r"|吗|么[?？]|能不能|可不可以|可否|是否|是不是|有没有|会不会|要不要|行不行|需不需要|对不对|[,，]\s*(?:right|correct|oder|verdad|no|non)\s*\?",
    re.I,
)
_AS_CUSTOMER = re.compile(
    r"\b(?:i|i['’](?:m|ve|d|ll)|my|mine|me|myself|ich|mein(?:e[mnrs]?)?|mir|mich|yo|mi|mis|je|mon)\b|\bj['’]|我(?!们)",
    re.I,
)
_DIGIT = re.compile(r"\d+")


def echoes(sentence: str, span: str) -> Iterator[str]:
    """What is wrong with `sentence`, which rests on the `span` of its source."""
    if _AS_CUSTOMER.search(sentence) and not _AS_CUSTOMER.search(span):
        yield "speaks as if it were the customer"


def says_nothing_new(sentence: str, asked: str) -> bool:
    """Whether all that a sentence says was asked already, and more was asked for than yes or no."""
    said, told = content(sentence), content(asked)
    if not said or not asked or set(_DIGIT.findall(sentence)) - set(_DIGIT.findall(asked)):
        return False
    parts = [clause.text for clause in clauses_of(asked)] or [asked]
    return not any(map(_CLOSED.search, parts)) and all(among(word, told) for word in said)
