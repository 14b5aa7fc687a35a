"""Any server that speaks the OpenAI chat interface (vLLM, `transformers serve`, llama.cpp). Knows no model of ours.

The interface: https://platform.openai.com/docs/api-reference/chat
"""

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from typing import Any

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

_LONGEST_SILENCE = 30.0  # seconds without a token before the server counts as gone
_OVERLOADED = frozenset({429, 503})


class RemoteGenerator:
    """Streams drafts from the server at `url` (which ends in /v1); greedy decoding."""

    def __init__(self, url: str, model: str = "", key: str = "", context: int = 8192) -> None:
        self._url = url.rstrip("/")
        self._model = model
        self._key = key
        self._context = context

    @property
    def name(self) -> str:
        """The server's model; asked for at first need when none was named."""
        if not self._model:
            self._model = self._first_model()
        return self._model

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
        if limits.cancelled.is_set():
            raise Cancelled("the draft is no longer wanted")
        if limits.tokens < 1:
            return
        body = {
            "model": self.name,
            "messages": [{"role": m.role, "content": m.content} for m in prompt.messages],
            "max_tokens": limits.tokens,
            "temperature": 0,
            "stream": True,
        }
        try:
            with self._open("/chat/completions", body, self._patience(limits)) as response:
                yield from _pieces(response, limits)
        except urllib.error.HTTPError as error:
            kind = GeneratorBusy if error.code in _OVERLOADED else GenerationFailed
            raise kind(f"{self._url} answered {error.code}") from error
        except TimeoutError as error:
            raise DeadlineExceeded(f"{self._url} was silent for too long") from error
        except (OSError, http.client.HTTPException) as error:
            raise GenerationFailed(f"{self._url} cannot be reached: {error}") from error

    def close(self) -> None:
        """Nothing is held between calls."""

    def _patience(self, limits: Limits) -> float:
        return max(0.1, min(_LONGEST_SILENCE, limits.deadline - time.monotonic()))

    def _first_model(self) -> str:
        try:
            with self._open("/models", None, 5.0) as response:
                return str(json.load(response)["data"][0]["id"])
        except (OSError, http.client.HTTPException, ValueError, LookupError) as error:
            raise GenerationFailed(f"{self._url}/models names no model: {error}") from error

    def _open(self, path: str, body: dict[str, Any] | None, timeout: float) -> http.client.HTTPResponse:
        headers = {"Content-Type": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        data = json.dumps(body).encode() if body is not None else None
        # The address is the owner's own setting, not a customer's.
        request = urllib.request.Request(self._url + path, data, headers)  # noqa: S310
        response: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=timeout)  # noqa: S310
        return response


def _pieces(response: http.client.HTTPResponse, limits: Limits) -> Iterator[str]:
    """The texts of a stream of server-sent events, until [DONE]."""
    for line in response:
        if limits.cancelled.is_set():
            raise Cancelled("the draft is no longer wanted")
        if time.monotonic() > limits.deadline:
            raise DeadlineExceeded("the promised time is over")
        if not line.startswith(b"data:"):
            continue
        data = line[5:].strip()
        if data == b"[DONE]":
            return
        piece = _content(data)
        if piece:
            yield piece
    raise GenerationFailed("the server ended the stream before its end")


def _content(data: bytes) -> str:
    try:
        choices = json.loads(data)["choices"]
        return str(choices[0]["delta"].get("content") or "") if choices else ""
    except (ValueError, LookupError, AttributeError) as error:
        raise GenerationFailed(f"the server sent no chat chunk: {data[:80]!r}") from error
