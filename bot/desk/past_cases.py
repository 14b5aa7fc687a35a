"""Past conversations that an owner brings along, as cases: a file `cases.jsonl` beside the snapshots.

A line is a conversation: {"id", "turns": [{"role": "customer|agent|bot", "text"}], "started"?}. Knows no store.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import structlog

from bot.conversation.messages import BOT
from bot.desk.cases import Case
from knowledge.corpus.read_text import read_text
from knowledge.corpus.records import Record, records
from knowledge.errors import CorpusError

_log = structlog.get_logger(__name__)

FILE = "cases.jsonl"
MOST = 1_000
"""Cases of a file that are looked at, the last ones."""
_LONGEST = 500  # characters of a question


class PastCases:
    """The cases of the file in `folder`, read again when it changes; none while there is no such file."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._seen = -1
        self._cases: list[Case] = []

    def __call__(self) -> Sequence[Case]:
        """All cases. What cannot be read is told in the log and shows none."""
        try:
            changed = self._file.stat().st_mtime_ns
        except OSError:
            self._seen, self._cases = -1, []
            return []
        if changed != self._seen:
            self._seen, self._cases = changed, _read(self._file)
        return self._cases


def _read(file: Path) -> list[Case]:
    try:
        lines = list(records(read_text(file, str(file))))
        return [case for record in lines for case in _cases_of(record)][-MOST:]
    except (CorpusError, OSError) as error:
        _log.warning("the past cases cannot be read", error=str(error))
        return []


def _cases_of(record: Record) -> Iterator[Case]:
    """Each reply of an agent with what was asked; of the bot, where no agent speaks."""
    turns = [(turn.text("role"), turn.text("text")) for turn in record.records("turns")]
    speaker = "agent" if any(role == "agent" for role, _ in turns) else BOT
    at = _seconds(record.text("started"))
    asked: list[str] = []
    for role, text in turns:
        if role == "customer":
            asked.append(text)
        elif role == speaker and asked and text.strip():
            yield Case("", "\n".join(asked)[-_LONGEST:], text, BOT if speaker == BOT else "", at)
            asked = []


def _seconds(started: str) -> float:
    try:
        return datetime.fromisoformat(started).timestamp()
    except ValueError:
        return 0.0
