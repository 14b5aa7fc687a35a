import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from bot.answering.answer import Answer, Mode, Outcome, PastTurn, Question, Reason, Sentence
from bot.answering.cache import AnswerCache, Flights, given_again, key_of
from bot.answering.engine import Engine, EngineClosed
from tests.bot.answering.conftest import MakeAnswerer, Scripted

RETURNS = "How long can I return goods?"
DRAFT = "Return shipping costs 4.90 €. You can return goods within 30 days."


def answer(text: str = "30 days.", outcome: Outcome = Outcome.ANSWERED, whole: bool = True) -> Answer:
    return Answer(outcome, Mode.VERBATIM, text, "en", 0.9, (Sentence(text),), whole=whole)


class Counting:
    """Answers in two sentences, when it is let, and counts how often it was asked."""

    def __init__(self, made: Callable[[str], Answer] = lambda text: answer()) -> None:
        self.asked: list[str] = []
        self.go = threading.Event()
        self.go.set()
        self.stopped = 0
        self._made = made

    def answer(
        self, question: Question, release: Callable[[Sentence], None], cancelled: threading.Event | None = None
    ) -> Answer:
        assert cancelled is not None
        self.asked.append(question.text)
        release(Sentence("One."))
        while not self.go.wait(0.005):
            if cancelled.is_set():
                self.stopped += 1
                return answer("One.")
        release(Sentence("Two."))
        return replace(self._made(question.text), sentences=(Sentence("One."), Sentence("Two.")))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.002)


@pytest.mark.parametrize(
    "same",
    ["how long can i return goods", "  How long\ncan I return goods ?", "Ｈow long can I return goods？", RETURNS],
)
def test_what_tells_no_question_apart_is_one_question(same: str) -> None:
    assert key_of(Question(same)) == key_of(Question(RETURNS)) is not None


@pytest.mark.parametrize(
    "other",
    [
        RETURNS.upper(),
        f"{RETURNS}!",
        "How long can I return goods in 2 weeks?",
        "How long can't I return goods?",
        "How long can I return goods..",
    ],
)
def test_what_may_tell_questions_apart_keeps_them_apart(other: str) -> None:
    assert key_of(Question(other)) != key_of(Question(RETURNS))


def test_the_language_that_was_hinted_at_is_part_of_the_question() -> None:
    assert key_of(Question("ok", language="de")) != key_of(Question("ok", language="zh"))


@pytest.mark.parametrize(
    "question",
    [Question(RETURNS, (PastTurn("customer", "Hi"),)), Question(RETURNS, waiting=True), Question(" \n")],
)
def test_what_hangs_on_a_conversation_is_nobody_elses(question: Question) -> None:
    assert key_of(question) is None


def test_keeps_the_answers_that_were_asked_for_last() -> None:
    cache = AnswerCache(2)
    first, second, third = (("a", ""), ("b", ""), ("c", ""))
    cache.put(first, answer("1"))
    cache.put(second, answer("2"))
    assert cache.get(first) is not None
    cache.put(third, answer("3"))
    assert [cache.get(key) is not None for key in (first, second, third)] == [True, False, True]
    assert len(cache) == 2


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.ANSWERED])
def test_keeps_nothing_but_answers(outcome: Outcome) -> None:
    cache = AnswerCache(2)
    cache.put(("a", ""), answer(outcome=outcome))
    cache.put(("b", ""), answer(whole=False))
    assert len(cache) == 0


def test_a_cache_without_room_keeps_nothing() -> None:
    cache = AnswerCache(0)
    cache.put(("a", ""), answer())
    assert cache.get(("a", "")) is None


def test_an_answer_that_is_given_again_tells_so() -> None:
    again = given_again(answer(), 0.25)
    assert again.seconds == {"cached": 0.25, "total": 0.25}
    assert again.text == answer().text


def test_threads_that_come_at_once_fill_one_cache() -> None:
    cache = AnswerCache(50)

    def fill(number: int) -> None:
        for turn in range(200):
            key = (str((number * 7 + turn) % 80), "")
            cache.put(key, answer(key[0]))
            kept = cache.get(key)
            assert kept is None or kept.text == key[0]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(fill, range(8)))
    assert len(cache) == 50


def test_one_of_many_threads_flies_and_all_hear_the_same() -> None:
    flights, together = Flights(), threading.Barrier(10)
    heard: list[list[str]] = [[] for _ in range(10)]
    flown: list[bool] = []

    def job(release: Callable[[Sentence], None], cancelled: threading.Event) -> Answer:
        for number in range(50):
            release(Sentence(str(number)))
        return answer()

    def ask(own: list[str]) -> str:
        together.wait(5)
        flight, new = flights.join("key", lambda sentence: own.append(sentence.text))
        flown.append(new)
        if new:
            flight.fly(job, lambda made: None)
        return flight.landed.result(5).text

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(ask, heard)) == {"30 days."}
    assert flown.count(True) == 1
    assert all(own == [str(number) for number in range(50)] for own in heard)


async def test_ten_who_ask_the_same_at_once_cost_one_answer() -> None:
    counting = Counting()
    counting.go.clear()
    engine = Engine(counting)
    heard: list[list[str]] = [[] for _ in range(10)]

    def ask(own: list[str]) -> asyncio.Task[Answer]:
        return asyncio.create_task(engine.answer(Question(RETURNS), lambda sentence: own.append(sentence.text)))

    early = [ask(own) for own in heard[:5]]
    await until(lambda: all(own == ["One."] for own in heard[:5]))
    # Who comes late hears what was said before first.
    late = [ask(own) for own in heard[5:]]
    await until(lambda: all(own == ["One."] for own in heard))
    counting.go.set()
    answers = await asyncio.gather(*early, *late)
    assert counting.asked == [RETURNS]
    assert all(own == ["One.", "Two."] for own in heard)
    assert ["cached" in answer.seconds for answer in answers].count(False) == 1
    engine.close()


async def test_who_asks_again_hears_every_sentence_in_order_and_costs_no_answer() -> None:
    counting = Counting()
    engine = Engine(counting)
    first = await engine.answer(Question(RETURNS))
    heard: list[str] = []
    again = await engine.answer(Question(RETURNS.lower()), lambda sentence: heard.append(sentence.text))
    assert heard == ["One.", "Two."] == [sentence.text for sentence in first.sentences]
    assert counting.asked == [RETURNS]
    assert (again.text, again.sentences) == (first.text, first.sentences)
    assert "cached" in again.seconds
    assert "cached" not in first.seconds
    engine.close()


async def test_a_kept_answer_waits_for_no_thread() -> None:
    counting = Counting()
    engine = Engine(counting, threads=1)
    await engine.answer(Question(RETURNS))
    counting.go.clear()
    busy = asyncio.create_task(engine.answer(Question("another question")))
    await until(lambda: len(counting.asked) == 2)
    assert "cached" in (await asyncio.wait_for(engine.answer(Question(RETURNS)), 5)).seconds
    counting.go.set()
    await busy
    engine.close()


async def test_questions_in_a_conversation_are_answered_one_by_one() -> None:
    counting = Counting()
    engine = Engine(counting)
    question = Question(RETURNS, (PastTurn("customer", "Hello"),))
    for _ in range(2):
        assert "cached" not in (await engine.answer(question)).seconds
    assert len(counting.asked) == 2
    engine.close()


async def test_a_new_answerer_forgets_what_the_old_one_said() -> None:
    old, new = Counting(), Counting(lambda text: answer("60 days."))
    engine = Engine(old)
    await engine.answer(Question(RETURNS))
    engine.replace(new)
    assert (await engine.answer(Question(RETURNS))).text == "60 days."
    assert len(new.asked) == 1
    engine.close()


async def test_what_the_old_answerer_is_saying_is_neither_joined_nor_kept() -> None:
    old, new = Counting(), Counting(lambda text: answer("60 days."))
    old.go.clear()
    engine = Engine(old)
    first = asyncio.create_task(engine.answer(Question(RETURNS)))
    await until(lambda: bool(old.asked))
    engine.replace(new)
    assert (await engine.answer(Question(RETURNS))).text == "60 days."
    old.go.set()
    assert (await first).text == "30 days."
    assert (await engine.answer(Question(RETURNS))).text == "60 days."
    assert len(new.asked) == 1
    engine.close()


async def test_who_leaves_takes_the_answer_from_nobody() -> None:
    counting = Counting()
    counting.go.clear()
    engine = Engine(counting)
    leaving, staying = (asyncio.create_task(engine.answer(Question(RETURNS))) for _ in range(2))
    await until(lambda: bool(counting.asked))
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    counting.go.set()
    assert (await staying).text == "30 days."
    assert (counting.stopped, len(counting.asked)) == (0, 1)
    engine.close()


async def test_an_answer_that_all_have_left_stops_and_is_not_kept() -> None:
    counting = Counting()
    counting.go.clear()
    engine = Engine(counting)
    asking = [asyncio.create_task(engine.answer(Question(RETURNS))) for _ in range(3)]
    await until(lambda: bool(counting.asked))
    for task in asking:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    await until(lambda: counting.stopped == 1)
    counting.go.set()
    assert "cached" not in (await engine.answer(Question(RETURNS))).seconds
    assert len(counting.asked) == 2
    engine.close()


async def test_who_left_before_their_turn_cost_nothing() -> None:
    counting = Counting()
    counting.go.clear()
    engine = Engine(counting, threads=1)
    busy = asyncio.create_task(engine.answer(Question("first")))
    await until(lambda: counting.asked == ["first"])
    waiting = asyncio.create_task(engine.answer(Question("second")))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    counting.go.set()
    await busy
    await engine.answer(Question("third"))
    assert counting.asked == ["first", "third"]
    engine.close()


async def test_all_are_told_what_broke_and_the_next_one_tries_again() -> None:
    def broken(text: str) -> Answer:
        raise OSError("gone")

    failing = Counting(broken)
    failing.go.clear()
    engine = Engine(failing)
    asking = [asyncio.create_task(engine.answer(Question(RETURNS))) for _ in range(3)]
    await until(lambda: bool(failing.asked))
    failing.go.set()
    told = await asyncio.gather(*asking, return_exceptions=True)
    assert [str(error) for error in told] == ["gone"] * 3
    with pytest.raises(OSError, match="gone"):
        await engine.answer(Question(RETURNS))
    assert len(failing.asked) == 2
    engine.close()


async def test_who_still_stands_in_line_when_it_closes_is_told_so() -> None:
    counting = Counting()
    counting.go.clear()
    engine = Engine(counting, threads=1)
    busy = asyncio.create_task(engine.answer(Question("first")))
    await until(lambda: bool(counting.asked))
    waiting = asyncio.create_task(engine.answer(Question("second")))
    await asyncio.sleep(0)
    await asyncio.to_thread(engine.close)
    await busy
    with pytest.raises(EngineClosed):
        await waiting


async def test_a_real_generator_writes_once_for_ten(make_answerer: MakeAnswerer) -> None:
    generator = Scripted(DRAFT)
    engine = Engine(make_answerer(generator, compose=True))
    answers = await asyncio.gather(*(engine.answer(Question(RETURNS)) for _ in range(10)))
    assert len(generator.prompts) == 1
    assert {answer.text for answer in answers} == {DRAFT}
    assert {answer.mode for answer in answers} == {Mode.GENERATED}
    engine.close()


async def test_a_refusal_is_thought_over_each_time(make_answerer: MakeAnswerer) -> None:
    engine = Engine(make_answerer())
    for _ in range(2):
        refused = await engine.answer(Question("Which wine goes with salmon?"))
        assert (refused.reason, "cached" in refused.seconds) == (Reason.MISSING_KNOWLEDGE, False)
    engine.close()
