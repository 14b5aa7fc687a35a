"""Reads a streamed chat completion out of its events. Knows no network.

The interface: https://platform.openai.com/docs/api-reference/chat-streaming
"""

import json
from dataclasses import dataclass
from typing import Any

from bot.generators.base import GenerationFailed
from bot.generators.events import EventsBroken

_DONE = "[DONE]"
_ENDS = frozenset({"stop", "length", "eos", "tool_calls", "function_call"})


@dataclass(frozen=True, slots=True)
class Delta:
    """What one event adds: text, whether it was the last of the draft, and whether of the stream."""

    text: str = ""
    last: bool = False
    done: bool = False


def read_delta(data: str) -> Delta:
    """The text of one event. Raises EventsBroken when it is no part of a chat completion.

    GenerationFailed when the server tells that it will not go on with this draft (a filter of contents).
    """
    if data.strip() == _DONE:
        return Delta(last=True, done=True)
    try:
        chunk = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise EventsBroken("an event that is no JSON") from error
    return _of(chunk)


def _of(chunk: Any) -> Delta:
    if not isinstance(chunk, dict) or chunk.get("error") or not isinstance(chunk.get("choices"), list):
        raise EventsBroken("an error" if isinstance(chunk, dict) and chunk.get("error") else "no chat chunk")
    if not chunk["choices"]:
        return Delta()  # the count of tokens, at the end
    choice = chunk["choices"][0]
    delta = choice.get("delta") if isinstance(choice, dict) else None
    text = (delta.get("content") or "") if isinstance(delta, dict) else None
    if not isinstance(text, str):
        raise EventsBroken("no chat chunk")
    reason = choice.get("finish_reason")
    if reason and reason not in _ENDS:
        raise GenerationFailed(f"the server ended the draft: {str(reason)[:40]}")
    return Delta(text, last=bool(reason))
