"""The desk's office over a small knowledge that needs no model."""

from collections.abc import Callable
from pathlib import Path

from bot.channels.web.desk_book import MemoryBook
from bot.channels.web.desk_office import Office
from bot.conversation.base import Conversations
from bot.desk.cases import Cases
from bot.desk.correcting import Correcting
from bot.desk.library import Library
from knowledge.corpus.entry import Entry
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.retriever import Retriever
from knowledge.snapshot.builder import build
from knowledge.snapshot.reader import open_current

RETURNS = Entry(
    "returns",
    "You can send things back within 30 days of delivery. They must be unused and complete.",
    "How long can I return an item?",
    language="en",
)
POSTAGE = Entry("postage", "Shipping back is free within Germany.", "Who pays for return shipping?", language="en")
HOURS = Entry("hours", "The shop is open from nine to six on weekdays.", "When are you open?", language="en")


def furnished(folder: Path, conversations: Conversations) -> Office:
    """An office whose knowledge lies in `folder` and holds three entries, unless there is some already."""
    embedder = HashingEmbedder()
    if not (folder / "CURRENT").exists():
        build([RETURNS, POSTAGE, HOURS], [], embedder, folder)
    retriever = retriever_of(folder)
    return Office(MemoryBook(), Library(retriever), Cases(conversations, retriever), Correcting(folder, embedder))


def retriever_of(folder: Path) -> Callable[[], Retriever]:
    """What gives a retriever over the snapshot in use."""
    return lambda: Retriever(open_current(folder), HashingEmbedder())
