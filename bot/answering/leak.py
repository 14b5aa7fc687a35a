"""Keeps the instructions to the model from customers. Knows prompts and drafts; knows no model.

A word that means nothing, the mark, stands in the instructions. A draft that holds it, or a piece of what stands
before every question, repeats what it was told instead of answering.
"""

import contextlib
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence

from bot.generators.base import GenerationFailed, Pieces, Prompt
from knowledge.corpus.entry import Entry

_LENGTH = 10
# Words, or characters where words are not spaced. The shortest of the instructions has six. The worked examples speak
# like any shop: only more of them at once is a piece of them.
_RUN = 6
_LONG_RUN = 10
_TAIL = 600  # characters of a growing draft that are looked at again
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_Runs = frozenset[tuple[str, ...]]


class PromptLeaked(GenerationFailed):
    """A draft repeats what the model was told. Its text never says what."""


def mark_of(snapshot_id: str) -> str:
    """The mark for answers from this snapshot: ten letters.

    No customer knows the id of a snapshot, and a new one changes the mark. Chance would change it with every start,
    and with it the words of a greedy model: an answer could not be made again.
    """
    digest = hashlib.sha256(f"mark\0{snapshot_id}".encode()).digest()
    return "".join(chr(ord("a") + byte % 26) for byte in digest[:_LENGTH])


def watched(pieces: Pieces, prompt: Prompt, entries: Sequence[Entry], mark: str) -> Pieces:
    """The same pieces. Raises PromptLeaked before the piece with which a draft begins to repeat its prompt.

    What an entry says too may be said.
    """
    instructions, *examples = [message.content for message in prompt.messages[: prompt.fixed]] or [""]
    told = _runs([instructions], _RUN) | _runs(examples, _LONG_RUN)
    held = [text for entry in entries for text in (entry.title, entry.question, entry.answer)]
    told -= _runs(held, _RUN) | _runs(held, _LONG_RUN)
    draft = ""
    with contextlib.closing(pieces):
        for piece in pieces:
            draft = draft[-_TAIL:] + piece
            if (mark and _holds(draft, mark)) or _repeats(draft, told):
                raise PromptLeaked("the draft repeats its prompt")
            yield piece


def _holds(draft: str, mark: str) -> bool:
    """Whether the mark stands there, be it spelled letter by letter or from behind."""
    letters = "".join(_tokens(draft))
    return mark in letters or mark[::-1] in letters


def _repeats(draft: str, told: _Runs) -> bool:
    return any(not told.isdisjoint(_runs([draft], length)) for length in (_RUN, _LONG_RUN))


def _runs(texts: Iterable[str], length: int) -> _Runs:
    """Every run of so many words."""
    tokens = (_tokens(text) for text in texts)
    return frozenset(tuple(own[at : at + length]) for own in tokens for at in range(len(own) - length + 1))


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())
