"""Where asynchronous callers meet the synchronous answerer: the only place that moves work to threads.

Knows no channel and no conversation. A generator brings its own thread; the threads here find, decide and check.
"""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from bot.answering.answer import Answer, Question, Release, Sentence


class Answers(Protocol):
    """What the engine runs: `Answerer`, or anything that answers like it."""

    def answer(self, question: Question, release: Release, cancelled: threading.Event | None = None) -> Answer:
        """The checked answer to `question`."""


class EngineClosed(Exception):
    """The engine was closed; nothing is answered any more."""


class Engine:
    """Answers questions for coroutines, at most `threads` at once; others wait in their order."""

    def __init__(self, answerer: Answers, threads: int = 4) -> None:
        self._answerer = answerer
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="answer")
        self._running: set[threading.Event] = set()
        self._closed = False

    def replace(self, answerer: Answers) -> None:
        """Answer from now on with another answerer (a new snapshot). Answers in the making keep theirs."""
        self._answerer = answerer

    async def answer(self, question: Question, release: Release = lambda sentence: None) -> Answer:
        """The answer; `release` is called in the caller's loop for each sentence as it passes its check.

        Cancelling the caller stops the generation within two tokens.
        """
        if self._closed:
            raise EngineClosed("the engine was closed")
        loop = asyncio.get_running_loop()
        cancelled = threading.Event()

        def pass_on(sentence: Sentence) -> None:
            if not cancelled.is_set():
                loop.call_soon_threadsafe(release, sentence)

        self._running.add(cancelled)
        try:
            return await loop.run_in_executor(self._pool, self._answerer.answer, question, pass_on, cancelled)
        finally:
            cancelled.set()
            self._running.discard(cancelled)

    def close(self) -> None:
        """Stop all answers in the making and take no more."""
        self._closed = True
        for cancelled in list(self._running):
            cancelled.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
