"""`kefu explain`: the way of an answer, of a question asked now or of one that is stored."""

import json
import sys
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.commands.common import KnowledgeOption, knowledge_folder, load_settings, run
from bot.commands.failures import CommandError
from bot.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from bot.answering.answer import Answer, Question
    from bot.answering.answerer import Answerer
    from bot.answering.trace import Trace
    from bot.app import Brain
    from bot.conversation.messages import Conversation, Turn

_LAST = "last"
_TURNS = 10_000
# Seconds. Who looks for a reason has time: a draft that the clock ended could not be compared.
_PATIENCE = 600.0


def explain(
    text: Annotated[str, typer.Argument(help="A question; or, before TURN, a conversation such as web:3fc1.")],
    turn: Annotated[
        str, typer.Argument(help='Id of an answer in that conversation; "last" is the last one.', show_default=False)
    ] = "",
    knowledge: KnowledgeOption = None,
    rerun: Annotated[
        bool, typer.Option("--rerun", help="Answer a stored turn's question again, from the snapshot of then.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Tell how an answer comes about: what was found, how sure that is, what was drafted, withheld and sent."""
    if rerun and not turn:
        raise CommandError("--rerun needs a conversation and a turn: kefu explain CONVERSATION TURN --rerun")
    settings = load_settings("error")
    told = _stored(settings, text, turn, knowledge, rerun) if turn else _asked(settings, text, knowledge)
    from bot.commands.explaining import readable

    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n" if as_json else _lines(readable(told)))


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _asked(settings: Settings, text: str, knowledge: "Path | None") -> dict[str, Any]:
    from bot.answering.answer import Question
    from bot.desk.admission import objection

    if reason := objection(text):
        raise CommandError(reason)
    brain = _brain(settings, knowledge)
    try:
        answer, trace = _answer(brain.answerer(), Question(text))
    finally:
        brain.close()
    return {"trace": trace.to_json(), "answer": answer.to_json()}


def _stored(
    settings: Settings, conversation: str, turn: str, knowledge: "Path | None", rerun: bool
) -> dict[str, Any]:
    from bot.desk.past import question_before

    known = run(_read(settings, conversation))
    reply = _reply(known, turn)
    question = question_before(known, reply)
    told = {
        "conversation": conversation,
        "turn": reply.id,
        "at": reply.at,
        "question": question.text,
        "history": [{"role": past.role, "text": past.text} for past in question.history],
        "answer": reply.answer,
    }
    return told | (_again(settings, knowledge, question, reply.answer or {}) if rerun else {})


async def _read(settings: Settings, conversation: str) -> "Conversation":
    from bot.app import open_redis
    from bot.conversation.base import ConversationUnknown
    from bot.conversation.redis import RedisConversations

    async with open_redis(settings) as url:
        conversations = await RedisConversations.connect(url)
        try:
            return await conversations.read(conversation, last=_TURNS)
        except ConversationUnknown:
            raise CommandError(f"{conversation}: there is no such conversation; the desk names them") from None
        finally:
            await conversations.close()


def _reply(known: "Conversation", turn: str) -> "Turn":
    """The bot's turn that is meant."""
    from bot.desk.past import answered_turns

    answers = answered_turns(known)
    found = answers[-1:] if turn == _LAST else [each for each in answers if each.id == turn]
    if not found:
        ids = ", ".join(each.id for each in answers[-5:]) or "there is none yet"
        raise CommandError(f"{known.state.id}: no answer {turn} of the bot; its last ones are: {ids}")
    return found[0]


def _again(
    settings: Settings, knowledge: "Path | None", question: "Question", stored: dict[str, Any]
) -> dict[str, Any]:
    """What the same question is answered today, from the same snapshot."""
    if not stored.get("snapshot"):
        raise CommandError("this answer names no snapshot (it was stopped, or the engine failed): nothing to rerun")
    brain = _brain(settings, knowledge)
    try:
        answer, trace = _answer(brain.as_of(stored["snapshot"]), question)
    finally:
        brain.close()
    again = answer.to_json()
    changes = changed(stored, again)
    return {"trace": trace.to_json(), "again": again, "same": not changes, "changed": changes}


def changed(stored: dict[str, Any], again: dict[str, Any]) -> list[str]:
    """The names of what is not the same in two answers. A handoff goes on with a notice of the day."""
    names = ["outcome", "mode", "language", "model"]
    different = [name for name in names if stored.get(name) != again.get(name)]
    notice = again["outcome"] == stored.get("outcome") == "handed_over"
    same = stored["text"].startswith(again["text"]) if notice else stored["text"] == again["text"]
    return different if same else ["text", *different]


def _answer(answerer: "Answerer", question: "Question") -> "tuple[Answer, Trace]":
    from bot.answering.trace import recorded

    with recorded() as trace:
        return answerer.answer(question), trace


def _brain(settings: Settings, knowledge: "Path | None") -> "Brain":
    from bot.app import open_brain
    from bot.commands.progress import pull

    brain = open_brain(settings, knowledge_folder(settings, knowledge), pull)
    return replace(brain, settings=settings.model_copy(update={"answer_seconds": _PATIENCE}))
