"""Keeps a draft sound, whatever a generator writes. Knows text, no model and no server."""

import contextlib
import re
from collections.abc import Iterable, Iterator

from bot.generators.base import GenerationFailed, Pieces

# Control tokens of the families of models in use, where a server or a tokenizer lets them out as text.
_CONTROL = re.compile(
    r"<\|[^\s<>]{1,40}\|>|</?s>|<(?:pad|unk|eos|bos|extra_id_\d+|(?:start|end)_of_turn)>|\[/?INST\]"
)
_MAY_BEGIN = re.compile(r"<[^\s<>]{0,44}\Z|\[/?[INST]{0,4}\Z")
# Of the control characters only tabs and the ends of lines are text.
_BROKEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff]")
_HIGH = re.compile(r"[\ud800-\udbff]\Z")

_REPEATS = 3
_LEAST_LOOP = 48  # characters
_LONGEST_PERIOD = 160  # characters


class DraftUnsound(GenerationFailed):
    """What came next is no text for a customer; what came before stays valid."""


def sound(pieces: Pieces) -> Pieces:
    """The same text up to its first control token, where it ends.

    Raises DraftUnsound where it loops or holds what is no character, and GenerationFailed for every other error.
    """
    with contextlib.closing(pieces):
        try:
            yield from _without_loops(_until_control(_whole_characters(pieces)))
        except GenerationFailed:
            raise
        # Whatever else a generator throws shall fail the draft and not the answer.
        except Exception as error:
            raise GenerationFailed(f"the generator failed: {type(error).__name__}") from error


def whole_pairs(pieces: Iterable[str]) -> Iterator[str]:
    """The same text, where the two halves of a surrogate pair came apart, joined to their character."""
    kept = ""
    for piece in pieces:
        kept += piece
        ends = _HIGH.search(kept)
        given, kept = (kept[: ends.start()], kept[ends.start() :]) if ends else (kept, "")
        if given:
            yield given.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    if kept:
        yield kept


def _whole_characters(pieces: Iterable[str]) -> Iterator[str]:
    for piece in whole_pairs(pieces):
        if broken := _BROKEN.search(piece):
            if broken.start():
                yield piece[: broken.start()]
            raise DraftUnsound(f"the draft holds U+{ord(broken[0]):04X}")
        yield piece


def _until_control(pieces: Iterable[str]) -> Iterator[str]:
    kept = ""
    for piece in pieces:
        kept += piece
        if control := _CONTROL.search(kept):
            if control.start():
                yield kept[: control.start()]
            return
        begun = _MAY_BEGIN.search(kept)
        given, kept = (kept[: begun.start()], kept[begun.start() :]) if begun else (kept, "")
        if given:
            yield given
    if kept:
        yield kept


def _without_loops(pieces: Iterable[str]) -> Iterator[str]:
    text = ""
    for piece in pieces:
        text = (text + piece)[-_REPEATS * _LONGEST_PERIOD - len(piece) :]
        if _loops(text):
            raise DraftUnsound("the draft repeats itself")
        yield piece


def _loops(text: str) -> bool:
    """Whether the end of `text` is one unit over and over."""
    for period in range(1, min(_LONGEST_PERIOD, len(text) // _REPEATS) + 1):
        length = max(_LEAST_LOOP, _REPEATS * period)
        end = text[-length:]
        # A line of dashes is one too, and harmless.
        if len(end) == length and end[period:] == end[:-period] and any(map(str.isalnum, end[:period])):
            return True
    return False
