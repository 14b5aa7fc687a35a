"""Says a question otherwise, without any model: what customers do to a text in haste. Knows words; no entry.

The same text gives the same paraphrases in every process.
"""

import random
import re
from collections.abc import Callable, Iterator

from knowledge.words import is_unspaced, runs, stop_words

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,:]\d+)*")
_CLAUSE = re.compile(r"[,;:，；：、]\s*")
_END = "?!.？！。"
_LONG_WORD = 5
_DROPPED = 0.25


def paraphrases(text: str) -> list[str]:
    """Other ways to say `text`, each at most once and none like `text`: keywords first, then as customers slip."""
    chance = random.Random(text)  # noqa: S311
    said = {_plain(other): other for other in (way(text, chance).strip() for way in reversed(_WAYS))}
    return [other for plain, other in reversed(said.items()) if plain and plain != _plain(text)]


def keywords(text: str, chance: random.Random) -> str:
    """The content words alone."""
    kept = [part for part in parts(text) if not _is_stop(part)]
    return joined(kept, text) if len(kept) > 1 else ""


def dropped(text: str, chance: random.Random) -> str:
    """The text without a quarter of its words, at least one."""
    found = list(parts(text))
    if len(found) < 3:
        return ""
    gone = set(chance.sample(range(len(found)), max(1, round(_DROPPED * len(found)))))
    return joined([part for at, part in enumerate(found) if at not in gone], text)


def reordered(text: str, chance: random.Random) -> str:
    """The last clause first; one clause alone is turned about in its middle."""
    body = text.strip().rstrip(_END)
    clauses = [clause for clause in _CLAUSE.split(body) if clause]
    if len(clauses) < 2:
        found = list(parts(body))
        half = len(found) // 2
        return joined([*found[half:], *found[:half]], text) if half else ""
    return (", " if body.isascii() else "，").join([clauses[-1], *clauses[:-1]])


def mistyped(text: str, chance: random.Random) -> str:
    """Two letters of a long word changed about; where words are not spaced, a character forgotten."""
    letters = list(text.strip().rstrip(_END).lower())
    long = [match.span() for match in _TOKEN.finditer("".join(letters)) if len(match.group()) >= _LONG_WORD]
    if not long:
        return ""
    first, last = chance.choice(long)
    at = chance.randrange(first + 1, last - 2)
    if is_unspaced(letters[at]):
        del letters[at]
    else:
        letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters)


_WAYS: tuple[Callable[[str, random.Random], str], ...] = (keywords, dropped, mistyped, reordered)


def parts(text: str) -> Iterator[str]:
    """Words and numbers as they are written; of an unspaced script the characters."""
    for token in _TOKEN.findall(text):
        if is_unspaced(token):
            yield from token
        else:
            yield token


def joined(parts: list[str], text: str) -> str:
    """Parts with spaces between them, unless they and `text` have none."""
    said = ""
    for part in parts:
        close = not said or (is_unspaced(part) and is_unspaced(said[-1]))
        said += part if close else f" {part}"
    return said


def _is_stop(part: str) -> bool:
    return all(run in stop_words() for run in runs(part))


def _plain(text: str) -> str:
    return "".join(runs(text))
