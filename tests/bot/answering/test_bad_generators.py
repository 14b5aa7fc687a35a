"""Whatever a generator does, the customer gets an answer: a checked one, or that of a cheaper mode."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from bot.answering.answer import Answer, Mode, Outcome, Question, Sentence
from bot.answering.answerer import Answerer, Policy
from bot.answering.speak import Manner, Speaker
from bot.answering.support import SpanSupport
from bot.answering.trace import recorded
from bot.generators.base import ChatMessage, DeadlineExceeded, Generator, Limits, Pieces, Prompt
from bot.generators.breaker import Breaker
from bot.generators.extractive import ExtractiveGenerator
from bot.generators.remote import Patience, RemoteGenerator
from knowledge.retriever import Retriever
from tests.fakes.faulty_chat import (
    FaultyChat,
    Manners,
    event,
    faulty_chat,
    hanging,
    repeating,
    sending,
    status,
    tearing,
    well,
)

RETURNS = "How long can I return goods?"
TRUE = "You can return goods within 30 days. "
ALSO = "Return shipping costs 4.90 €. "
QUOTED = "You can return goods within 30 days. Return shipping costs 4.90 €."

Write = Callable[[Limits], Iterator[str]]


class Odd:
    """A generator that does what the test says, without regard to limits."""

    name = "odd"
    context = 4096

    def __init__(self, write: Write, breaks: Exception | None = None) -> None:
        self._write = write
        self._breaks = breaks

    def count_tokens(self, messages: Sequence[ChatMessage]) -> int:
        if self._breaks:
            raise self._breaks
        return sum(len(message.content) for message in messages) // 3

    def generate(self, prompt: Prompt, limits: Limits) -> Pieces:
        yield from self._write(limits)

    def close(self) -> None:
        pass


Ask = Callable[[Generator], Answer]


@pytest.fixture
def released() -> list[Sentence]:
    return []


@pytest.fixture
def ask(retriever: Retriever, released: list[Sentence]) -> Ask:
    def ask(generator: Generator) -> Answer:
        manner = Manner(compose=True, quote_limit=300, needed_support=0.2, seconds=2.0, tokens=200)
        speaker = Speaker(generator, ExtractiveGenerator(), SpanSupport(retriever), manner)
        answer = Answerer(retriever, speaker, Policy()).answer(Question(RETURNS), released.append)
        # What is kept and sent must be writable as JSON and UTF-8.
        json.dumps(answer.to_json(), ensure_ascii=False).encode()
        return answer

    return ask


def pieces(*texts: object) -> Write:
    return lambda limits: iter(texts)  # type: ignore[arg-type]


def breaking(error: Exception, *texts: str) -> Write:
    def write(limits: Limits) -> Iterator[str]:
        yield from texts
        raise error

    return write


def forever(*texts: str) -> Write:
    def write(limits: Limits) -> Iterator[str]:
        while True:
            yield from texts

    return write


def hanging_for_all_its_time(limits: Limits) -> Iterator[str]:
    threading.Event().wait(limits.deadline - time.monotonic())
    yield from ()
    raise DeadlineExceeded("the time for the draft was over")


NOTHING_GOOD = {
    "nothing": pieces(),
    "empty pieces": pieces("", "", ""),
    "white space": pieces(" \n\t \n"),
    "a loop of syllables": forever("ha "),
    "a loop of false sentences": forever("You can return goods within 60 days. "),
    "a control token": pieces("<|im_end|>", TRUE),
    "the prompt's frame": pieces("<|im_start|>assistant\n", TRUE),
    "half a surrogate": pieces("\ud83d"),
    "half a surrogate in a sentence": pieces("You can return \ud83d goods within 30 days. "),
    "zeros": pieces("\x00" * 50),
    "broken bytes": pieces("You can return goods\ufffd within 30 days. "),
    "no text at all": pieces(None),
    "bytes": pieces(TRUE.encode()),
    "an error at once": breaking(RuntimeError("CUDA error: device-side assert")),
    "no memory": breaking(MemoryError()),
    "half a sentence": pieces("You can return goods within"),
    "all its time": hanging_for_all_its_time,
    "Chinese": pieces("您可以在30天内退货。退货运费为4.90 €。"),
    "Spanish": pieces("Usted puede devolver los productos dentro de 30 days. "),
    "German": pieces("Sie können die Ware innerhalb von 30 days zurückgeben. "),
}


@pytest.mark.parametrize("write", NOTHING_GOOD.values(), ids=NOTHING_GOOD)
def test_a_bad_draft_becomes_the_quoted_entry(ask: Ask, released: list[Sentence], write: Write) -> None:
    answer = ask(Odd(write))
    assert (answer.outcome, answer.mode, answer.text) == (Outcome.ANSWERED, Mode.VERBATIM, QUOTED)
    assert tuple(released) == answer.sentences


GOOD_AT_FIRST = {
    "a loop": forever(TRUE),
    "a control token": pieces(TRUE, "<|im_", "end|>\n<|im_start|>user\nAnd?"),
    "the end of a turn in a sentence": pieces(TRUE, "And you</s>"),
    "half a surrogate": pieces(TRUE, "Bye \ud83d"),
    "an error": breaking(RuntimeError("shape"), TRUE, "Return"),
    "another language": pieces(TRUE, "退货运费为4.90 €。"),
}


@pytest.mark.parametrize("write", GOOD_AT_FIRST.values(), ids=GOOD_AT_FIRST)
def test_what_was_whole_and_true_before_it_is_kept(ask: Ask, released: list[Sentence], write: Write) -> None:
    answer = ask(Odd(write))
    assert (answer.mode, answer.text) == (Mode.GENERATED, TRUE.strip())
    assert tuple(released) == answer.sentences


def test_in_the_place_of_a_false_sentence_stands_the_one_it_came_from(ask: Ask, released: list[Sentence]) -> None:
    answer = ask(Odd(pieces(TRUE, "Return shipping costs 9.90 €.")))
    assert (answer.mode, answer.text) == (Mode.GENERATED, QUOTED)
    assert tuple(released) == answer.sentences


def test_a_character_that_came_in_halves_is_whole(ask: Ask) -> None:
    answer = ask(Odd(pieces(TRUE, "Return shipping \ud83d", "\udce6 costs 4.90 €.")))
    assert answer.text.endswith("Return shipping 📦 costs 4.90 €.")


def test_a_generator_that_cannot_count_is_not_used(ask: Ask) -> None:
    assert ask(Odd(pieces(TRUE), breaks=RuntimeError("no tokenizer"))).mode is Mode.VERBATIM


def test_the_trace_tells_the_wrong_language(ask: Ask) -> None:
    with recorded() as trace:
        ask(Odd(pieces("您可以在30天内退货。")))
    assert "is in zh, not in en" in trace.drafts[0].judgements[0].objections


DRAFT = (event(TRUE), event(ALSO))
DONE = b"data: [DONE]\n\n"

BAD_SERVERS = {
    "hangs": hanging,
    "refuses": status(500),
    "is overloaded": status(429, Retry_After="3600"),
    "knows no such model": status(404),
    "signs in": sending(b"<html>", content_type="text/html"),
    "sends nothing": sending(),
    "ends at once": sending(DONE),
    "sends garbage": sending(b"data: {garbage\n\n"),
    "tears the connection": tearing(),
    "only keeps alive": repeating(b": ping\n\n"),
    "writes half a sentence": tearing(event("You can return goods within")),
    "never ends a sentence": repeating(event("and ")),
}


@pytest.fixture
def server() -> Iterator[FaultyChat]:
    with faulty_chat() as server:
        yield server


@pytest.mark.parametrize("manners", BAD_SERVERS.values(), ids=BAD_SERVERS)
def test_a_bad_server_costs_the_customer_nothing(ask: Ask, server: FaultyChat, manners: Manners) -> None:
    server.always = manners
    answer = ask(RemoteGenerator(server.url, patience=Patience(first_token=0.4, between=0.4, pauses=(0.01,))))
    assert (answer.outcome, answer.mode, answer.text) == (Outcome.ANSWERED, Mode.VERBATIM, QUOTED)


def test_the_whole_sentences_of_half_a_stream_are_used_when_they_pass(ask: Ask, server: FaultyChat) -> None:
    server.always = sending(*DRAFT, event("Also"))
    answer = ask(RemoteGenerator(server.url))
    assert (answer.mode, answer.text, answer.whole) == (Mode.GENERATED, QUOTED, False)


def test_a_false_sentence_of_half_a_stream_is_not_used(ask: Ask, server: FaultyChat) -> None:
    server.always = sending(event("You can return goods within 60 days. "), event("Also"))
    assert ask(RemoteGenerator(server.url)).text == QUOTED


def test_while_a_server_is_left_alone_answers_are_quoted_and_it_is_not_asked(ask: Ask, server: FaultyChat) -> None:
    server.always = status(500)
    generator = RemoteGenerator(server.url, patience=Patience(pauses=(0.01, 0.01)), breaker=Breaker(rest=3600))
    assert [ask(generator).mode for _ in range(4)] == [Mode.VERBATIM] * 4
    assert server.asked == 3


def test_a_healed_server_is_used_again(ask: Ask, server: FaultyChat) -> None:
    server.always = status(500)
    generator = RemoteGenerator(server.url, patience=Patience(pauses=(0.01, 0.01)), breaker=Breaker(rest=0.05))
    assert ask(generator).mode is Mode.VERBATIM
    server.always = well
    threading.Event().wait(0.1)
    assert ask(generator).mode is Mode.GENERATED


def test_no_server_at_all_costs_the_customer_nothing(ask: Ask) -> None:
    assert ask(RemoteGenerator("http://127.0.0.1:1/v1")).text == QUOTED
