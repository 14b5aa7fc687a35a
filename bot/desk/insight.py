"""What an agent should know before the first word: matter, what was tried, what is open, mood. Made without a model
that writes: it chooses among what was said and what is known. Changes nothing.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.answering.answer import Outcome
from bot.conversation.base import Conversations, ConversationUnknown
from bot.conversation.messages import Conversation, Turn
from bot.conversation.records import HANDED_OVER
from bot.desk.history import this_episode
from bot.reading.entities import named
from bot.reading.intent import Intent, read_intent
from bot.reading.mood import RECENT, Mood, mood_of, read_mood
from bot.reading.summary import asks, central, sentences_of
from knowledge.language import detect
from knowledge.retriever import Retriever

LOOKED_AT = 100
"""Conversations whose moods are told at once."""
_TURNS = 200
_LAST_TURNS = 12  # of a conversation, in which its mood is read
_SHORT = 160  # characters of an answer that are told
_MOST_TRIED, _MOST_OPEN, _MOST_ABOUT = 6, 4, 3
_UNANSWERED = frozenset({Outcome.REFUSED, Outcome.CLARIFIED, Outcome.HANDED_OVER})


@dataclass(frozen=True, slots=True)
class Tried:
    """One answer of the bot: its outcome, its beginning, the titles that it rests on, what the customer thought."""

    outcome: str
    text: str
    sources: tuple[str, ...] = ()
    rated: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """What is known of the matter in hand. `last` is the id of the last turn that it knows of.

    `intent` and `reason` are words of `Intent` and `Reason`; `gist` and `open` are the customer's own sentences.
    """

    last: str
    intent: str
    reason: str
    mood: Mood
    about: tuple[str, ...]
    gist: tuple[str, ...]
    tried: tuple[Tried, ...]
    open: tuple[str, ...]
    named: tuple[str, ...]
    turns: int
    language: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in one turn of the customer."""

    language: str
    mood: Mood


class Insight:
    """Reads conversations of one store."""

    def __init__(self, conversations: Conversations, retriever: Callable[[], Retriever]) -> None:
        self._conversations = conversations
        self._retriever = retriever
        self._moods: dict[str, tuple[float, Mood]] = {}

    async def summary(self, conversation: str) -> Summary:
        """Of the matter in hand. Raises ConversationUnknown."""
        known = await self._conversations.read(conversation, _TURNS)
        return await asyncio.to_thread(summarised, known, self._retriever().embed)

    async def readings(self, conversation: str) -> dict[str, Reading]:
        """Language and mood of each of the customer's turns, by its id. Raises ConversationUnknown."""
        known = await self._conversations.read(conversation, _TURNS)
        return await asyncio.to_thread(_readings, known)

    async def moods(self) -> dict[str, Mood]:
        """The mood of each of the most recently active conversations; of an unchanged one as it was read before."""
        states = await self._conversations.recent(LOOKED_AT)
        waiting = set(await self._conversations.queue()) - {state.id for state in states}
        kept, self._moods = self._moods, {}
        for name, updated in [(state.id, state.updated) for state in states] + [(each, 0.0) for each in waiting]:
            if name in kept and kept[name][0] == updated and updated:
                self._moods[name] = kept[name]
                continue
            try:
                found = await self._conversations.read(name, _LAST_TURNS)
            except ConversationUnknown:
                continue
            self._moods[name] = updated, _mood(found.turns)
        return {name: mood for name, (_, mood) in self._moods.items()}


def summarised(known: Conversation, embed: Callable[[Sequence[str]], object]) -> Summary:
    """The summary of the episode that a conversation is in."""
    turns = this_episode(known.turns)
    asked = [turn.text for turn in turns if turn.role == "customer"]
    told = sentences_of(asked)
    open_ = _open(turns)
    gist = [each for each in central(told, embed) if each not in open_]  # type: ignore[arg-type]  # vectors
    answers = [turn for turn in turns if turn.role == "bot" and turn.answer]
    titles = (source["title"] for turn in reversed(answers) for source in (turn.answer or {}).get("sources", ()))
    handed = [turn.name for turn in turns if turn.role == "event" and turn.text == HANDED_OVER and turn.name]
    return Summary(
        last=known.turns[-1].id if known.turns else "",
        intent=str(_intent(asked)),
        reason=(handed or [known.state.reason])[-1],
        mood=_mood(turns),
        about=tuple(dict.fromkeys(titles))[:_MOST_ABOUT],
        gist=tuple(gist),
        tried=tuple(_tried(turn, turns) for turn in answers)[-_MOST_TRIED:],
        open=tuple(open_),
        named=tuple(named(asked)),
        turns=sum(turn.role != "event" for turn in turns),
        language=detect(" ".join(asked[-RECENT:]), default=known.state.language or "en"),
    )


def _readings(known: Conversation) -> dict[str, Reading]:
    usual = known.state.language or "en"
    own = [turn for turn in known.turns if turn.role == "customer" and turn.text.strip()]
    return {turn.id: Reading(detect(turn.text, default=usual), read_mood(turn.text)) for turn in own}


def _mood(turns: Sequence[Turn]) -> Mood:
    said = [turn.text for turn in turns if turn.role == "customer" and not turn.text.startswith("/")]
    return mood_of([read_mood(text) for text in said[-RECENT:]])


def _intent(asked: Sequence[str]) -> Intent:
    """The strongest of what the customer's turns are for."""
    found = {read_intent(text) for text in asked}
    order = (Intent.UPSET, Intent.COMPLAINT, Intent.PERSON, Intent.QUESTION)
    return next((intent for intent in order if intent in found), Intent.QUESTION)


def _tried(turn: Turn, turns: Sequence[Turn]) -> Tried:
    answer = turn.answer or {}
    titles = tuple(source["title"] for source in answer.get("sources", ()))
    rated = [event.text for event in turns if event.role == "event" and event.name == turn.id]
    text = turn.text if len(turn.text) <= _SHORT else f"{turn.text[:_SHORT]}…"
    return Tried(str(answer.get("outcome", "")), text, titles[:_MOST_ABOUT], (rated or [""])[-1])


def _open(turns: Sequence[Turn]) -> list[str]:
    """What was asked and not answered: before a reply that answers nothing, or after the last one."""
    waiting: list[str] = []
    pending: list[str] = []
    for turn in turns:
        if turn.role == "customer":
            pending.append(turn.text)
        elif turn.role in {"bot", "agent"}:
            outcome = (turn.answer or {}).get("outcome", "")
            if turn.role == "bot" and outcome in _UNANSWERED:
                waiting += pending
            elif turn.role == "agent":
                waiting = []
            pending = []
    told = sentences_of([*waiting, *pending])
    questions = [each for each in told if asks(each)]
    return (questions or told[-1:])[-_MOST_OPEN:]
