"""Where asynchronous callers meet the synchronous answerer: the only place that moves work to threads.

Knows no channel and no conversation. A generator brings its own thread; the threads here find, decide and check.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Protocol, TypeVar

from bot.answering.answer import Answer, Question, Release
from bot.answering.cache import AnswerCache, Flight, Flights, GivenUp, Key, given_again, key_of

Said = TypeVar("Said")
Made = TypeVar("Made")
Work = Callable[[Callable[[Said], None], threading.Event], Made]
"""Makes something: hands out what may be shown of it meanwhile, and stops when the event is set."""


class Answers(Protocol):
    """What the engine runs: `Answerer`, or anything that answers like it."""

    def answer(self, question: Question, release: Release, cancelled: threading.Event | None = None) -> Answer:
        """The checked answer to `question`."""


class EngineClosed(Exception):
    """The engine was closed; nothing is answered any more."""


class Engine:
    """Answers questions for coroutines, at most `threads` at once; others wait in their order.

    Who asks what is just being answered, or was answered before, gets that very answer; `kept` are kept.
    """

    def __init__(self, answerer: Answers, threads: int = 4, kept: int = 1000) -> None:
        self._answerer = answerer
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="answer")
        self._flights = Flights()
        self._kept = kept
        self._cache = AnswerCache(kept)
        self._works: set[threading.Event] = set()
        self._closed = False

    @property
    def answerer(self) -> Answers:
        """What answers now."""
        return self._answerer

    def replace(self, answerer: Answers) -> None:
        """Answer from now on with another answerer (a new snapshot). Answers in the making keep theirs."""
        self._answerer, self._cache = answerer, AnswerCache(self._kept)

    async def answer(self, question: Question, release: Release = lambda sentence: None) -> Answer:
        """The answer; `release` is called in the caller's loop for each sentence as it passes its check.

        Cancelling the last caller who waits for it stops the generation within two tokens.
        """
        if self._closed:
            raise EngineClosed("the engine was closed")
        started = time.monotonic()
        with _hearing(asyncio.get_running_loop(), release) as hear:
            # The cache stands for its answerer: what another one is just answering is not joined.
            shared = key_of(question)
            key = (self._cache, shared) if shared else object()
            flight, new = self._flights.join(key, hear)
            try:
                first = new and self._start(flight, key, question, shared)
                answer = await asyncio.wrap_future(flight.landed)
            except GivenUp:  # who still waits sees this only when the engine was closed
                raise EngineClosed("the engine was closed") from None
            finally:
                flight.leave(hear)
        return answer if first else given_again(answer, time.monotonic() - started)

    async def work(self, work: "Work[Said, Made]", hear: Callable[[Said], None]) -> Made:
        """What `work` makes, in its turn among the answers; `hear` is called in the caller's loop as it goes on.

        Cancelling the caller stops it. Raises EngineClosed.
        """
        if self._closed:
            raise EngineClosed("the engine was closed")
        cancelled = threading.Event()
        self._works.add(cancelled)
        try:
            with _hearing(asyncio.get_running_loop(), hear) as heard:
                return await asyncio.wrap_future(self._pool.submit(work, heard, cancelled))
        except RuntimeError:
            if not self._closed:
                raise
            raise EngineClosed("the engine was closed") from None
        finally:
            cancelled.set()
            self._works.discard(cancelled)

    def close(self) -> None:
        """Stop all answers in the making and take no more."""
        self._closed = True
        self._flights.give_up()
        for cancelled in tuple(self._works):
            cancelled.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _start(self, flight: Flight, key: object, question: Question, shared: Key | None) -> bool:
        """Have the answer made, or give one again that is kept; whether it is made."""
        answerer, cache = self._answerer, self._cache

        def land(answer: Answer) -> None:
            if shared and not flight.cancelled.is_set():
                cache.put(shared, answer)

        # Looked for only now: an answer that landed after another look would be made a second time.
        if shared and (kept := cache.get(shared)):
            flight.fly(partial(_repeat, kept), land)
            self._flights.end(key, flight)
            return False
        try:
            job = self._pool.submit(flight.fly, partial(answerer.answer, question), land)
        except RuntimeError:  # the pool was shut down
            flight.landed.set_exception(EngineClosed("the engine was closed"))
            self._flights.end(key, flight)
        else:
            job.add_done_callback(partial(self._ended, flight, key))
        return True

    def _ended(self, flight: Flight, key: object, job: "Future[None]") -> None:
        if job.cancelled():
            flight.landed.set_exception(EngineClosed("the engine was closed"))
        self._flights.end(key, flight)


@contextlib.contextmanager
def _hearing(loop: asyncio.AbstractEventLoop, release: Callable[[Said], None]) -> Iterator[Callable[[Said], None]]:
    """What takes sentences from any thread and tells them to `release` in the loop, as long as one is inside."""
    inside = True

    def tell(sentence: Said) -> None:
        if inside:
            release(sentence)

    def hear(sentence: Said) -> None:
        # A loop that was closed is no reason to keep the answer from others.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(tell, sentence)

    try:
        yield hear
    finally:
        inside = False


def _repeat(answer: Answer, release: Release, cancelled: threading.Event) -> Answer:
    for sentence in answer.sentences:
        release(sentence)
    return answer
