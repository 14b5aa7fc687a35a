"""Chooses which findings are spoken of. Knows confidences, scores and a question's form; no entry's text."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.answering.decide import Finding
from bot.reading.form import asks_of_the_owner
from knowledge.language import detect

EQUAL = 0.06
"""Two entries fit equally up to this difference of relevance: less than half of what is typical."""

_MOST = 3
# What is asked of the owner's things may be anything: an entry that lacks the words needs to be this sure.
_HELD, _SURE_WITHOUT = 0.5, 0.8


def spoken_of(findings: Sequence[Finding], threshold: float) -> list[Finding]:
    """What is sure enough of the things asked one by one, and of the whole message where these are not all.

    The finding of the whole message is the last one, and the only one where one thing is asked. Beside another that
    is sure each needs half the confidence, for what the message is about is then known.
    """
    *one_by_one, whole = findings
    share = 0.5 if any(_is_sure(finding, threshold) for finding in one_by_one) else 1.0
    sure = [finding for finding in one_by_one if _is_sure(finding, threshold, share)]
    if len(sure) < max(len(one_by_one), 1) and _is_sure(whole, threshold, share):
        sure.insert(0, whole)
    spoken = (each for finding in sure for each in _with_its_equal(finding))
    return list({finding.best.entry.id: finding for finding in spoken}.values())[:_MOST]


def lacks_the_words(finding: Finding) -> bool:
    """Whether something is asked of the owner, and the entry holds too few of the words to be about just that."""
    if not finding.hits or not asks_of_the_owner(finding.part.text):
        return False
    best = finding.best
    return best.coverage < _HELD and detect(finding.part.text, default="") in {"", best.entry.language}


def _is_sure(finding: Finding, threshold: float, share: float = 1.0) -> bool:
    """Whether a finding is at least the `share` as sure as it must be."""
    needed = max(threshold, _SURE_WITHOUT) if lacks_the_words(finding) else threshold
    return bool(finding.hits) and finding.confidence >= needed * share


def _with_its_equal(finding: Finding) -> Iterator[Finding]:
    """The finding, and that of the next entry where it fits as well and the words of the question speak for it."""
    yield finding
    if len(finding.hits) > 1:
        best, second = finding.hits[:2]
        near = best.relevance - second.relevance <= EQUAL and best.entry.language == second.entry.language
        if near and second.coverage > best.coverage:
            yield replace(finding, hits=finding.hits[1:])
