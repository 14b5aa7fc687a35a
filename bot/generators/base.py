"""The generators' contract: a conversation in, pieces of text out. Knows no knowledge, no channel, no event loop.

Errors: GenerationFailed
        ├── GeneratorBusy       its queue is full; nothing was started
        ├── DeadlineExceeded    the time was over; what came so far has been yielded
        └── Cancelled           the caller's cancellation was set; likewise
"""

import threading
from collections import abc
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

Role = Literal["system", "user", "assistant"]

Pieces = abc.Generator[str, None, None]
"""A draft as it comes. Closing it stops the work."""


class GenerationFailed(Exception):
    """The generator could not give (all of) a draft; its text says why."""


class GeneratorBusy(GenerationFailed):
    """The queue is full; nothing was started."""


class DeadlineExceeded(GenerationFailed):
    """The promised time was over."""


class Cancelled(GenerationFailed):
    """The caller no longer wants the draft."""


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a prompt. `user` and `assistant` are the words of the models' chat templates."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a generator is asked to continue.

    The first `fixed` messages are the same for every question (instructions and worked examples): a
    generator may keep their computed state between calls.
    """

    messages: tuple[ChatMessage, ...]
    fixed: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """How far one generation may go. `deadline` is in `time.monotonic()` seconds."""

    tokens: int = 160
    deadline: float = float("inf")
    cancelled: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class Said:
    """A text, and what stands `before` it; `comes_again`: that will stand before other texts as well."""

    before: str
    text: str
    comes_again: bool = False


@runtime_checkable
class Weigher(Protocol):
    """A generator that can also tell how likely a text is."""

    @property
    def name(self) -> str:
        """As of a generator."""

    def weigh(self, said: Sequence[Said], limits: Limits) -> list[float]:
        """The mean natural log-probability a token of each text after what stands before it.

        Drafts come first: GeneratorBusy where one is in work or waits. Else raises as `Generator.generate`.
        """


class Generator(Protocol):
    """Writes text after a prompt. Greedy: the same prompt gives the same text."""

    @property
    def name(self) -> str:
        """Names the model and its version."""

    @property
    def context(self) -> int:
        """How many tokens prompt and answer may take together."""

    def count_tokens(self, messages: Sequence[ChatMessage]) -> int:
        """Tokens that these messages take as a prompt."""

    def generate(self, prompt: Prompt, limits: Limits) -> Pieces:
        """Yield the draft piece by piece as it comes. Blocking; may be called from several threads.

        Raises the errors above; pieces that were yielded before stay valid.
        """

    def close(self) -> None:
        """Stop all work and free the model."""
