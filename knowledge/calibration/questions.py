"""Which questions are asked of the owner's knowledge to find out how sure it may be. Asks none.

An entry with several questions is asked each of them while that text is left out. One with a single question is
asked it in other words (see `paraphrase`); a passage without any is asked what its sentences say (see `cloze`).
What a machine wrote for an entry is never asked: it is there while others are, as it will be when customers ask.
"""

from dataclasses import dataclass

import numpy as np

from knowledge.calibration.cloze import clozes
from knowledge.calibration.paraphrase import paraphrases
from knowledge.confidence import is_passage
from knowledge.corpus.entry import PATH, Entry
from knowledge.lexical import Rows
from knowledge.snapshot.contents import Contents
from knowledge.subjects import NONE

MOST_ENTRIES, MOST_QUESTIONS, _MOST_OF_ONE = 400, 400, 6


@dataclass(frozen=True, slots=True)
class Held:
    """A question that the entry at `row` answers; `before` was said before it.

    `hidden` is the text, as `str.casefold` leaves it, by which the entry may not be found meanwhile; `sentence` the
    one that answers, where one does.
    """

    row: int
    text: str
    language: str
    hidden: str = ""
    before: tuple[str, ...] = ()
    sentence: str = ""


def sampled(contents: Contents) -> Rows:
    """An even sample of the rows, ascending; of copies the first ones alone."""
    rows = np.flatnonzero(contents.distinct).astype(np.int32)
    return rows[np.unique(np.linspace(0, len(rows) - 1, min(len(rows), MOST_ENTRIES)).astype(np.int32))]


def questions(contents: Contents, rows: Rows) -> list[Held]:
    """The questions of the entries at `rows`, entry by entry, each entry's evenly chosen."""
    most = min(_MOST_OF_ONE, max(1, MOST_QUESTIONS // max(len(rows), 1)))
    found = []
    for row in rows.tolist():
        entry = contents.entries[row]
        about = contents.subjects.of_rows[row] != NONE
        before = (entry.title.split(PATH)[0],) if about else ()
        asked = _of_passage(entry, most) if is_passage(entry) else _asked(entry)
        for at in np.unique(np.linspace(0, len(asked) - 1, min(len(asked), most)).astype(int)).tolist():
            text, hidden, sentence = asked[at]
            found.append(Held(row, text, entry.language, hidden, before, sentence))
    return found


def _of_passage(entry: Entry, most: int) -> list[tuple[str, str, str]]:
    """As `_asked`, of an entry without questions, with the sentence that answers."""
    return [(cloze.text, "", cloze.sentence) for cloze in clozes(entry, most)] or _asked(entry)


def _asked(entry: Entry) -> list[tuple[str, str, str]]:
    """What may be asked of an entry, the text that is hidden meanwhile, and no sentence."""
    texts = list(dict.fromkeys(text.strip() for text in (entry.question, *entry.similar) if text.strip()))
    if len(texts) > 1:
        # Who wrote questions for the entry had its own before the eyes: to ask that one would flatter.
        seen = entry.question.strip() if entry.written else ""
        return [(text, text.casefold(), "") for text in texts if text != seen]
    own = texts[0] if texts else entry.title.split(PATH)[-1].strip()
    return [(other, "", "") for other in paraphrases(own)] if own else []
