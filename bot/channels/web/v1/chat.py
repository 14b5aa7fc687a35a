"""The OpenAI-compatible door, /v1/chat/completions: the grounded bot as a model named "kefu".

A refusal is an ordinary answer. What only Kefu knows (outcome, confidence, sources) is in the field `kefu`. Settings
of a model (temperature, …) are taken and change nothing. `usage` counts words and signs, for no tokenizer is needed.
"""

import asyncio
import json
import re
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field, StrictBool
from starlette.responses import JSONResponse, Response, StreamingResponse

from bot.answering.answer import Answer, PastTurn, Question, Release, Sentence
from bot.channels.web.schemas import LONGEST_TEXT
from bot.channels.web.v1.access import Asker
from bot.channels.web.views import Json

MODEL = "kefu"
AskAloud = Callable[[Question, Release], Awaitable[Answer]]
"""Answers, and tells each sentence as soon as it may be shown."""
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\w+|[^\w\s]")


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Part(_Lenient):
    """A part of a message; only texts can be read."""

    type: Literal["text"]
    text: Annotated[str, Field(max_length=LONGEST_TEXT)]


class ChatMessage(_Lenient):
    """A message; what a system says is not followed, for the bot has its own rules."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Annotated[str, Field(max_length=LONGEST_TEXT)] | Annotated[tuple[Part, ...], Field(max_length=50)]

    @property
    def text(self) -> str:
        """What was said, in one text."""
        return self.content if isinstance(self.content, str) else "\n".join(part.text for part in self.content)


class StreamOptions(_Lenient):
    """What a stream tells besides the answer."""

    include_usage: StrictBool = False


class Completing(_Lenient):
    """A conversation whose last message is the customer's."""

    model: Annotated[str, Field(max_length=200)] = MODEL
    messages: Annotated[tuple[ChatMessage, ...], Field(min_length=1, max_length=100)]
    stream: StrictBool = False
    stream_options: StreamOptions | None = None
    n: Annotated[int, Field(ge=1, le=1)] | None = None


def chat_router(ask: AskAloud) -> APIRouter:
    """Routes in front of `ask`."""
    router = APIRouter(prefix="/v1", tags=["OpenAI-compatible"])

    @router.get("/models")
    async def models(caller: Asker) -> Json:
        """The one model."""
        return {"object": "list", "data": [_model()]}

    @router.get("/models/{name}")
    async def model(caller: Asker, name: str) -> Json:
        """The model of a name; 404 for any other than "kefu"."""
        _require(name)
        return _model()

    @router.post("/chat/completions", response_class=JSONResponse)
    async def complete(caller: Asker, completing: Completing) -> Response:
        """The answer to the last message, whole or sentence by sentence as server-sent events."""
        _require(completing.model)
        question = question_of(completing)
        head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": MODEL}
        if completing.stream:
            return StreamingResponse(_streamed(ask, question, completing, head), media_type="text/event-stream")
        return JSONResponse(_whole(await ask(question, lambda sentence: None), completing, head))

    return router


def question_of(completing: Completing) -> Question:
    """The last message as a question, after those before it."""
    said = [message for message in completing.messages if message.role in ("user", "assistant")]
    if not said or said[-1].role != "user" or not said[-1].text.strip():
        raise HTTPException(422, "messages: the last one must be the user's")
    past = (PastTurn("customer" if each.role == "user" else "bot", each.text) for each in said[:-1])
    return Question(said[-1].text, tuple(past))


async def _streamed(ask: AskAloud, question: Question, completing: Completing, head: Json) -> AsyncIterator[str]:
    passed: asyncio.Queue[Sentence | None] = asyncio.Queue()
    asking = asyncio.ensure_future(ask(question, passed.put_nowait))
    asking.add_done_callback(lambda _: passed.put_nowait(None))
    told = ""
    try:
        yield _chunk(head, {"role": "assistant", "content": ""})
        while (sentence := await passed.get()) is not None:
            piece = f" {sentence.text}" if told else sentence.text
            told += piece
            yield _chunk(head, {"content": piece})
        answer = await asking
        if rest := rest_of(answer.text, told):
            yield _chunk(head, {"content": rest})
        yield _chunk(head, {}, "stop", kefu=_own(answer))
        if completing.stream_options and completing.stream_options.include_usage:
            usage = {"choices": [], "usage": _usage(completing, answer)}
            yield _event({**head, "object": "chat.completion.chunk", **usage})
    except Exception:  # the head was sent already: the reader is told in the stream
        sorry = {"message": "something went wrong here; please try again", "type": "server_error"}
        yield _event({"error": {**sorry, "param": None, "code": None}})
        raise
    finally:
        asking.cancel()
    yield "data: [DONE]\n\n"


def rest_of(text: str, told: str) -> str:
    """What is left to tell of a text, of which `told` was told with other white space perhaps."""
    place = 0
    for char in (char for char in told if not char.isspace()):
        while place < len(text) and text[place].isspace():
            place += 1
        if place == len(text) or text[place] != char:
            return f"\n\n{text}"
        place += 1
    return text[place:]


def _whole(answer: Answer, completing: Completing, head: Json) -> Json:
    message = {"role": "assistant", "content": answer.text, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    told = {"choices": [choice], "usage": _usage(completing, answer), "kefu": _own(answer)}
    return {**head, "object": "chat.completion", **told}


def _own(answer: Answer) -> Json:
    told = answer.to_json()
    names = ("outcome", "mode", "language", "confidence", "sentences", "sources", "reason", "snapshot")
    return {name: told[name] for name in names}


def _usage(completing: Completing, answer: Answer) -> Json:
    asked = sum(len(_WORD.findall(message.text)) for message in completing.messages)
    said = len(_WORD.findall(answer.text))
    return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


def _chunk(head: Json, delta: Json, finish: str | None = None, **more: Json) -> str:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return _event({**head, "object": "chat.completion.chunk", "choices": [choice], **more})


def _event(data: Json) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"


def _model() -> Json:
    return {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}


def _require(name: str) -> None:
    if name != MODEL:
        raise HTTPException(404, f'there is one model here: "{MODEL}"')
