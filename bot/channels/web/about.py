"""What a page or a site tells of its customer, cut to what agents need. Knows no HTTP and no store.

Nothing here is refused for its size or its content: a customer's message must not fail for what a page says besides.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote, urlsplit

MOST = 20
"""Attributes of one kind."""
LONGEST_PAGE, LONGEST_TITLE, LONGEST_NAME, LONGEST_VALUE = 500, 200, 40, 200
LONGEST_ALL = 2_000
"""Characters of all attributes of one kind together, their names included."""
HIDDEN = "…"
"""Stands in an address for what may be a secret or somebody's name."""

_HOST = re.compile(r"([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", re.ASCII)
_PARAMETER = re.compile(r"[\w.\[\]-]{1,40}", re.ASCII)
_RUN = re.compile(r"\w+", re.ASCII)
_LONGEST_WORD = 19  # what is longer and has digits, or letters of both cases, is a token, not a word
_NUMBER = re.compile(r"\d{9}|\+\d[\d .()-]{7}", re.ASCII)  # of a phone, an account, a card
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_MOST_QUOTED = 5  # times over; what is quoted still more often is hidden
_PATH = "/%:!$&'()*+,;=-._~"


def in_words(text: str) -> str:
    """The text on one line, of what can be shown: no control characters, none that turn the writing's direction."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def shortened(text: str, most: int) -> str:
    """The text in words, of so many characters at most."""
    shown = in_words(text)
    return shown if len(shown) <= most else shown[: most - 1] + HIDDEN


def page_of(address: str) -> str:
    """A page's origin, path and the names of its parameters; nothing for what is no address of the web.

    Values and the fragment hold tokens and addresses of people: they are left out. What looks like one in the path
    or among the names is HIDDEN, and so is the end of what is too long.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    host = parts.netloc.rpartition("@")[2].lower()
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        return ""
    names = filter(None, (pair.partition("=")[0] for pair in parts.query.split("&")))
    shown = "&".join(dict.fromkeys(name if _is_name(name) else HIDDEN for name in names))
    path = "/".join(HIDDEN if _is_secret(each) else _quoted(each) for each in parts.path.split("/"))
    page = f"{parts.scheme}://{host}{path or '/'}{'?' if shown else ''}{shown}"
    return page if len(page) <= LONGEST_PAGE else re.sub("%.?$", "", page[: LONGEST_PAGE - 1]) + HIDDEN


def attributes_of(told: Mapping[str, object]) -> dict[str, str]:
    """Texts, numbers, and yes or no, each as a short text under a short name; all else is left out."""
    kept: dict[str, str] = {}
    left = LONGEST_ALL
    for given, value in told.items():
        name, text = shortened(given, LONGEST_NAME), shortened(_text(value), LONGEST_VALUE)
        left -= len(name) + len(text)
        if len(kept) == MOST or left < 0:
            break
        if name and text:
            kept.setdefault(name, text)
    return kept


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""


def _is_name(parameter: str) -> bool:
    return bool(_PARAMETER.fullmatch(parameter)) and not _is_secret(parameter)


def _is_secret(part: str) -> bool:
    for _ in range(_MOST_QUOTED):
        if (plain := unquote(part)) == part:
            break
        part = plain
    else:
        return True
    runs = (run for run in _RUN.findall(part) if len(run) > _LONGEST_WORD)
    return "@" in part or bool(_NUMBER.search(part) or _UUID.search(part)) or any(map(_is_token, runs))


def _is_token(run: str) -> bool:
    return bool(re.search(r"\d", run)) or run not in (run.lower(), run.upper())


def _quoted(part: str) -> str:
    return quote(part, safe=_PATH, errors="replace")
