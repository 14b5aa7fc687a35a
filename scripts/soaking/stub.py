"""An answerer that repeats what it was asked, after a while, or breaks on purpose. Knows no model."""

import os
import sys
import threading
import time

from bot.answering.answer import Answer, Mode, Outcome, Question, Release, Sentence

PIECE = 0.01  # seconds between looks whether to go on; a real generator looks at every token


class Stub:
    """Answers "re: …" with the words of the question, so that a judge sees which messages an answer was for.

    Words in the question make it misbehave: "raise" fails, "abort" ends the process without a goodbye.
    """

    def __init__(self, seconds: float = 0.0, sentences: int = 1, loud: bool = False) -> None:
        self._seconds = seconds
        self._sentences = sentences
        self._loud = loud

    def answer(self, question: Question, release: Release, cancelled: threading.Event | None = None) -> Answer:
        asked = " ".join(question.text.split())
        self._tell("begin", asked)
        if "abort" in asked:
            os.abort()
        if "raise" in asked:
            raise RuntimeError("asked to fail")
        said = []
        for number in range(self._sentences):
            self._take_time(cancelled)
            if cancelled is not None and cancelled.is_set():
                break
            said.append(Sentence(f"re: {asked}" if number == 0 else f"{number}.", ("entry",)))
            release(said[-1])
        self._tell("end", asked)
        text = " ".join(sentence.text for sentence in said)
        return Answer(Outcome.ANSWERED, Mode.VERBATIM, text, "en", 0.9, tuple(said), seconds={"total": self._seconds})

    def _take_time(self, cancelled: threading.Event | None) -> None:
        deadline = time.monotonic() + self._seconds / self._sentences
        while (left := deadline - time.monotonic()) > 0 and not (cancelled and cancelled.is_set()):
            time.sleep(min(PIECE, left))

    def _tell(self, what: str, asked: str) -> None:
        if self._loud:
            sys.stdout.write(f"{time.monotonic():.3f} {what} {asked}\n")
            sys.stdout.flush()
