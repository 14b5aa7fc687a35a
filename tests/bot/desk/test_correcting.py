"""What a correction takes over of what a machine wrote, and what stands when it cannot be published."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.desk.correcting import Correcting, CorrectionRefused, new_correction
from knowledge.corrections import read_corrections
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.snapshot.builder import build
from knowledge.snapshot.reader import open_current
from knowledge.written import FILE, Written, digest, keep_written, read_written, with_written
from tests.bot.channels.web.office import HOURS, RETURNS


async def test_a_corrected_entry_loses_its_written_questions_and_the_others_keep_theirs(tmp_path: Path) -> None:
    embedder = HashingEmbedder()
    for entry, text in ((RETURNS, "too late to bring it back?"), (HOURS, "closing time")):
        keep_written(tmp_path, Written(entry.id, digest(entry), (text,), "model@1"))
    build(with_written([RETURNS, HOURS], read_written(tmp_path)), [], embedder, tmp_path)
    desk = Correcting(tmp_path, embedder)

    shorter = await desk.propose(new_correction(act="replace", entry="hours", answer="From ten to four."))
    await desk.judge(shorter.id, "approved", "Noor")

    found = {entry.id: entry for entry in open_current(tmp_path).contents.entries}
    assert found["hours"].answer == "From ten to four."
    assert (found["returns"].written, found["hours"].written) == (("too late to bring it back?",), ())


async def test_what_was_written_since_the_last_build_waits_for_the_next_one(tmp_path: Path) -> None:
    embedder = HashingEmbedder()
    first = Written(RETURNS.id, digest(RETURNS), ("too late to bring it back?", "is it free?"), "model@1")
    keep_written(tmp_path, first)
    build(with_written([RETURNS, HOURS], read_written(tmp_path)), [], embedder, tmp_path)
    keep_written(tmp_path, replace(first.without("is it free?"), questions=(first.questions[0], "not looked at")))
    keep_written(tmp_path, Written(HOURS.id, digest(HOURS), ("closing time",), "model@1"))
    desk = Correcting(tmp_path, embedder)

    added = await desk.propose(
        new_correction(act="add", entry="", question="Do you repair lamps?", answer="Yes, bring it.")
    )
    await desk.judge(added.id, "approved", "Noor")

    found = [entry.written for entry in open_current(tmp_path).contents.entries]
    assert found == [("too late to bring it back?",), (), ()]


async def test_what_cannot_be_published_stays_a_proposal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = HashingEmbedder()
    before = build([RETURNS, HOURS], [], embedder, tmp_path).id
    desk = Correcting(tmp_path, embedder)
    shorter = await desk.propose(new_correction(act="replace", entry="hours", answer="From ten to four."))
    (tmp_path / FILE).write_text('{"entry": "hou')
    with pytest.raises(CorrectionRefused, match=f"{FILE}:1"):
        await desk.judge(shorter.id, "approved", "Noor")
    assert [each.status for each in read_corrections(tmp_path)] == ["pending"]

    (tmp_path / FILE).unlink()
    with monkeypatch.context() as patched:
        patched.setattr("bot.desk.correcting.build", _fail)
        with pytest.raises(OSError, match="full"):
            await desk.judge(shorter.id, "approved", "Noor")
    assert [each.status for each in read_corrections(tmp_path)] == ["pending"]
    assert open_current(tmp_path).id == before

    await desk.judge(shorter.id, "approved", "Noor")
    assert [each.status for each in read_corrections(tmp_path)] == ["approved"]


def _fail(*_: object, **__: object) -> None:
    raise OSError("the disk is full")
