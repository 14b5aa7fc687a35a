"""Keeps what a model has read, the latest used, in at most so many bytes. Knows ids and caches; no text, no model."""

import copy
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from torch import Tensor

Key = tuple[str, tuple[int, ...]]
"""The variant of a model, and the ids that it has read."""


class States:
    """Key-value caches by what they have read. To be used by one thread."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[Key, Any] = OrderedDict()
        self._sizes: dict[Key, int] = {}

    def copy(self, key: Key) -> Any | None:
        """A cache to go on with that has read just these ids; None where there is none."""
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return copy.deepcopy(self._kept[key])

    def keep(self, key: Key, cache: Any) -> None:
        """Keep a copy of `cache`, and as many of the others as there is room for; nothing that is too large alone."""
        if (size := size_of(cache)) > self._most:
            return
        self._sizes[key] = size
        self._kept[key] = copy.deepcopy(cache)
        self._kept.move_to_end(key)
        while sum(self._sizes.values()) > self._most:
            oldest, _ = self._kept.popitem(last=False)
            del self._sizes[oldest]


def size_of(cache: Any) -> int:
    """The bytes of a cache's tensors."""
    return sum(tensor.nbytes for layer in cache.layers for tensor in _tensors(layer))


def _tensors(layer: Any) -> Iterator[Tensor]:
    return (value for value in vars(layer).values() if isinstance(value, Tensor))
