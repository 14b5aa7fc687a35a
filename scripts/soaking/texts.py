"""Texts as nobody writes them: every script, broken markup, cut surrogates. Knows no bot."""

import random

_WORDS = (
    "refund",
    "Größe",
    "заказ",
    "退款",
    "返品",
    "طلب",
    "הזמנה",
    "คืนเงิน",
    "🧾",
    "👩‍👩‍👧‍👦",
    "🇩🇪",
    "e\u0301",
    "ﬁ",
    "𠮷野家",
    "ʼ",
)
_ODD = ("\ud83d", "\udc00", "\u0000", "\u200b", "\u202e", "\ufeff", "\u0301", "\U0001f3fd", "\x07", "\u2028")
_MARKUP = (
    "**",
    "*",
    "_",
    "`",
    "```",
    "\n```py\n",
    "[",
    "](",
    "](https://a.example/x)",
    ")",
    "~~",
    "||",
    "# ",
    "\n- ",
    "\n1. ",
)
_HTML = ("<b>", "</i>", "<a href='x'>", "&amp;", "&#0;", "<script>", "\\", "> ", "|", "<", "\n\n", "\n", "\t", "   ")
_WHOLE = (
    "**{}**",
    "_{}_",
    "`{}`",
    "[{}](https://a.example/p?q=1)",
    "\n# {}\n",
    "\n- {}\n",
    "\n```\n{}\n```\n",
    "![{}](https://a.example/i.png)",
)


def generated(chance: random.Random, longest: int) -> str:
    """A text of up to so many characters; every word in it carries a number of its own."""
    kinds = [_WORDS] * chance.randint(1, 30) + [_ODD] * chance.randint(0, 2)
    kinds += [_MARKUP] * chance.randint(0, 6) + [_HTML] * chance.randint(0, 4) + [_WHOLE] * chance.randint(0, 6)
    length, pieces, number = int(longest * chance.random() ** 2) + 1, ["start"], 0
    size = 0
    while size < length:
        kind = chance.choice(kinds)
        piece = chance.choice(kind)
        number += 1
        if kind is _WORDS:
            piece = f"{piece}w{number}w" + chance.choice((" ", " ", " ", "", ", ", ". "))
        elif kind is _WHOLE:
            piece = piece.format(f"w{number}w") + " "
        pieces.append(piece)
        size += len(piece)
    return "".join(pieces)[:longest]


def visible(text: str) -> list[str]:
    """The numbers of the words in a text, in order: what no markup may take away."""
    return [part for part in text.split("w") if part.isdecimal()]
