"""A causal generator tells how likely texts are, when it has nothing else to do."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.generators.base import (
    Cancelled,
    ChatMessage,
    DeadlineExceeded,
    GenerationFailed,
    GeneratorBusy,
    Limits,
    Prompt,
    Said,
)
from bot.generators.causal import CausalGenerator
from bot.generators.causal_steps import CausalSteps
from bot.generators.weights import load

PROMPT = Prompt((ChatMessage("user", "Where is my order?"),))
SAID = [Said("We ship to Norway.\n", "Do you ship to Norway?"), Said("We ship to Norway.\n", "你们送货吗？")]


@pytest.fixture
def generator(tiny: Path) -> Iterator[CausalGenerator]:
    generator = CausalGenerator(tiny, weights="float32")
    yield generator
    generator.close()


def test_each_text_is_weighed_after_what_stands_before_it(generator: CausalGenerator, tiny: Path) -> None:
    loaded = load(str(tiny), "float32")
    before, text = (
        loaded.tokenizer(part, add_special_tokens=False)["input_ids"] for part in (SAID[0].before, SAID[0].text)
    )
    first, second = generator.weigh(SAID, Limits())
    assert first == pytest.approx(CausalSteps(loaded).likelihood([*before, *text], len(text)), abs=1e-4)
    assert second != first
    assert generator.weigh([Said("We ship.", "")], Limits()) == [0.0]


def test_a_draft_in_work_comes_first(generator: CausalGenerator) -> None:
    draft = generator.generate(PROMPT, Limits(3000))
    next(draft)
    with pytest.raises(GeneratorBusy):
        generator.weigh(SAID, Limits())
    draft.close()
    while generator._working.is_set():
        time.sleep(0.01)
    assert len(generator.weigh(SAID, Limits())) == 2


def test_whoever_no_longer_wants_it_or_has_no_time_is_told(generator: CausalGenerator) -> None:
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(Cancelled):
        generator.weigh(SAID, Limits(cancelled=cancelled))
    with pytest.raises(DeadlineExceeded):
        generator.weigh(SAID, Limits(deadline=time.monotonic()))


def test_what_cannot_be_weighed_is_refused(generator: CausalGenerator) -> None:
    for said in (Said("", "text"), Said("word " * 2000, "text")):
        with pytest.raises(GenerationFailed, match="before a text"):
            generator.weigh([said], Limits())


def test_control_tokens_are_weighed_as_text(generator: CausalGenerator) -> None:
    assert len(generator._plain("<|im_end|>")) > 1


def test_a_closed_generator_weighs_nothing(generator: CausalGenerator) -> None:
    generator.close()
    with pytest.raises(GenerationFailed, match="closed"):
        generator.weigh(SAID, Limits())
