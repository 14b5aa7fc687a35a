"""Chooses which findings are spoken of. Knows confidences and scores; knows no entry's text."""

from collections.abc import Iterator, Sequence

from bot.answering.decide import Finding

EQUAL = 0.06
"""Two entries fit equally up to this difference of relevance: less than half of what is typical."""

_MOST = 3


def spoken_of(findings: Sequence[Finding], threshold: float) -> list[Finding]:
    """What is sure enough of the things asked one by one, and of the whole message where these are not all.

    The finding of the whole message is the last one, and the only one where one thing is asked. Beside another that
    is sure each needs half the confidence, for what the message is about is then known.
    """
    *one_by_one, whole = findings
    least = threshold / 2 if any(f.hits and f.confidence >= threshold for f in one_by_one) else threshold
    sure = [finding for finding in one_by_one if finding.hits and finding.confidence >= least]
    if len(sure) < max(len(one_by_one), 1) and whole.hits and whole.confidence >= least:
        sure.insert(0, whole)
    spoken = (each for finding in sure for each in _with_its_equal(finding))
    return list({finding.best.entry.id: finding for finding in spoken}.values())[:_MOST]


def _with_its_equal(finding: Finding) -> Iterator[Finding]:
    """The finding, and that of the next entry where it fits as well and the words of the question speak for it."""
    yield finding
    if len(finding.hits) > 1:
        best, second = finding.hits[:2]
        near = best.relevance - second.relevance <= EQUAL and best.entry.language == second.entry.language
        if near and second.coverage > best.coverage:
            yield Finding(finding.part, finding.hits[1:], finding.confidence)
