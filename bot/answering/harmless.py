"""What no sentence may bring with it, however well it is supported: places to go, markup, what cannot be seen.

Knows characters and addresses; knows no entry, no model and no channel.
"""

import re
import unicodedata
from collections.abc import Iterator

from knowledge.corpus.clean import clean

_IMAGE = re.compile(r"!\s*\[")
# What leads to a web address is judged by that address.
_MARKDOWN_LINK = re.compile(r"\]\s*\(\s*(?!https?://)|\]\s*\[|^\s*\[[^\]]*\]:")
_TAG = re.compile(r"<\s*[/!?a-z]|&(?:#\w+|[a-z]\w*);", re.I)
# Braces, fences and bars are a program's words or a chat template's.
_CODE = re.compile(r"[{}`|\\<>]|\[/?[A-Z_]{3,}\]")
_WIDE = "\u3000-\u303f\u3040-\u30ff\u3400-\u9fff\uff00-\uffef"
# Browsers forgive gaps inside: "java script:".
_SCHEME = re.compile(
    rf"[a-z][a-z0-9+.\-]*:/{{1,3}}[^\s{_WIDE}]+|(?:j\s*a\s*v\s*a|v\s*b)\s*s\s*c\s*r\s*i\s*p\s*t\s*:"
    r"|\b(?:data|file|blob|about|mailto|tel|sms|tg|intent|view-source):\S+|(?<![\w:/])//[\w-]+\.\S+",
    re.I,
)
# The Chinese full stop is one of the dots that browsers take; before a Chinese word it ends a sentence.
_DOT = r"(?:\.|。(?=[a-z])|\[\.\]|\(\.\)|\{\.\})"
# No word is spaced from a domain in Chinese: a label has no such characters, but for the ends that names may have.
_DOMAIN = re.compile(
    rf"(?:(?:[^\W{_WIDE}]|-){{1,63}}{_DOT})+(?:xn--[a-z0-9-]+|[^\W\d_{_WIDE}]{{2,24}})(?![a-z0-9_-])(?::\d+)?(?:/[^\s{_WIDE}]*)?"
    r"|[\w-]+\.(?:中国|中國|公司|网络|網絡|网址|网店|商城|在线|中文网|集团|香港|台湾|台灣|新加坡|みんな)",
    re.I,
)
_NUMERIC_HOST = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])\S*")
_HANDLE = re.compile(r"(?<![a-z0-9_.+-])@[a-z]\w{2,}", re.I)
_WORD = re.compile(r"[^\W\d_]+")
_MARKDOWN_IMAGE = re.compile(r"!\s*\[([^\]\n]*)\](?:\([^)\n]*\)|\[[^\]\n]*\])?")
_HIDDEN_LINK = re.compile(r"(?<!!)\[([^\]\n]*)\]\(\s*(?!https?://|mailto:|tel:|/|#)(?:[^()\n]|\([^()\n]*\))*\)", re.I)
_SCRIPT = re.compile(r"<(script|style|iframe|svg|object)\b.*?(?:</\1\s*>|\Z)", re.I | re.S)
# Names of elements alone: "<your order number>" is a word of the owner's.
_HTML = re.compile(
    r"</?(?:a|abbr|article|audio|b|blockquote|body|br|button|code|dd|div|dl|dt|em|embed|figure|font|footer|form|h[1-6]"
    r"|head|header|hr|html|i|img|input|label|li|link|main|meta|nav|object|ol|option|p|picture|pre|s|section|select|small"
    r"|source|span|strong|sub|sup|table|tbody|td|textarea|tfoot|th|thead|tr|u|ul|video)(?:\s[^<>]*)?/?>|<!--.*?-->",
    re.I | re.S,
)
_ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")
_TRAILING = "/.,;:!?)]}*_'\"”’»。，；：！？）】"


def harms(sentence: str, source: str) -> Iterator[str]:
    """What is wrong with the form of a sentence; `source` is all that its sources say.

    Images and tags are always wrong. Code, links, domains and handles may be repeated as they stand in the source.
    """
    if clean(sentence)[1]:
        yield "holds what cannot be seen"
    text, known = (unicodedata.normalize("NFKC", each) for each in (sentence, source))
    if _IMAGE.search(text):
        yield "holds an image"
    if _TAG.search(text):
        yield "holds a tag"
    if _MARKDOWN_LINK.search(text):
        yield "holds a link in markup"
    if any(mark not in known for mark in _CODE.findall(text)):
        yield "holds code"
    for kind, pattern in (("address", _SCHEME), ("domain", _DOMAIN), ("host", _NUMERIC_HOST), ("handle", _HANDLE)):
        held = {_trimmed(match) for match in pattern.findall(known)}
        if any(_trimmed(match) not in held for match in pattern.findall(text)):
            yield f"holds a foreign {kind}"
    if any(len(_scripts(word)) > 1 and word not in known for word in _WORD.findall(text)):
        yield "mixes scripts in a word"


def quotable(text: str) -> str:
    """An entry's text as it may be quoted: of images their names are left, of HTML its words, of scripts nothing."""
    text = _SCRIPT.sub(" ", text)
    return _HTML.sub("", _MARKDOWN_IMAGE.sub(r"\1", _HIDDEN_LINK.sub(r"\1", text)))


def _trimmed(match: str) -> str:
    return match.rstrip(_TRAILING).casefold()


def _scripts(word: str) -> set[str]:
    """The alphabets in a word that have letters which look alike."""
    names = (unicodedata.name(char, "").partition(" ")[0] for char in word)
    return {name for name in names if name in _ALIKE}
