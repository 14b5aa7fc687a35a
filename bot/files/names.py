"""Names of files as they may be shown and saved: no path, no trick of direction, the ending that the content has."""

import re
import unicodedata

from bot.files.base import Kind

LONGEST = 100
"""Characters of a name, its ending included."""
_ENDINGS = {kind: (f".{kind}",) for kind in Kind} | {
    Kind.JPEG: (".jpg", ".jpeg", ".jpe"),
    Kind.TXT: (".txt", ".text", ".md", ".log"),
}
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def clean_name(name: str, kind: Kind) -> str:
    """The last part of a path, without what cannot be seen or saved, ending as its kind does.

    Marks of direction would let "exe.png" be read as "gnp.exe": they go.
    """
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(char for char in unicodedata.normalize("NFC", last) if _visible(char))
    shown = " ".join(re.sub(r'[<>:"|?*%]', "_", shown).split()).rstrip(". ")
    ending = next((each for each in _ENDINGS[kind] if shown.casefold().endswith(each)), "")
    stem = shown[: -len(ending)] if ending else shown
    ending = ending or _ENDINGS[kind][0]
    stem = stem[: LONGEST - len(ending)].strip(". ") or "file"
    return ("_" if _RESERVED.match(stem) else "") + stem + ending


def _visible(char: str) -> bool:
    return char == " " or unicodedata.category(char)[0] not in "CZ"
