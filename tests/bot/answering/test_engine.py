import asyncio
import threading
from collections.abc import Callable

import pytest

from bot.answering.answer import Answer, Mode, Outcome, Question, Sentence
from bot.answering.engine import Engine, EngineClosed


class Slow:
    """Answers with its question's text, sentence by sentence, as long as it is let."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.cancelled = threading.Event()
        self.running = 0
        self.most = 0
        self._lock = threading.Lock()

    def answer(
        self, question: Question, release: Callable[[Sentence], None], cancelled: threading.Event | None = None
    ) -> Answer:
        assert cancelled is not None
        with self._lock:
            self.running += 1
            self.most = max(self.most, self.running)
        release(Sentence(question.text))
        while not self.go.wait(0.01):
            if cancelled.is_set():
                self.cancelled.set()
                break
        with self._lock:
            self.running -= 1
        return Answer(Outcome.ANSWERED, Mode.VERBATIM, question.text, "en", 1.0)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.005)


async def test_sentences_arrive_in_the_callers_loop_before_the_answer() -> None:
    slow, seen = Slow(), []
    engine = Engine(slow)
    main = threading.get_ident()
    asking = asyncio.create_task(
        engine.answer(Question("hello"), lambda s: seen.append((s.text, threading.get_ident())))
    )
    await until(lambda: bool(seen))
    assert not asking.done()
    slow.go.set()
    assert (await asking).text == "hello"
    assert seen == [("hello", main)]
    engine.close()


async def test_no_more_than_its_threads_run_at_once() -> None:
    slow = Slow()
    engine = Engine(slow, threads=2)
    asked = [asyncio.create_task(engine.answer(Question(str(n)))) for n in range(6)]
    await until(lambda: slow.running == 2)
    slow.go.set()
    assert [answer.text for answer in await asyncio.gather(*asked)] == [str(n) for n in range(6)]
    assert slow.most == 2
    engine.close()


async def test_cancelling_the_caller_cancels_the_answer_and_shows_nothing_more() -> None:
    slow, seen = Slow(), []
    engine = Engine(slow)
    asking = asyncio.create_task(engine.answer(Question("hello"), seen.append))
    await until(lambda: slow.running == 1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await until(slow.cancelled.is_set)
    engine.close()


async def test_closing_stops_what_runs_and_takes_no_more() -> None:
    slow = Slow()
    engine = Engine(slow)
    asking = asyncio.create_task(engine.answer(Question("hello")))
    await until(lambda: slow.running == 1)
    await asyncio.to_thread(engine.close)
    assert slow.cancelled.is_set()
    await asking
    with pytest.raises(EngineClosed):
        await engine.answer(Question("again"))


async def test_a_new_answerer_takes_over_for_new_questions_only() -> None:
    old, new = Slow(), Slow()
    engine = Engine(old)
    first = asyncio.create_task(engine.answer(Question("first")))
    await until(lambda: old.running == 1)
    engine.replace(new)
    second = asyncio.create_task(engine.answer(Question("second")))
    await until(lambda: new.running == 1)
    assert old.running == 1
    old.go.set()
    new.go.set()
    assert (await first).text == "first"
    assert (await second).text == "second"
    engine.close()
