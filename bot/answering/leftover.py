"""Tells whether an answer leaves something open that a message asks. Knows findings; finds and writes nothing."""

from collections.abc import Sequence

from bot.answering.decide import Finding

_HARDLY = 0.25
"""Less than such a share of the confidence that an answer needs: an entry found like this answers by chance alone."""


def leaves_open(findings: Sequence[Finding], spoken: Sequence[Finding], threshold: float) -> bool:
    """Whether one of several things asked is neither among what is `spoken` of, nor of an entry that is told.

    Of the `findings` the last one is that of the whole message. Where it tells more than the others that are spoken
    of, nothing is known to be open.
    """
    *one_by_one, whole = findings
    told = {finding.part.text: finding.best.entry.id for finding in spoken}
    by_the_whole = told.pop(whole.part.text, None)
    if not told or (by_the_whole and by_the_whole not in told.values()):
        return False
    return any(
        finding.part.text not in told
        and not (finding.confidence >= _HARDLY * threshold and finding.best.entry.id in told.values())
        for finding in one_by_one
    )
