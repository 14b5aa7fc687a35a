"""Has words of agents put differently, and turns translated, by the engine. Sends nothing.

Knows the engine's queue and the knowledge in use; what it gives was guarded, and a suggestion's words were checked
against the entries that it rests on.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.answering.check import check_sentence
from bot.answering.engine import Engine
from bot.answering.guard import Guarded
from bot.answering.support import SpanSupport
from bot.answering.wording import Shown, Style, Wish, Wording, Writer
from bot.conversation.messages import Conversation
from knowledge.corpus.entry import Entry
from knowledge.corpus.split import sentences
from knowledge.language import detect
from knowledge.retriever import Retriever

NEEDED, NEEDED_ACROSS = 0.5, 0.3
"""The least support of a suggestion's sentence by its entries, in their language and in another (see `Manner`)."""


class NothingWrites(Exception):
    """Generating is switched off (KEFU_GENERATE)."""


class Writing:
    """One engine's writing; `writer` is None where generating is switched off."""

    def __init__(self, engine: Engine, writer: Writer | None, retriever: Callable[[], Retriever]) -> None:
        self._engine = engine
        self._writer = writer
        self._retriever = retriever

    async def write(self, wish: Wish, show: Shown, entries: Sequence[str] = ()) -> Wording:
        """The wish's words. With ids of `entries` each sentence must be supported by them, too.

        Cancelling stops the generator. Raises NothingWrites and EngineClosed.
        """
        writer = self._writer
        if writer is None:
            raise NothingWrites("generating is switched off: KEFU_GENERATE=true switches it on")

        def work(hear: Shown, cancelled: threading.Event) -> Wording:
            made = writer.write(wish, hear, cancelled)
            return self._checked(made, entries) if made.text and entries else made

        return await self._engine.work(work, show)

    def _checked(self, made: Wording, names: Sequence[str]) -> Wording:
        retriever, wanted = self._retriever(), set(names)
        entries = [entry for entry in retriever.entries if entry.id in wanted]
        support = SpanSupport(retriever)
        for span in sentences(made.text):
            needed = _needed(made.language, entries)
            if not check_sentence(span.text, entries, support, needed, made.language).passed:
                return replace(made, text="", guarded=Guarded(other=("unsupported",)))
        return made


def customers_language(known: Conversation) -> str:
    """What the customer writes, as the last of their turns tell; as the conversation is known, else English."""
    said = [turn.text for turn in known.turns if turn.role == "customer" and not turn.text.startswith("/")]
    return detect(" ".join(said[-3:]), default=known.state.language or "en")


def translation(text: str, language: str) -> Wish:
    """A translation of `text` into `language`."""
    return Wish(text, Style.TRANSLATE, language)


def _needed(language: str, entries: Sequence[Entry]) -> float:
    same = all(entry.language in {"", language} for entry in entries)
    return NEEDED if same else NEEDED_ACROSS
