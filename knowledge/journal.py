"""A log of JSON lines beside the snapshots: what is known now is what the last line of each thing says.

Knows files; knows nothing of what the lines mean.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from knowledge.errors import CorpusError
from knowledge.snapshot.layout import exclusive

T = TypeVar("T")


def read_journal(path: Path, made: Callable[[dict[str, Any]], T], what: str) -> Iterator[T]:
    """What `made` makes of each line, in their order; nothing where there is no file.

    CorpusError names a line of which it makes no `what`.
    """
    if not path.exists():
        return
    # Not splitlines: it also breaks at characters that JSON leaves as they are, such as U+2028 and U+0085.
    text = path.read_text("utf-8")
    for number, line in enumerate(text.removesuffix("\n").split("\n") if text else (), 1):
        try:
            yield made(json.loads(line))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise CorpusError(f"{path}:{number}: no {what} ({error}): mend or remove the line") from error


def append_journal(path: Path, record: dict[str, Any]) -> None:
    """Write a line; it is on the disk when this returns. One process at a time writes in the folder."""
    line = json.dumps(record, ensure_ascii=False) + "\n"
    with exclusive(path.parent), path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
