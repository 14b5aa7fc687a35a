"""A served house whose answers take their time: `python -m tests.fakes.slow_house SECONDS`, with Kefu's settings.

What it says to every question is three sentences, one after the other.
"""

import asyncio
import signal
import sys
import threading
import time

from bot.answering.answer import Answer, Mode, Outcome, Question, Release, Sentence
from bot.answering.engine import Engine
from bot.app import house_of, open_brain
from bot.commands.common import knowledge_folder
from bot.serving import serve_house
from bot.settings import Settings

SENTENCES = ("This is the first sentence.", "This is the second one.", "And this is the last.")


class SlowAnswers:
    """Implements `Answers`."""

    def __init__(self, seconds: float) -> None:
        self._pause = seconds / len(SENTENCES)

    def answer(self, question: Question, release: Release, cancelled: threading.Event | None = None) -> Answer:
        said = tuple(Sentence(text, (), 1.0) for text in SENTENCES)
        for sentence in said:
            deadline = time.monotonic() + self._pause
            while time.monotonic() < deadline and not (cancelled and cancelled.is_set()):
                time.sleep(0.01)
            release(sentence)
        return Answer(Outcome.ANSWERED, Mode.GENERATED, " ".join(SENTENCES), "en", 1.0, sentences=said)


async def _serve(seconds: float) -> None:
    settings = Settings()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with house_of(open_brain(settings, knowledge_folder(settings, None))) as house:
        engine: Engine = house.engine
        engine.replace(SlowAnswers(seconds))
        await serve_house(house, stop, tell=lambda line: print(line, flush=True))  # noqa: T201


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
