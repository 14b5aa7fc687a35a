"""Who does what: what we do is not the customer's to do, nor the other way round. Knows words; no vector, no model.

Small models take the wrong side of a deal: "we keep it for you for 10 days" becomes "you keep it for 10 days". No
number is wrong there, nothing is denied, and the sentence is as near as can be.
"""

import re
from collections.abc import Iterator

_HELPING = (
    r"(?:(?:can|could|will|would|shall|should|may|might|must|do|did|also|only|always|then|need to|have to|just)\s+"
    r"|['’]ll\s+)*"
)
_SAYS_NOTHING = frozenset(
    {"are", "were", "have", "had", "be", "need", "want", "get", "not", "never", "haben", "sind", "werden"}
)
_OURS = re.compile(rf"\b(?:we|wir)(?:\s+|(?=['’]))['’]?{_HELPING}([a-zäöüß]+)", re.I)
_THEIRS = re.compile(rf"\b(?:you|(?-i:Sie))(?:\s+|(?=['’]))['’]?{_HELPING}([a-zäöüß]+)", re.I)
# 为您保留 is what we do, 您保留 what the customer does.
_FOR_CUSTOMERS = re.compile(r"[为给替帮][您你]([\u4e00-\u9fff]{2})")


def turned_roles(sentence: str, span: str, source: str) -> Iterator[str]:
    """What `sentence`, which rests on the `span` of `source`, has somebody else do; all are in one language."""
    ours, theirs = _verbs(_OURS, sentence), _verbs(_THEIRS, sentence)
    for done in sorted(theirs & _verbs(_OURS, span) - _verbs(_THEIRS, source)):
        yield f"has the customer {done}, which we do"
    for done in sorted(ours & _verbs(_THEIRS, span) - _verbs(_OURS, source)):
        yield f"has us {done}, which the customer does"
    for done in dict.fromkeys(_FOR_CUSTOMERS.findall(span)):
        theirs_to_do = re.compile(rf"(?<![为给替帮让请向])[您你](?:需要|可以|要|会|能|将)?{done}")
        if theirs_to_do.search(sentence) and not theirs_to_do.search(source):
            yield f"has the customer {done}, which we do"


def _verbs(pattern: re.Pattern[str], text: str) -> set[str]:
    return {verb.casefold() for verb in pattern.findall(text)} - _SAYS_NOTHING
