"""One answer for all who ask the same at once, and for who asks it again. Knows no knowledge and no event loop.

Only questions that nothing went before are shared, and only answers out of the knowledge that came to their end are
kept; so whatever is given again was said to the very same question, by the same answerer.
"""

import re
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace

from bot.answering.answer import Answer, Outcome, Question, Release, Sentence

Key = tuple[str, str]
Job = Callable[[Release, threading.Event], Answer]
"""Makes an answer: hands its sentences out, and stops when the event is set."""

_ENDS = re.compile(r"(?<=\w)\s*(?:\.|。|[?？]+)$")


def key_of(question: Question) -> Key | None:
    """What is equal for questions that get the same answer; None for one whose answer nobody else may get.

    Case, spacing, width and a question's mark at the end tell nothing apart; but who shouts is not in the same mood.
    """
    if question.history or question.waiting or question.for_agent or not question.text.strip():
        return None
    text = " ".join(unicodedata.normalize("NFKC", question.text).split())
    calm = any(char.islower() for char in text)
    return _ENDS.sub("", text.casefold() if calm else text), question.language


class AnswerCache:
    """The last `size` answers of one answerer, by their question. May be used from several threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._answers: OrderedDict[Key, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, key: Key) -> Answer | None:
        """The answer that is kept for `key`."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
            return self._answers.get(key)

    def put(self, key: Key, answer: Answer) -> None:
        """Keep the answer, if it is one that may be given again; the one asked for longest ago gives way."""
        if answer.outcome is not Outcome.ANSWERED or not answer.whole:
            return
        with self._lock:
            self._answers[key] = answer
            self._answers.move_to_end(key)
            while len(self._answers) > self._size:
                self._answers.popitem(last=False)


def given_again(answer: Answer, seconds: float) -> Answer:
    """The answer as it is given again; its seconds are those of this time."""
    return replace(answer, seconds={"cached": seconds, "total": seconds})


class GivenUp(Exception):
    """Nobody waited for the answer any more when its turn came."""


class Flight:
    """One answer in the making, and those who wait for it. It is given up when the last of them leaves."""

    def __init__(self) -> None:
        self.landed: Future[Answer] = Future()
        # A future that runs cannot be cancelled: who leaves takes it from nobody else.
        self.landed.set_running_or_notify_cancel()
        self.cancelled = threading.Event()
        self._lock = threading.Lock()
        self._said: list[Sentence] = []
        self._listeners: list[Release] = []

    def board(self, listener: Release) -> bool:
        """Hear every sentence, those said before first. False: the flight was given up already."""
        with self._lock:
            if self.cancelled.is_set():
                return False
            for sentence in self._said:
                listener(sentence)
            self._listeners.append(listener)
            return True

    def leave(self, listener: Release) -> None:
        """Hear no more. ValueError for who is not on board."""
        with self._lock:
            self._listeners.remove(listener)
            if not self._listeners:
                self.cancelled.set()

    def release(self, sentence: Sentence) -> None:
        """Say a sentence to everybody on board."""
        with self._lock:
            self._said.append(sentence)
            for listener in self._listeners:
                listener(sentence)

    def fly(self, job: Job, landing: Callable[[Answer], None]) -> None:
        """Make the answer; `landing` gets it before those on board do. What the job raises, they are told."""
        try:
            # All may have left while it stood in line.
            if self.cancelled.is_set():
                raise GivenUp
            answer = job(self.release, self.cancelled)
            landing(answer)
        except BaseException as error:
            self.landed.set_exception(error)
        else:
            self.landed.set_result(answer)


class Flights:
    """All answers in the making. May be used from several threads."""

    def __init__(self) -> None:
        self._by_key: dict[object, Flight] = {}
        self._lock = threading.Lock()

    def join(self, key: object, listener: Release) -> tuple[Flight, bool]:
        """The flight for `key` with the listener on board, and whether it is a new one, to be flown."""
        with self._lock:
            known = self._by_key.get(key)
            if known and known.board(listener):
                return known, False
            flight = self._by_key[key] = Flight()
            flight.board(listener)
            return flight, True

    def end(self, key: object, flight: Flight) -> None:
        """Let nobody board any more."""
        with self._lock:
            if self._by_key.get(key) is flight:
                del self._by_key[key]

    def give_up(self) -> None:
        """Stop all of them."""
        with self._lock:
            for flight in self._by_key.values():
                flight.cancelled.set()
