"""What every generator promises."""

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.generators.base import Cancelled, ChatMessage, DeadlineExceeded, Generator, Limits, Prompt
from bot.generators.causal import CausalGenerator
from bot.generators.extractive import ExtractiveGenerator
from bot.generators.remote import RemoteGenerator
from bot.generators.seq2seq import Seq2SeqGenerator
from tests.fakes.chat import chat_server

FIXED = (
    ChatMessage("system", "Answer with the facts."),
    ChatMessage("user", "Hi"),
    ChatMessage("assistant", "Hello"),
)
FACTS = "Facts:\n<<<\n[1] Shipping\nShipping costs 5 €. Shipping takes two days. 运费是5欧元。\n>>>\n"
LAST = ChatMessage("user", f"{FACTS}Question: shipping cost?")
PROMPT = Prompt((*FIXED, LAST), fixed=len(FIXED))


@pytest.fixture(params=["extractive", "causal", "seq2seq", "remote"])
def generator(request: pytest.FixtureRequest, tiny: Path, tiny_t5: Path) -> Iterator[Generator]:
    with contextlib.ExitStack() as stack:
        generator: Generator
        if request.param == "extractive":
            generator = ExtractiveGenerator()
        elif request.param == "causal":
            generator = CausalGenerator(tiny)
        elif request.param == "seq2seq":
            generator = Seq2SeqGenerator(tiny_t5)
        else:
            server = stack.enter_context(chat_server())
            server.pieces = [f"word{number} " for number in range(3000)]
            generator = RemoteGenerator(server.url)
        yield generator
        generator.close()


def test_writes_the_same_text_for_the_same_prompt(generator: Generator) -> None:
    first = list(generator.generate(PROMPT, Limits(20)))
    assert "".join(first)
    assert list(generator.generate(PROMPT, Limits(20))) == first


def test_stops_at_the_limit(generator: Generator) -> None:
    long = "".join(generator.generate(PROMPT, Limits(40)))
    short = "".join(generator.generate(PROMPT, Limits(4)))
    assert len(short) < len(long)
    assert long.startswith(short)


def test_writes_nothing_within_no_tokens(generator: Generator) -> None:
    assert list(generator.generate(PROMPT, Limits(0))) == []


def test_counts_more_tokens_for_more_messages(generator: Generator) -> None:
    counts = [generator.count_tokens(PROMPT.messages[:number]) for number in (1, 2, 4)]
    assert counts == sorted(set(counts))
    assert counts[-1] < generator.context


def test_has_a_name(generator: Generator) -> None:
    assert generator.name


def test_gives_up_what_is_cancelled_before_it_begins(generator: Generator) -> None:
    limits = Limits(20)
    limits.cancelled.set()
    with pytest.raises(Cancelled):
        list(generator.generate(PROMPT, limits))


def test_gives_up_after_the_deadline(generator: Generator) -> None:
    with pytest.raises(DeadlineExceeded):
        list(generator.generate(PROMPT, Limits(20, deadline=time.monotonic())))


def test_a_cancelled_draft_keeps_what_it_gave(generator: Generator) -> None:
    limits = Limits(2000)
    pieces = generator.generate(PROMPT, limits)
    assert next(pieces)
    limits.cancelled.set()
    with pytest.raises(Cancelled):
        list(pieces)


def test_an_abandoned_draft_harms_no_later_one(generator: Generator) -> None:
    whole = "".join(generator.generate(PROMPT, Limits(20)))
    abandoned = generator.generate(PROMPT, Limits(2000))
    next(abandoned)
    abandoned.close()
    assert "".join(generator.generate(PROMPT, Limits(20))) == whole


def test_may_be_called_from_several_threads(generator: Generator) -> None:
    alone = "".join(generator.generate(PROMPT, Limits(20)))
    texts: list[str] = []
    threads = [
        threading.Thread(target=lambda: texts.append("".join(generator.generate(PROMPT, Limits(20)))))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == [alone] * 3


def test_closes_twice(generator: Generator) -> None:
    generator.close()
    generator.close()
