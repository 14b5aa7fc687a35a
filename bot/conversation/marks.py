"""Places in a stream of events: "0", "17" or "1700000000000-3". Knows no server.

Marks come back from browsers: one that is no mark means the beginning, so that nothing is missed.
"""

import re

_MARK = re.compile(r"([0-9]{1,20})(?:-([0-9]{1,20}))?", re.ASCII)
_LARGEST = 2**64 - 1
START = (0, 0)


def position(mark: str) -> tuple[int, int]:
    """The two numbers of a mark; those of the beginning for what is none."""
    found = _MARK.fullmatch(mark)
    if not found:
        return START
    milliseconds, number = int(found[1]), int(found[2] or 0)
    return (milliseconds, number) if max(milliseconds, number) <= _LARGEST else START


def clean(mark: str) -> str:
    """The mark as a server takes it."""
    return "{}-{}".format(*position(mark))


def later(mark: str, than: str) -> bool:
    """Whether a mark comes after another."""
    return position(mark) > position(than)
