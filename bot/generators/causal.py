"""Generates in this process with a causal language model. Knows prompts and threads, no weights and no knowledge.

One thread owns the model; callers wait in a short line before it.
"""

import queue
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.generators.base import Cancelled, ChatMessage, DeadlineExceeded, GenerationFailed, Limits, Pieces, Prompt
from bot.generators.causal_steps import Steps
from bot.generators.line import Line
from bot.generators.weights import Loaded, Weights, load
from knowledge.embedders.fingerprint import fingerprint

# How long a caller that waits may take to notice that it is no longer wanted.
_NOTICE_SECONDS = 0.05
_LONGEST_CONTEXT = 32_768


@dataclass(eq=False, slots=True)
class _Job:
    """One draft on its way: pieces, then an error or None."""

    ids: list[int]
    fixed: list[int]
    limits: Limits
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


class CausalGenerator:
    """A generator over a transformers folder or a hub's model; greedy, on a GPU if there is one."""

    def __init__(self, folder: str | Path, *, weights: Weights = "auto", waiting: int = 4) -> None:
        """Load the model, which takes seconds. `waiting` drafts may stand in line behind the one being written.

        Raises GenerationFailed when it does not load.
        """
        loaded = load(str(folder), weights)
        self._name = f"{Path(folder).name}:{loaded.weights}@{_version(Path(folder), loaded)}"
        self._tokenizer: Any = loaded.tokenizer
        # The tokenizer switches a mode of its own back and forth while it encodes.
        self._tokenizing = threading.Lock()
        positions = getattr(loaded.model.config, "max_position_embeddings", _LONGEST_CONTEXT)
        self._context = min(int(positions), _LONGEST_CONTEXT)
        self._steps: Steps | None = Steps(loaded)
        self._closing = threading.Event()
        self._line: Line[_Job] = Line(waiting)
        self._worker = threading.Thread(target=self._work, name="generator", daemon=True)
        self._worker.start()

    @property
    def name(self) -> str:
        """`MODEL:WEIGHTS@VERSION`: the folder's name, how the weights are kept, and 12 digits of what is in it."""
        return self._name

    @property
    def context(self) -> int:
        """How many tokens prompt and answer may take together."""
        return self._context

    def count_tokens(self, messages: Sequence[ChatMessage]) -> int:
        """Tokens that these messages take as a prompt."""
        return len(self._encode(messages, opened=True))

    def generate(self, prompt: Prompt, limits: Limits) -> Pieces:
        """Yield the draft piece by piece; the first step raises GeneratorBusy when the line is full."""
        job = self._job(prompt, limits)
        self._line.join(job)
        try:
            yield from job.pieces()
        finally:
            job.gone.set()
            self._line.leave(job)

    def close(self) -> None:
        """End the draft in work, refuse those that wait, free the model. A second call does nothing."""
        self._closing.set()
        for job in self._line.close():
            job.out.put(Cancelled("the generator was closed"))
        self._worker.join()
        self._steps = None

    def _job(self, prompt: Prompt, limits: Limits) -> _Job:
        ids = self._encode(prompt.messages, opened=True)
        room = self._context - len(ids)
        if room < 1:
            raise GenerationFailed(f"the prompt takes {len(ids)} of the model's {self._context} tokens: shorten it")
        fixed = self._encode(prompt.messages[: prompt.fixed], opened=False) if prompt.fixed else []
        return _Job(ids, fixed, Limits(min(limits.tokens, room), limits.deadline, limits.cancelled))

    def _encode(self, messages: Sequence[ChatMessage], *, opened: bool) -> list[int]:
        """Ids of the messages; `opened` begins the model's turn. Control tokens inside texts become plain text."""
        conversation = [{"role": message.role, "content": message.content} for message in messages]
        with self._tokenizing:
            ids: list[int] = self._tokenizer.apply_chat_template(
                conversation, add_generation_prompt=opened, sanitize_control_tokens=True, return_dict=False
            )
        return ids

    def _work(self) -> None:
        while job := self._line.take():
            job.out.put(self._outcome(job))

    def _outcome(self, job: _Job) -> GenerationFailed | None:
        try:
            self._write(job)
        except GenerationFailed as error:
            return error
        # The thread outlives whatever a model throws (out of memory, a bad shape): its caller is told.
        except Exception as error:
            return GenerationFailed(f"{self._name} failed: {type(error).__name__}: {error}")
        return None

    def _write(self, job: _Job) -> None:
        from tokenizers.decoders import DecodeStream

        steps, left = self._steps, job.limits.tokens
        if steps is None or left < 1:
            return
        stream = DecodeStream(skip_special_tokens=True)
        for token in steps.tokens(job.ids, job.fixed, lambda: self._check(job)):
            # A character may take several tokens; until its last one nothing is given.
            piece = stream.step(self._tokenizer.backend_tokenizer, token)
            if piece:
                job.out.put(piece)
            left -= 1
            if left == 0:
                return

    def _check(self, job: _Job) -> None:
        if self._closing.is_set():
            raise Cancelled("the generator was closed")
        job.check()


def _version(folder: Path, loaded: Loaded) -> str:
    """What tells this model apart from others of its name: of a hub's model the commit, else of the files."""
    if folder.is_dir():
        return fingerprint(folder)
    return str(getattr(loaded.model.config, "_commit_hash", None) or "")[:12]
