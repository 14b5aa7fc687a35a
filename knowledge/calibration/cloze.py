"""Asks a passage without questions of its own for what one of its sentences says. Knows words; knows no vector.

A question names the passage's subject and some of what is said of it, but not all (cloze: Taylor, 1953). Together
with the sentence that answers it, it tells two things: what an answer looks like, and, with the sentence cut out of
the passage, what a passage looks like that is about the subject and yet does not answer.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.calibration.paraphrase import joined, parts
from knowledge.corpus.entry import PATH, Entry
from knowledge.corpus.split import sentences
from knowledge.words import content_words, runs, stop_words

_LEAST_WORDS = 5
_MOST_PARTS = 6
_LEFT_OUT = 0.4


@dataclass(frozen=True, slots=True)
class Cloze:
    """A question, and the `sentence` of a passage that answers it."""

    text: str
    sentence: str


def clozes(entry: Entry, most: int) -> list[Cloze]:
    """At most so many questions that different sentences of the entry answer, evenly taken; the same each time.

    None where it has but one sentence: without that there would be nothing left.
    """
    told = [span.text for span in sentences(entry.answer)]
    rich = [text for text in told if _tells(text) and entry.answer.count(text) == 1]
    if len(told) < 2 or not rich:
        return []
    chosen = _evenly(rich, most)
    subject = entry.title.split(PATH)[-1].strip()
    return [Cloze(_asked(subject, text), text) for text in chosen]


def _tells(sentence: str) -> bool:
    return len(content_words(sentence)) >= _LEAST_WORDS


def _asked(subject: str, sentence: str) -> str:
    """The subject and some stretch of the sentence's content words, a part of which is left out."""
    chance = random.Random(sentence)  # noqa: S311
    content = [part for part in parts(sentence) if not all(run in stop_words() for run in runs(part))]
    start = chance.randrange(max(1, len(content) - _MOST_PARTS + 1))
    near = content[start : start + _MOST_PARTS]
    gone = set(chance.sample(range(len(near)), round(_LEFT_OUT * len(near))))
    kept = [part for at, part in enumerate(near) if at not in gone]
    return " ".join(filter(None, (subject, joined(kept, sentence))))


def _evenly(texts: Sequence[str], most: int) -> list[str]:
    step = max(1, len(texts) // max(most, 1))
    return list(dict.fromkeys(texts))[::step][:most]
