"""The OpenAI-compatible door, as OpenAI's own client sees it."""

import json
from collections.abc import AsyncIterator

import httpx2
import openai
import pytest

from bot.channels.web.v1.chat import rest_of
from tests.bot.channels.web.conftest import API_TOKEN
from tests.bot.channels.web.standin import RETURNS, UNKNOWN, StandIn

QUESTION = [{"role": "user", "content": "Can I return this?"}]
PATH = "/v1/chat/completions"


@pytest.fixture
async def program(address: str) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=f"{address}/v1", api_key=API_TOKEN, max_retries=0) as client:
        yield client


async def test_the_client_gets_a_whole_answer(program: openai.AsyncOpenAI, reception: StandIn) -> None:
    before = [{"role": "system", "content": "You sell."}, {"role": "user", "content": "Hello"}]
    messages = [*before, {"role": "assistant", "content": "Hello!"}, *QUESTION]
    answer = await program.chat.completions.create(model="kefu", messages=messages, temperature=0.2)
    asked = reception.asked[-1]

    assert answer.choices[0].message.content == RETURNS.text
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 20
    assert answer.kefu["sources"] == RETURNS.to_json()["sources"]
    assert [(turn.role, turn.text) for turn in asked.history] == [("customer", "Hello"), ("bot", "Hello!")]


async def test_the_client_hears_sentence_by_sentence(program: openai.AsyncOpenAI) -> None:
    stream = await program.chat.completions.create(
        model="kefu", messages=QUESTION, stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    pieces = [chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices]

    assert [piece for piece in pieces if piece] == [
        "You can send things back within 30 days.",
        " Shipping back is free.",
    ]
    assert "".join(pieces) == RETURNS.text
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-2].kefu["outcome"] == "answered"
    assert chunks[-1].usage.completion_tokens > 5


async def test_a_refusal_is_an_ordinary_answer(program: openai.AsyncOpenAI) -> None:
    messages = [{"role": "user", "content": [{"type": "text", "text": "Who wins?"}]}]
    whole = await program.chat.completions.create(model="kefu", messages=messages)
    stream = await program.chat.completions.create(model="kefu", messages=messages, stream=True)
    pieces = [chunk.choices[0].delta.content or "" async for chunk in stream]

    assert whole.choices[0].message.content == "".join(pieces) == UNKNOWN.text
    assert whole.kefu["outcome"] == "refused"


async def test_the_client_finds_the_model(program: openai.AsyncOpenAI) -> None:
    assert [model.id async for model in await program.models.list()] == ["kefu"]
    assert (await program.models.retrieve("kefu")).owned_by == "kefu"
    with pytest.raises(openai.NotFoundError):
        await program.chat.completions.create(model="gpt-4", messages=QUESTION)


async def test_the_client_understands_refusals(address: str) -> None:
    async with openai.AsyncOpenAI(base_url=f"{address}/v1", api_key="wrong", max_retries=0) as stranger:
        with pytest.raises(openai.AuthenticationError, match="valid token"):
            await stranger.chat.completions.create(model="kefu", messages=QUESTION)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"messages": []},
        {"messages": [{"role": "assistant", "content": "Hello"}]},
        {"messages": [{"role": "user", "content": "  "}]},
        {"messages": [{"role": "tool", "content": "x"}]},
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://a"}}]}]},
        {"messages": QUESTION, "n": 2},
    ],
)
async def test_what_cannot_be_answered_is_refused_in_openai_s_shape(client: httpx2.AsyncClient, body: dict) -> None:
    refused = await client.post(PATH, headers={"Authorization": f"Bearer {API_TOKEN}"}, json=body)

    assert refused.status_code == 422
    assert refused.json()["error"]["type"] == "invalid_request_error"


async def test_the_stream_ends_as_openai_s_does(client: httpx2.AsyncClient) -> None:
    headers = {"Authorization": f"Bearer {API_TOKEN}"}
    told = (await client.post(PATH, headers=headers, json={"messages": QUESTION, "stream": True})).text
    lines = [line.removeprefix("data: ") for line in told.split("\n\n") if line]

    assert lines[-1] == "[DONE]"
    assert all(json.loads(line)["object"] == "chat.completion.chunk" for line in lines[:-1])


@pytest.mark.parametrize(
    ("text", "told", "rest"),
    [
        ("a. b", "", "a. b"),
        ("a.\nb", "a. b", ""),
        ("a. b", "a.", " b"),
        ("a. b", "c", "\n\na. b"),
        ("a", "ab", "\n\na"),
    ],
)
def test_what_is_left_to_tell(text: str, told: str, rest: str) -> None:
    assert rest_of(text, told) == rest
