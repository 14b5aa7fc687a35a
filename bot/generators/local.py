"""Generates in this process: one thread owns the model, callers wait in a short line before it. Knows no knowledge.

How a prompt becomes ids, and how the model steps from one to the next, is each family's own.
"""

import queue
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from bot.generators.adapters import Adapters
from bot.generators.base import (
    Cancelled,
    ChatMessage,
    DeadlineExceeded,
    GenerationFailed,
    GeneratorBusy,
    Limits,
    Pieces,
    Prompt,
)
from bot.generators.line import Line
from bot.generators.weights import Check, Loaded
from knowledge.embedders.fingerprint import fingerprint

# How long a caller that waits may take to notice that it is no longer wanted.
_NOTICE_SECONDS = 0.05


class Steps(Protocol):
    """A model that goes on with ids, greedily. To be used by one thread."""

    def tokens(self, ids: Sequence[int], fixed: Sequence[int], check: Check, variant: str) -> Iterator[int]:
        """Yield the ids of the draft, without end, until the model ends its turn (whose mark is not given).

        `fixed` are the first ids that come again in other prompts. What was kept of them serves the same
        `variant` of the model alone.
        """


@dataclass(frozen=True, slots=True)
class Span:
    """Ids the `last` of which are weighed; `comes_again`: those before them stand before others as well."""

    ids: Sequence[int]
    last: int
    comes_again: bool = False


@dataclass(eq=False, slots=True)
class _Weighed:
    """What is weighed, and what was found of the first of it."""

    spans: Sequence[Span]
    found: list[float] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class _Job:
    """One draft on its way: pieces, then an error or None."""

    ids: list[int]
    fixed: list[int]
    limits: Limits
    adapter: str
    weighed: "_Weighed | None" = None
    gone: threading.Event = field(default_factory=threading.Event)
    out: "queue.SimpleQueue[str | GenerationFailed | None]" = field(default_factory=queue.SimpleQueue)

    def check(self) -> None:
        """Raise when nobody wants the draft any more or its time is over."""
        if self.limits.cancelled.is_set() or self.gone.is_set():
            raise Cancelled("the draft is no longer wanted")
        if time.monotonic() >= self.limits.deadline:
            raise DeadlineExceeded("the time for the draft was over")

    def pieces(self) -> Iterator[str]:
        """Yield what comes, as long as it is wanted."""
        while True:
            self.check()
            left = self.limits.deadline - time.monotonic()
            try:
                item = self.out.get(timeout=max(0.0, min(left, _NOTICE_SECONDS)))
            except queue.Empty:
                continue
            if item is None:
                return
            if isinstance(item, GenerationFailed):
                raise item
            yield item


class LocalGenerator(ABC):
    """A generator over a transformers model in this process, on a GPU if there is one."""

    def __init__(self, folder: str | Path, loaded: Loaded, steps: Steps, context: int, waiting: int) -> None:
        self._model = f"{Path(folder).name}:{loaded.weights}@{_version(Path(folder), loaded)}"
        self._context = context
        self._tokenizer: Any = loaded.tokenizer
        # The tokenizer switches a mode of its own back and forth while it encodes.
        self._tokenizing = threading.Lock()
        self._adapters: Adapters = loaded.adapters
        self._adapter = ""
        self._steps: Steps | None = steps
        self._closing = threading.Event()
        self._line: Line[_Job] = Line(waiting)
        self._working = threading.Event()
        self._worker = threading.Thread(target=self._work, name="generator", daemon=True)
        self._worker.start()

    @property
    def name(self) -> str:
        """`MODEL:WEIGHTS@VERSION`: the folder's name, how the weights are kept, and 12 digits of what is in it.

        With an adapter in use, `+ADAPTER@VERSION` follows.
        """
        adapter = self._adapter
        return f"{self._model}+{adapter}@{self._adapters.versions[adapter]}" if adapter else self._model

    @property
    def context(self) -> int:
        """How many tokens prompt and answer may take together."""
        return self._context

    def use(self, adapter: str | None) -> None:
        """Write later drafts with this adapter, or with none; drafts that wait already keep theirs.

        Raises GenerationFailed when there is no such adapter.
        """
        if adapter and adapter not in self._adapters.versions:
            there = ", ".join(self._adapters.versions) or "none"
            raise GenerationFailed(f"{self._model} has no adapter {adapter!r}; there are: {there}")
        self._adapter = adapter or ""

    def count_tokens(self, messages: Sequence[ChatMessage]) -> int:
        """Tokens that these messages take as a prompt."""
        return len(self.ids(messages))

    def ids(self, messages: Sequence[ChatMessage]) -> list[int]:
        """What the model reads of these messages before it writes."""
        with self._tokenizing:
            return self._encode(messages, opened=True)

    @property
    def control_ids(self) -> frozenset[int]:
        """The ids that mark turns and ends, and stand for no text."""
        added: dict[int, Any] = self._tokenizer.added_tokens_decoder
        return frozenset(number for number, token in added.items() if token.special)

    def generate(self, prompt: Prompt, limits: Limits) -> Pieces:
        """Yield the draft piece by piece; the first step raises GeneratorBusy when the line is full."""
        job = self._job(prompt, limits)
        self._line.join(job)
        try:
            yield from job.pieces()
        finally:
            job.gone.set()
            self._line.leave(job)

    def _weigh_spans(self, spans: Sequence[Span], limits: Limits) -> list[float]:
        """As of `Weigher.weigh`, of ids."""
        if self._working.is_set() or self._line:
            raise GeneratorBusy("a draft is in work")
        weighed = _Weighed(spans)
        job = _Job([], [], limits, self._adapter, weighed)
        self._line.join(job)
        try:
            for _ in job.pieces():
                pass
        finally:
            job.gone.set()
            self._line.leave(job)
        return weighed.found

    def close(self) -> None:
        """End the draft in work, refuse those that wait, free the model. A second call does nothing."""
        self._closing.set()
        for job in self._line.close():
            job.out.put(Cancelled("the generator was closed"))
        self._worker.join()
        self._steps = None

    @abstractmethod
    def _encode(self, messages: Sequence[ChatMessage], *, opened: bool) -> list[int]:
        """Ids of the messages; `opened` begins the model's turn. Control tokens inside texts become plain text."""

    def _room(self, ids: Sequence[int]) -> int:
        """How many tokens a draft after these may have."""
        return self._context - len(ids)

    def _job(self, prompt: Prompt, limits: Limits) -> _Job:
        ids = self.ids(prompt.messages)
        with self._tokenizing:
            fixed = self._encode(prompt.messages[: prompt.fixed], opened=False) if prompt.fixed else []
        room = self._room(ids)
        if room < 1:
            raise GenerationFailed(f"the prompt takes {len(ids)} of the model's {self._context} tokens: shorten it")
        least = Limits(min(limits.tokens, room), limits.deadline, limits.cancelled)
        return _Job(ids, fixed, least, self._adapter)

    def _work(self) -> None:
        while job := self._line.take():
            self._working.set()
            outcome = self._outcome(job)
            self._working.clear()
            job.out.put(outcome)

    def _outcome(self, job: _Job) -> GenerationFailed | None:
        try:
            if job.weighed:
                self._weigh(job, job.weighed)
            else:
                self._write(job)
        except GenerationFailed as error:
            return error
        # The thread outlives whatever a model throws (out of memory, a bad shape): its caller is told.
        except Exception as error:
            return GenerationFailed(f"{self._model} failed: {type(error).__name__}: {error}")
        return None

    def _write(self, job: _Job) -> None:
        from tokenizers.decoders import DecodeStream

        steps, left = self._steps, job.limits.tokens
        if steps is None or left < 1:
            return
        self._check(job)
        self._adapters.activate(job.adapter)
        stream = DecodeStream(skip_special_tokens=True)
        for token in steps.tokens(job.ids, job.fixed, lambda: self._check(job), job.adapter):
            # A character may take several tokens; until its last one nothing is given.
            piece = stream.step(self._tokenizer.backend_tokenizer, token)
            if piece:
                job.out.put(piece)
            left -= 1
            if left == 0:
                return

    def _weigh(self, job: _Job, weighed: _Weighed) -> None:
        self._adapters.activate(job.adapter)
        for span in weighed.spans:
            self._check(job)
            weighed.found.append(self._likelihood(span, job.adapter))

    def _likelihood(self, span: Span, adapter: str) -> float:
        """The mean log-probability of the span's last ids; by kinds of models that can tell."""
        raise GenerationFailed(f"{self._model} tells no likelihood")

    def _check(self, job: _Job) -> None:
        if self._closing.is_set():
            raise Cancelled("the generator was closed")
        job.check()


def _version(folder: Path, loaded: Loaded) -> str:
    """What tells this model apart from others of its name: of a hub's model the commit, else of the files."""
    if folder.is_dir():
        return fingerprint(folder)
    config: Any = loaded.model.config
    return str(getattr(config, "_commit_hash", None) or "")[:12]
