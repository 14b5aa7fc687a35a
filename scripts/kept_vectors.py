"""Keeps vectors on the disk, so that a set is embedded once and measured often. Knows no text by itself.

A vector lies under the digest of its embedder's name, of what it stands for (a question or a passage) and of its
text, so that another model or another text never gets it.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from bot.app import open_embedder
from bot.settings import Settings
from knowledge.embedders.base import Embedder, Vectors
from knowledge.embedders.remembering import RememberingEmbedder

_FILE = "evaluation.sqlite"
_AT_ONCE = 128  # texts, whose vectors are kept even if the work is broken off after them


class KeptEmbedder(RememberingEmbedder):
    """An embedder whose vectors outlast the process. For one thread; several processes may share the folder."""

    def __init__(self, model: Embedder, folder: Path) -> None:
        """Keep what `model` gives in a file of `folder`, which is made where it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(model)
        self._kept = sqlite3.connect(folder / _FILE, timeout=60)
        with self._kept:
            self._kept.execute("CREATE TABLE IF NOT EXISTS vectors (digest BLOB PRIMARY KEY, vector BLOB)")

    def close(self) -> None:
        """Close the file."""
        self._kept.close()

    def _remembered(self, kind: str, texts: Sequence[str], embed: Callable[[Sequence[str]], Vectors]) -> Vectors:
        digests = {text: self._digest(kind, text) for text in texts}
        found = {text: vector for text, digest in digests.items() if (vector := self._read(digest)) is not None}
        new = [text for text in digests if text not in found]
        for start in range(0, len(new), _AT_ONCE):
            some = new[start : start + _AT_ONCE]
            vectors = embed(some).astype(np.float32)
            with self._kept:
                rows = [(digests[text], vector.tobytes()) for text, vector in zip(some, vectors, strict=True)]
                self._kept.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)
            found.update(zip(some, vectors, strict=True))
        return np.array([found[text] for text in texts], np.float32).reshape(-1, self.dimension)

    def _digest(self, kind: str, text: str) -> bytes:
        return hashlib.sha256("\0".join((self.name, kind, text)).encode()).digest()

    def _read(self, digest: bytes) -> Vectors | None:
        row = self._kept.execute("SELECT vector FROM vectors WHERE digest = ?", (digest,)).fetchone()
        return np.frombuffer(row[0], np.float32) if row else None


def kept(name: str, settings: Settings | None = None) -> KeptEmbedder:
    """The embedder of this name, with its vectors in the user's cache."""
    chosen = settings or Settings()
    return KeptEmbedder(open_embedder(chosen, name), chosen.cache_dir / "evaluation")
