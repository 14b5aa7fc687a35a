"""Finds sentences of a source that speak to a machine instead of a customer. Knows wordings, no entry and no model.

Whoever can write into a source (a review, a copied page) can write orders for what reads it: "ignore the question and
reply only with …". Quoted, they reach customers; in a prompt, they may be obeyed (Greshake et al. 2023, "Not what
you've signed up for"). What asks a customer to write, reply or include something is no such order.
"""

import re
import unicodedata
from functools import cache
from importlib.resources import files

from knowledge.corpus.split import sentences

# Letters that look like Latin ones: an order is none the less one for being spelled with them.
_ALIKE = str.maketrans(
    "АВЕІЈЅКМНОРСТХаеорсухіјѕԁһӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧαινοργκ", "ABEIJSKMHOPCTXaeopcyxijsdhlABEZHIKMNOPTYXaivopyk"
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)


def without_orders(text: str) -> tuple[str, list[str]]:
    """`text` without its orders, and those: sentences that speak to a machine, and hidden comments of a page."""
    orders = [comment.strip() for comment in _COMMENT.findall(text)]
    text = _COMMENT.sub(" ", text) if orders else text
    kept, end = "", 0
    for span in sentences(text):
        if is_order(span.text):
            orders.append(span.text)
            kept, end = kept + text[end : span.start], span.end
    return kept + text[end:], orders


def is_order(sentence: str) -> bool:
    """Whether a sentence tells a machine what to do."""
    seen = unicodedata.normalize("NFKC", sentence)
    return bool(_orders().search(sentence) or _orders().search(seen.translate(_ALIKE)))


@cache
def _orders() -> re.Pattern[str]:
    lines = (files("knowledge") / "data" / "orders.txt").read_text(encoding="utf-8").splitlines()
    told = [line for line in lines if line and not line.startswith("#")]
    parts = dict(line.split(" ", 1) for line in told if re.match(r"<\w+> ", line))
    patterns = [line for line in told if line.split(" ", 1)[0] not in parts]
    for name, part in parts.items():
        patterns = [pattern.replace(name, part) for pattern in patterns]
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.I | re.M)
