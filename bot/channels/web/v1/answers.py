"""Answers and suggestions for programs. Remembers nothing of what is asked."""

from collections.abc import Sequence
from dataclasses import asdict

from fastapi import APIRouter, HTTPException, Response

from bot.answering.answer import CUSTOMER, PastTurn, Question
from bot.channels.web.v1.access import Asker, Suggester
from bot.channels.web.v1.conversations import OnceOnly
from bot.channels.web.v1.schemas import Asking, ForeignTurn, Suggesting
from bot.channels.web.views import Json
from bot.channels.web.wiring import Wired
from bot.desk.library import Library


def answers_router(library: Library) -> APIRouter:
    """Routes that answer; `library` shows the words behind a suggestion."""
    router = APIRouter(prefix="/api/v1", tags=["answers"])

    @router.post("/ask")
    async def ask(wiring: Wired, caller: Asker, asking: Asking, once: OnceOnly) -> Response:
        """What a customer would be told, with sources and confidence."""

        async def answer() -> Json:
            history = tuple(PastTurn(past.role, past.text, past.refused) for past in asking.history)
            return (await wiring.ask(Question(asking.text, history, asking.language))).to_json()

        return await once.reply(caller, answer)

    @router.post("/suggestions")
    async def suggest(wiring: Wired, caller: Suggester, wanted: Suggesting, once: OnceOnly) -> Response:
        """What an agent of another help desk might reply: the answer, its sources, the spans behind each sentence.

        422 when the last turn is not the customer's: then there is nothing to reply to.
        """
        question = question_of(wanted.turns, wanted.language)

        async def suggestion() -> Json:
            answer = await wiring.ask(question)
            said = [(sentence.text, sentence.sources) for sentence in answer.sentences]
            evidence = await library.evidence([source.id for source in answer.sources], said)
            shown = [
                {
                    "id": each.entry.id,
                    "title": each.entry.heading,
                    "text": each.entry.answer,
                    "spans": [asdict(span) for span in each.spans],
                }
                for each in evidence
            ]
            return {"answer": answer.to_json(), "evidence": shown}

        return await once.reply(caller, suggestion)

    return router


def question_of(turns: Sequence[ForeignTurn], language: str = "") -> Question:
    """The customer's last turns as a question, after those before them."""
    last = len(turns)
    while last and turns[last - 1].role == CUSTOMER:
        last -= 1
    if last == len(turns):
        raise HTTPException(422, "turns: the last one must be the customer's")
    history = tuple(PastTurn(turn.role, turn.text) for turn in turns[:last])
    return Question("\n".join(turn.text for turn in turns[last:]), history, language, for_agent=True)
