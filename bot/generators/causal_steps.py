"""Continues token ids greedily, one by one, and keeps the state of prompts' fixed beginnings. Knows no text."""

import copy
import os
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any

import torch

from bot.generators.states import States
from bot.generators.weights import Check, Loaded, end_tokens

# A prompt is read in pieces, so that a stop is heeded in between.
_PIECE = 256
_KEPT = 4
# What was read of texts that come again before others: some 20 pages with half a billion weights.
_KEPT_BYTES = 64 * 2**20
# Writing a token is made of some 170 short products. Threads that meet after each of them wait for the slowest:
# all cores are faster on a quiet machine, and come to a standstill where something else wants one.
_SHARE_OF_CORES = 2


class CausalSteps:
    """A model with the key-value caches of the last few fixed beginnings. To be used by one thread."""

    def __init__(self, loaded: Loaded) -> None:
        self._model: Any = loaded.model
        self._device = loaded.device
        self._ends = end_tokens(loaded)
        self._kept: OrderedDict[tuple[str, tuple[int, ...]], Any] = OrderedDict()
        self._states = States(_KEPT_BYTES)
        self._reading_threads = torch.get_num_threads()
        self._writing_threads = min(self._reading_threads, max(1, (os.cpu_count() or 1) // _SHARE_OF_CORES))

    def tokens(self, ids: Sequence[int], fixed: Sequence[int], check: Check, variant: str = "") -> Iterator[int]:
        """Yield the ids that follow `ids`, without end, until the model ends its turn (whose mark is not given).

        `fixed` are the first ids that come again in other prompts; where `ids` does not begin so, they are no help.
        What was kept of them serves the same `variant` of the model alone.
        """
        try:
            cache, done = self._begin(ids, fixed, check, variant)
            token = self._read(ids[done:], cache, check)
            while token not in self._ends:
                yield token
                check()
                token = self._step([token], cache)
        finally:
            # Part of this number is the whole process's: leave it as it was found.
            torch.set_num_threads(self._reading_threads)

    def likelihood(self, ids: Sequence[int], last: int, *, comes_again: bool = False, variant: str = "") -> float:
        """The mean natural log-probability a token of the `last` ids after those before them, in one pass.

        Where what stands before `comes_again`, it is read once, and kept for the same `variant` of the model.
        """
        torch.set_num_threads(self._reading_threads)
        before = ids[: -last - 1] if comes_again else ()
        cache = self._read_before(before, variant) if before else None
        with torch.inference_mode():
            batch = torch.tensor([list(ids[len(before) :])], device=self._device)  # (1, what is not read yet)
            told = self._model(batch, cache=cache, use_cache=cache is not None, logits_to_keep=last + 1)
            wanted = torch.tensor(list(ids[-last:]), device=self._device)
            logits = told.logits[0, :-1].float()  # (last, vocabulary)
            return float(torch.log_softmax(logits, dim=-1).gather(1, wanted[:, None]).mean())

    def _read_before(self, ids: Sequence[int], variant: str) -> Any:
        """A cache that has read these ids, to go on with."""
        key = variant, tuple(ids)
        cache = self._states.copy(key)
        if cache is None:
            cache = self._empty()
            self._read(ids, cache, lambda: None)
            self._states.keep(key, cache)
        return cache

    def _begin(self, ids: Sequence[int], fixed: Sequence[int], check: Check, variant: str) -> tuple[Any, int]:
        """A cache that has read the first ids, and how many."""
        if not fixed or len(fixed) >= len(ids) or list(ids[: len(fixed)]) != list(fixed):
            return self._empty(), 0
        key = variant, tuple(fixed)
        if key not in self._kept:
            cache = self._empty()
            self._read(fixed, cache, check)
            self._kept[key] = cache
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        with torch.inference_mode():
            return copy.deepcopy(self._kept[key]), len(fixed)

    def _empty(self) -> Any:
        from transformers import DynamicCache

        return DynamicCache(config=self._model.config)

    def _read(self, ids: Sequence[int], cache: Any, check: Check) -> int:
        token = -1
        for start in range(0, len(ids), _PIECE):
            check()
            token = self._step(ids[start : start + _PIECE], cache)
        return token

    def _step(self, ids: Sequence[int], cache: Any) -> int:
        """Read `ids` into `cache`; the likeliest next id."""
        torch.set_num_threads(self._reading_threads if len(ids) > 1 else self._writing_threads)
        with torch.inference_mode():
            batch = torch.tensor([list(ids)], device=self._device)  # (1, len(ids))
            logits = self._model(batch, cache=cache, use_cache=True, logits_to_keep=1).logits
            return int(logits[0, -1].argmax())
