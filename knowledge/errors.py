"""Everything that can go wrong with knowledge, in one tree. Each message names the place and the cure.

KnowledgeError
├── CorpusError       a source cannot be read: `faq.csv:17: no column 'answer'`
├── SnapshotError     a snapshot cannot be used
│   ├── SnapshotMissing    there is none
│   ├── SnapshotDamaged    a file is not what the manifest says
│   └── EmbedderMismatch   it was built with another embedder
└── EmbedderError     the embedder cannot be loaded
"""


class KnowledgeError(Exception):
    """Base of all errors of this package; its text is one line fit for a person."""


class CorpusError(KnowledgeError):
    """A source cannot be read as entries."""


class SnapshotError(KnowledgeError):
    """A snapshot cannot be used."""


class SnapshotMissing(SnapshotError):
    """There is no snapshot in the folder."""


class SnapshotDamaged(SnapshotError):
    """A file of the snapshot differs from its manifest."""


class EmbedderMismatch(SnapshotError):
    """The snapshot was built with another embedder than the one at hand."""


class EmbedderError(KnowledgeError):
    """An embedder cannot be loaded."""
