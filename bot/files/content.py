"""What a file is, judged by what it holds and never by its name. Knows no store.

What could be read as something else too (a picture with a script behind it, an archive behind a picture) is refused,
whatever a browser may do with it.
"""

import re

from bot.files.archives import ends_as_archive, look_through
from bot.files.base import PICTURES, FileRefused, Kind, Limits, Why
from bot.files.pictures import pixels_of

_HEADS = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), Kind.PNG),
    (re.compile(rb"\xff\xd8\xff"), Kind.JPEG),
    (re.compile(rb"GIF8[79]a"), Kind.GIF),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), Kind.WEBP),
    (re.compile(rb"%PDF-\d"), Kind.PDF),
    (re.compile(rb"PK(\x03\x04|\x05\x06)"), Kind.ZIP),
)
_ACTIVE = re.compile(rb"<script|<html|<!doctype|<\?php|http://www\.w3\.org/2000/svg", re.IGNORECASE)
_MARKUP = re.compile(
    r"\s*(<\?xml|<!doctype|<!--|<(html|head|body|svg|script|iframe|img|object|embed|link|style|meta)\b)", re.I
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


def judge(data: bytes, name: str, limits: Limits) -> Kind:
    """What the file is. Of a text, the name tells whether it is a table. Raises FileRefused."""
    if not data:
        raise FileRefused(Why.EMPTY)
    if len(data) > limits.size:
        raise FileRefused(Why.TOO_LARGE)
    kind = next((kind for head, kind in _HEADS if head.match(data)), None)
    found = _text(data, name) if kind is None else _looked_at(data, kind, limits)
    if found not in limits.kinds:
        raise FileRefused(Why.TYPE)
    return found


def _looked_at(data: bytes, kind: Kind, limits: Limits) -> Kind:
    if kind is Kind.ZIP:
        return look_through(data, limits)
    if ends_as_archive(data) or (kind in PICTURES and _ACTIVE.search(data)):
        raise FileRefused(Why.MIXED)
    if kind in PICTURES and pixels_of(data, kind) > limits.pixels:
        raise FileRefused(Why.PIXELS)
    return kind


def _text(data: bytes, name: str) -> Kind:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise FileRefused(Why.TYPE) from None
    # A browser that guesses reads the first kilobyte and a half; a page needs its first tag there.
    if _CONTROLS.search(text) or _MARKUP.match(text) or _ACTIVE.search(data[:4096]):
        raise FileRefused(Why.TYPE)
    return Kind.CSV if name.casefold().endswith(".csv") else Kind.TXT
