"""Lets people correct the knowledge: proposals, their review, and the snapshot that follows. Knows no HTTP."""

import asyncio
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from knowledge.corpus.entry import Entry, Place
from knowledge.corpus.load import tidied
from knowledge.corrections import FILE, Correction, Status, corrected, judged, keep_correction, read_corrections
from knowledge.embedders.base import Embedder
from knowledge.errors import CorpusError, KnowledgeError
from knowledge.snapshot.builder import build
from knowledge.snapshot.reader import open_current
from knowledge.written import Written, digest, read_written, with_written


class CorrectionRefused(Exception):
    """A correction cannot be taken; its text is one line fit for a person."""


class Correcting:
    """The corrections of the knowledge in `folder`, whose snapshots are built with `embedder`."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self._folder = folder
        self._embedder = embedder
        self._writing = asyncio.Lock()

    async def listed(self) -> list[Correction]:
        """All of them as they stand, the last proposed first."""
        return (await asyncio.to_thread(read_corrections, self._folder))[::-1]

    async def propose(self, correction: Correction) -> Correction:
        """Keep a proposal; it changes nothing yet. CorrectionRefused when it names what is not there."""
        async with self._writing:
            return await asyncio.to_thread(self._propose, correction)

    async def judge(self, name: str, status: Status, reviewer: str) -> Correction:
        """Approve or reject a proposal; what is approved is in a new snapshot when this returns."""
        async with self._writing:
            return await asyncio.to_thread(self._judge, name, status, reviewer)

    def _propose(self, correction: Correction) -> Correction:
        known = {entry.id for entry in open_current(self._folder).contents.entries}
        if correction.act == "add":
            correction = _with_entry(correction)
        elif correction.entry not in known:
            raise CorrectionRefused("there is no such entry any more: look for it again")
        keep_correction(self._folder, correction)
        return correction

    def _judge(self, name: str, status: Status, reviewer: str) -> Correction:
        known = {each.id: each for each in read_corrections(self._folder)}
        if name not in known:
            raise CorrectionRefused("there is no such correction")
        if known[name].status != "pending":
            raise CorrectionRefused(f"it was {known[name].status} already, by {known[name].reviewer}")
        after = judged(known[name], status, reviewer)
        if status == "approved":
            self._approve(known[name], after)
        else:
            keep_correction(self._folder, after)
        return after

    def _approve(self, before: Correction, after: Correction) -> None:
        self._try(after)
        try:
            written = read_written(self._folder)
        except CorpusError as error:
            raise CorrectionRefused(str(error)) from error
        keep_correction(self._folder, after)
        try:
            self._build(read_corrections(self._folder), written)
        except Exception:
            # It would go live with the next build, and who approved it was told that it failed.
            keep_correction(self._folder, before)
            raise

    def _try(self, correction: Correction) -> None:
        """Refuse what would leave nothing to answer from, before it is kept."""
        if not corrected(open_current(self._folder).contents.entries, [correction]):
            raise CorrectionRefused("the last entry cannot be left out")

    def _build(self, corrections: Sequence[Correction], written: Mapping[str, Written]) -> None:
        while True:
            old = open_current(self._folder)
            entries = with_written(corrected(old.contents.entries, corrections), written)
            entries = _with_questions_of(old.contents.entries, entries)
            calibration = old.calibration
            # How sure one may be changes little with one entry; `kefu calibrate` finds it out anew.
            build(
                entries,
                [self._folder / FILE],
                self._embedder,
                self._folder,
                calibrate=lambda *_, kept=calibration: kept,
            )
            # Another process may have kept one, and built without ours, meanwhile.
            after = read_corrections(self._folder)
            if after == corrections:
                return
            corrections = after


def new_correction(**fields: object) -> Correction:
    """A proposal of now, with an id of its own."""
    return Correction(id=uuid.uuid4().hex, at=time.time(), **fields)  # type: ignore[arg-type]


def _with_questions_of(before: Sequence[Entry], entries: Sequence[Entry]) -> list[Entry]:
    """The entries with none of a machine's questions but those they had: nobody has looked through newer ones yet."""
    had = {(entry.id, digest(entry)): entry.written for entry in before}
    kept = {entry.id: had.get((entry.id, digest(entry)), ()) for entry in entries}
    return [replace(each, written=tuple(text for text in each.written if text in kept[each.id])) for each in entries]


def _with_entry(correction: Correction) -> Correction:
    """The proposal of a new entry as a loader would have read it, under an id of its own."""
    name = f"desk-{correction.id[:12]}"
    raw = Entry(name, correction.answer, correction.question, language=correction.language, place=Place(FILE, 0))
    try:
        (entry,) = tidied([raw], FILE)
    except (KnowledgeError, ValueError) as error:
        raise CorrectionRefused(f"this cannot be an entry: {error}") from error
    return Correction(
        **{
            **correction.to_json(),
            "tags": correction.tags,
            "entry": name,
            "question": entry.question,
            "answer": entry.answer,
            "language": entry.language,
        }
    )
