"""Any server that speaks the OpenAI chat interface (vLLM, `transformers serve`, llama.cpp). Knows no model of ours.

The interface: https://platform.openai.com/docs/api-reference/chat
"""

import json
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urldefrag

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
from bot.generators.breaker import Breaker
from bot.generators.chat_stream import read_delta
from bot.generators.events import EventReader, EventsBroken
from bot.generators.exchange import Check, ConnectionFailed, Exchange, Head, Request
from bot.generators.sound import whole_pairs

_OVERLOADED = frozenset({429, 503})
_PASSING = frozenset({429, 500, 502, 503, 504, 529})
_STREAM, _JSON = "text/event-stream", "application/json"
_UNNAMED = "remote"
_MODELS_SECONDS = 5.0
_LONGEST_LIST = 4 << 20
# A caller with less time than this cannot blame the server for having no token yet.
_FAIR_WAIT = 1.0
_CURES = {
    401: ": check KEFU_GENERATOR_KEY",
    403: ": check KEFU_GENERATOR_KEY",
    404: ": check the address, which ends in /v1, and the model's name",
}


_FAULTS = (ConnectionFailed, EventsBroken, TimeoutError)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds, for a connection, a draft's first token and each further one.

    `pauses` stand before the second, third … try; only what has given no token yet is tried again.
    """

    connect: float = 2.0
    first_token: float = 30.0
    between: float = 8.0
    pauses: tuple[float, ...] = (0.1, 0.4)


class _ServerFault(Exception):
    """The server failed before the first token. `after`: how long it asks to be left alone, in seconds."""

    def __init__(self, error: GenerationFailed, *, again: bool, after: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.again = again
        self.after = after


class RemoteGenerator:
    """Streams drafts from the server at `url` (which ends in /v1); greedy decoding.

    The model is the server's first, unless one is named, be it as `url#model`. A server that fails repeatedly is
    left alone for seconds: meanwhile every draft fails at once.
    """

    def __init__(
        self,
        url: str,
        model: str = "",
        key: str = "",
        context: int = 8192,
        patience: Patience | None = None,
        breaker: Breaker | None = None,
    ) -> None:
        address, named = urldefrag(url)
        self._url = address.rstrip("/")
        self._model = model or named
        self._key = key
        self._context = context
        self._patience = patience or Patience()
        self._breaker = breaker or Breaker()

    @property
    def name(self) -> str:
        """The server's model; asked for at first need when none was named, and `remote` until it is known."""
        if not self._model and not self._breaker.is_open:
            try:
                self._learn_model(lambda: None)
            except (GenerationFailed, _ServerFault, *_FAULTS):
                self._breaker.failed()
        return self._model or _UNNAMED

    @property
    def context(self) -> int:
        """How many tokens prompt and answer may take together."""
        return self._context

    def count_tokens(self, messages: Sequence[ChatMessage]) -> int:
        """An upper estimate, for the server's tokenizer is not at hand: one a CJK character, else one per 3."""
        texts = [message.content for message in messages]
        wide = sum(char > "\u2e7f" for text in texts for char in text)
        return wide + (sum(map(len, texts)) - wide) // 3 + 8 * len(texts)

    def generate(self, prompt: Prompt, limits: Limits) -> Pieces:
        """Yield the draft piece by piece as the server sends it."""
        check = _checking(limits)
        check()
        if limits.tokens < 1:
            return
        if not self._breaker.admits():
            raise GenerationFailed(f"{self._url} failed repeatedly and is left alone for a moment")
        pieces = self._begun(prompt, limits, check)
        with closing(pieces):
            yield from pieces

    def close(self) -> None:
        """Nothing is held between calls."""

    def _begun(self, prompt: Prompt, limits: Limits, check: Check) -> Pieces:
        """The draft of the first try that gives a token."""
        for pause in (*self._patience.pauses, None):
            try:
                yield from self._tried(prompt, limits, check)
                return
            except _ServerFault as fault:
                self._breaker.failed()
                wait = fault.after if fault.after is not None else (pause or 0.0) * random.uniform(0.5, 1.5)  # noqa: S311
                late = time.monotonic() + wait >= min(limits.deadline, time.monotonic() + self._patience.first_token)
                if pause is None or not fault.again or late or self._breaker.is_open:
                    raise fault.error from fault
            limits.cancelled.wait(wait)
            check()

    def _tried(self, prompt: Prompt, limits: Limits, check: Check) -> Pieces:
        """The pieces of one try; _ServerFault before the first, GenerationFailed after it."""
        began = False
        started = time.monotonic()
        pieces = self._pieces(prompt, limits, check)
        try:
            with closing(pieces):
                for piece in pieces:
                    if not began:
                        self._breaker.succeeded()
                    began = True
                    yield piece
            self._breaker.succeeded()
        except _FAULTS as error:
            failed = self._named(error)
            if not began:
                raise _ServerFault(failed, again=isinstance(error, ConnectionFailed)) from error
            self._breaker.failed()
            raise failed from error
        except DeadlineExceeded:
            if not began and time.monotonic() - started >= _FAIR_WAIT:
                self._breaker.failed()
            raise

    def _named(self, error: Exception) -> GenerationFailed:
        if isinstance(error, TimeoutError):
            return DeadlineExceeded(f"{self._url} was silent for too long")
        if isinstance(error, EventsBroken):
            return GenerationFailed(f"{self._url} sent {error}")
        return GenerationFailed(f"{self._url} cannot be reached: {error}")

    def _pieces(self, prompt: Prompt, limits: Limits, check: Check) -> Pieces:
        if not self._model:
            self._learn_model(check)
        until = time.monotonic() + self._patience.first_token
        with Exchange(self._request("/chat/completions", self._body(prompt, limits))) as exchange:
            self._accept(exchange.head(until, check), _STREAM)
            yield from whole_pairs(self._texts(exchange, limits.tokens, until, check))

    def _texts(self, exchange: Exchange, tokens: int, until: float, check: Check) -> Iterator[str]:
        """The stream's texts. A piece is a token or more: more pieces than tokens come from a server without end."""
        reader = EventReader()
        chunk = b"\n"
        while chunk:
            chunk = exchange.chunk(until, check)
            for event in reader.feed(chunk) if chunk else reader.end():
                delta = read_delta(event)
                if delta.text:
                    # Only text counts as a sign of life: comments that keep a connection open do not.
                    tokens, until = tokens - 1, time.monotonic() + self._patience.between
                    yield delta.text
                if delta.last or tokens == 0:
                    return
        raise EventsBroken("half a stream")

    def _accept(self, head: Head, content: str) -> None:
        """Raises _ServerFault, or GenerationFailed where asking again is in vain, unless `content` follows."""
        if head.status != 200:
            kind = GeneratorBusy if head.status in _OVERLOADED else GenerationFailed
            error = kind(f"{self._url} answered {head.status}{_CURES.get(head.status, '')}")
            if head.status < 500 and head.status not in _PASSING:
                raise error
            raise _ServerFault(error, again=head.status in _PASSING, after=_seconds(head.headers.get("retry-after")))
        given = head.headers.get("content-type", content).partition(";")[0].strip().lower()
        if given != content:
            raise _ServerFault(
                GenerationFailed(f"{self._url} answered with {given[:60]}, not {content}"), again=False
            )

    def _body(self, prompt: Prompt, limits: Limits) -> dict[str, Any]:
        return {
            "model": self._model,
            "messages": [{"role": m.role, "content": m.content} for m in prompt.messages],
            "max_tokens": limits.tokens,
            "temperature": 0,
            "stream": True,
        }

    def _request(self, path: str, body: dict[str, Any] | None = None) -> Request:
        headers = {"Accept": _STREAM if body else _JSON, "Accept-Encoding": "identity"}
        if body:
            headers["Content-Type"] = _JSON
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        data = json.dumps(body).encode() if body is not None else None
        return Request(self._url + path, data, headers, self._patience.connect)

    def _learn_model(self, check: Check) -> None:
        """Take the server's first model that is loaded, and its longest context where it tells one (vLLM does)."""
        try:
            models = json.loads(self._listed(check))["data"]
            first = next(filter(_is_loaded, models), models[0])
            self._model = str(first["id"])
            self._context = int(first.get("max_model_len") or self._context)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise EventsBroken("a list that names no model") from error

    def _listed(self, check: Check) -> bytes:
        until = time.monotonic() + _MODELS_SECONDS
        with Exchange(self._request("/models")) as exchange:
            self._accept(exchange.head(until, check), _JSON)
            came = b""
            while (chunk := exchange.chunk(until, check)) and len(came) < _LONGEST_LIST:
                came += chunk
        return came


def _checking(limits: Limits) -> Check:
    def check() -> None:
        if limits.cancelled.is_set():
            raise Cancelled("the draft is no longer wanted")
        if time.monotonic() >= limits.deadline:
            raise DeadlineExceeded("the promised time is over")

    return check


def _is_loaded(model: Any) -> bool:
    """Whether a listed model is in memory; most servers list no other, `transformers serve` does."""
    status = model.get("status")
    return not isinstance(status, dict) or status.get("value") == "loaded"


def _seconds(value: str | None) -> float | None:
    """What a Retry-After asks for, written as seconds or as a date."""
    if value is None:
        return None
    try:
        if value.strip().isdecimal():
            return float(value)
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None
