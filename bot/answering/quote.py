"""Quotes found entries, word for word but for orders to a machine. Knows entries and hits; knows no generator."""

from collections.abc import Sequence

from bot.answering.answer import Release, Sentence, Source
from bot.answering.decide import Finding
from bot.answering.harmless import quotable
from knowledge.corpus.split import sentences
from knowledge.retriever import Hit

Quote = tuple[tuple[Sentence, ...], str, tuple[Source, ...]]
"""What was said, the same as one text, and on what it rests."""


def quote(findings: Sequence[Finding], limit: int, release: Release) -> Quote:
    """Release the entries that answer best; `limit` as of `Manner.quote_limit`."""
    hits = {hit.entry.id: hit for finding in findings for hit in _from_its_beginning(finding, limit)}
    return quote_hits(list(hits.values()), release)


def quote_hits(hits: Sequence[Hit], release: Release) -> Quote:
    """Release the entries of these hits, in their order."""
    said, texts = [], []
    for hit in hits:
        texts.append(quotable(hit.entry.answer))
        for span in sentences(texts[-1]):
            said.append(Sentence(span.text, (hit.entry.id,)))
            release(said[-1])
    return tuple(said), "\n\n".join(texts), tuple(source(hit) for hit in hits)


def source(hit: Hit) -> Source:
    """The entry of a hit, as an answer names it."""
    return Source(hit.entry.id, hit.entry.heading, hit.entry.url, hit.score)


def _from_its_beginning(finding: Finding, limit: int) -> list[Hit]:
    """The best hit; where it is a later piece of a long section, the section's first found piece before it.

    A help page answers in its first lines and goes into details behind them.
    """
    best = finding.best
    pieces = [hit for hit in finding.hits if _section(hit) == _section(best)]
    first = min(pieces, key=lambda hit: (hit.entry.place.line, hit.entry.place.start or 0))
    if first is best or len(first.entry.answer) + len(best.entry.answer) > 2 * limit:
        return [best]
    return [first, best]


def _section(hit: Hit) -> tuple[str, str, str]:
    entry = hit.entry
    # A table's row is no section: only what was cut out of running text is.
    return (entry.place.source, entry.title, entry.question) if entry.place.start is not None else ("", entry.id, "")
