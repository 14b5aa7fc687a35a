"""What `kefu eval` runs: labelled questions through the real search. Prints nothing."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from bot.answering.answer import BOT, CUSTOMER, PastTurn, Question
from bot.answering.find import Search, find
from bot.answering.question import whole
from knowledge.corpus.entry import Entry
from knowledge.embedders.base import Embedder
from knowledge.embedders.choice import choose_default
from knowledge.evaluation import Ranking
from knowledge.labelled import Query, Ward
from knowledge.language import detect
from knowledge.retriever import Retriever
from knowledge.snapshot.builder import Calibrate, build

SEARCH = Search(k=20)
"""Deeper than for an answer, so that places beyond the fifth can be told."""

_BATCH = 64
_TELLING = 200  # texts that tell a language
Progress = Callable[[int, int], None]


def rankings(
    wards: Sequence[Ward], embedder: Embedder, context: bool, progress: Progress, calibrate: Calibrate | None = None
) -> list[Ranking]:
    """What is found for every query, ward by ward, each through a snapshot of its own, calibrated if told how."""
    total, found = sum(len(ward.queries) for ward in wards), list[Ranking]()
    for ward in wards:
        with tempfile.TemporaryDirectory(prefix="kefu-") as folder:  # an open snapshot is all in memory
            snapshot = build(ward.entries, [], embedder, Path(folder), calibrate=calibrate)
            retriever = Retriever(snapshot, embedder)
        for batch in _batches(ward.queries):
            found += _found(retriever, batch, context)
            progress(len(found), total)
    return found


def embedder_for(texts: Sequence[str]) -> str:
    """The default embedder for texts of one language."""
    some = " ".join(texts[:_TELLING])
    return choose_default([Entry("texts", some, language=detect(some))])


def _found(retriever: Retriever, queries: Sequence[Query], context: bool) -> list[Ranking]:
    asked = [
        (whole(_question(query, context)), detect(query.text, default=retriever.main_language)) for query in queries
    ]
    calibration = retriever.calibration
    search = SEARCH.by(calibration) if calibration else SEARCH
    return [
        Ranking(
            query.id,
            tuple(hit.entry.id for hit in finding.hits),
            finding.confidence,
            query.gold,
            query.kind,
            query.group,
            calibration.threshold if calibration else None,
            finding.known,
        )
        for query, finding in zip(queries, find(retriever, asked, search), strict=True)
    ]


def _question(query: Query, context: bool) -> Question:
    turns = query.context if context else ()
    return Question(query.text, tuple(PastTurn(CUSTOMER if t.role == CUSTOMER else BOT, t.text) for t in turns))


def _batches(queries: Sequence[Query]) -> Iterator[list[Query]]:
    remaining = iter(queries)
    while batch := list(islice(remaining, _BATCH)):
        yield batch
