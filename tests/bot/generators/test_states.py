"""What a model has read is kept, the latest used, in at most so many bytes."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from transformers import DynamicCache

from bot.generators.causal_steps import CausalSteps
from bot.generators.states import States, size_of
from bot.generators.weights import load

BEFORE, ONE, OTHER = [5, 9, 14, 3], [77, 21, 40], [8, 2]


def read(number: int, tokens: int = 4) -> DynamicCache:
    """A cache of two layers that holds `number` everywhere: 2 layers x 2 x 8 numbers of 4 bytes a token."""
    cache = DynamicCache()
    for layer in range(2):
        cache.update(
            torch.full((1, 1, tokens, 8), float(number)), torch.full((1, 1, tokens, 8), float(number)), layer
        )
    return cache


def key(number: int) -> tuple[str, tuple[int, ...]]:
    return "", (number,)


def test_the_latest_used_are_kept_as_far_as_there_is_room() -> None:
    assert size_of(read(1)) == 512
    states = States(1024)
    states.keep(key(1), read(1))
    states.keep(key(2), read(2))
    assert states.copy(key(1)) is not None  # and so the second is the one that was not used for longest
    states.keep(key(3), read(3))
    assert [states.copy(key(number)) is not None for number in (1, 2, 3)] == [True, False, True]
    states.keep(key(4), read(4, tokens=9))
    assert [states.copy(key(number)) is not None for number in (1, 3, 4)] == [True, True, False]


def test_whoever_goes_on_changes_nothing_that_is_kept() -> None:
    states = States(1024)
    states.keep(key(1), read(1))
    for _ in range(2):
        cache = states.copy(key(1))
        assert cache is not None
        assert cache.get_seq_length() == 4
        cache.update(torch.ones(1, 1, 1, 8), torch.ones(1, 1, 1, 8), 0)


def test_after_what_comes_again_a_text_is_as_likely_as_after_what_is_read_anew(tiny: Path) -> None:
    steps = CausalSteps(load(str(tiny), "float32"))
    for text in (ONE, OTHER, ONE):
        anew = steps.likelihood([*BEFORE, *text], len(text))
        assert steps.likelihood([*BEFORE, *text], len(text), comes_again=True) == pytest.approx(anew, abs=1e-5)


def test_what_comes_again_is_read_once_for_each_variant_of_the_model(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, began = CausalSteps(load(str(tiny), "float32")), list[int]()
    step = steps._step

    def counted(ids: Sequence[int], cache: DynamicCache) -> int:
        began.append(len(ids))
        return step(ids, cache)

    monkeypatch.setattr(steps, "_step", counted)
    for variant in ("", "", "shop", ""):
        steps.likelihood([*BEFORE, *ONE], len(ONE), comes_again=True, variant=variant)
    assert began == [3, 3]
