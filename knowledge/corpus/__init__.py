"""Sources in, entries out. Knows nothing of vectors, snapshots and answering."""

from knowledge.corpus.entry import Entry, Place
from knowledge.corpus.load import LOADERS, load_sources

__all__ = ["LOADERS", "Entry", "Place", "load_sources"]
