"""What a machine wrote for an entry holds through a correction, and not for the entry that is corrected."""

from pathlib import Path

from bot.desk.correcting import Correcting, new_correction
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.snapshot.builder import build
from knowledge.snapshot.reader import open_current
from knowledge.written import Written, digest, keep_written, read_written, with_written
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
