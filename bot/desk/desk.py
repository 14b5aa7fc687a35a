"""Decides who speaks, and remembers it. Knows no channel, no model and no Redis key."""

import time
import uuid
from dataclasses import replace

import structlog

from bot.answering.answer import Answer, Release
from bot.answering.engine import Engine
from bot.channels.base import MessageRefused
from bot.conversation.base import Conversations
from bot.conversation.messages import BOT, Attachment, Message, State, Turn
from bot.desk.admission import objection
from bot.desk.history import question_of, unanswered
from bot.reading.intent import PERSON_COMMAND

RATED_UP, RATED_DOWN = "rated_up", "rated_down"

_log = structlog.get_logger(__name__)

# Turns that a question carries along; older ones are the agents' to read.
_HISTORY = 12


class Desk:
    """Takes messages in, tells agents what the bot would say, and moves conversations between bot and agents."""

    def __init__(self, conversations: Conversations, engine: Engine) -> None:
        self._conversations = conversations
        self._engine = engine

    @property
    def conversations(self) -> Conversations:
        """Where conversations are read, watched and sent from."""
        return self._conversations

    async def receive(self, message: Message) -> bool:
        """Accept a customer's message: after this it cannot be lost. False: it was delivered before."""
        # A picture may come without a word.
        if (message.text or not message.attachments) and (reason := objection(message.text)):
            raise MessageRefused(reason)
        new = await self._conversations.accept(message)
        _log.info("message accepted", conversation=message.conversation, new=new, length=len(message.text))
        return new

    async def ask_for_person(self, message: Message) -> bool:
        """Accept a wish for a person, made by a button or a command."""
        return await self.receive(replace(message, text=PERSON_COMMAND))

    async def suggest(self, conversation: str, release: Release = lambda sentence: None, words: str = "") -> Answer:
        """What the bot would answer to the customer's last turns now; to an agent's `words` instead, if any."""
        known = await self._conversations.read(conversation, last=_HISTORY)
        question = replace(question_of(known, unanswered(known)), for_agent=True)
        return await self._engine.answer(replace(question, text=words or question.text), release)

    async def take_over(self, conversation: str, agent: str) -> State:
        """Make an agent the owner: the bot is silent from here."""
        state = await self._conversations.take_over(conversation, agent)
        _log.info("taken over", conversation=conversation, agent=agent)
        return state

    async def hand_back(self, conversation: str, *, unless_spoken: bool = False) -> State:
        """Make the bot the owner again; `unless_spoken`: not when an agent has said something in this episode."""
        state = await self._conversations.hand_back(conversation, unless_spoken=unless_spoken)
        if state.owner == BOT:
            _log.info("handed back", conversation=conversation)
        return state

    async def resolve(self, conversation: str, by: str, reason: str = "") -> State:
        """End the episode: what the customer writes next is a new matter, and the bot's to answer."""
        state = await self._conversations.resolve(conversation, by, reason)
        _log.info("resolved", conversation=conversation, by=by, reason=reason)
        return state

    async def reopen(self, conversation: str, by: str) -> State:
        """Take a resolution back."""
        return await self._conversations.reopen(conversation, by)

    async def say(
        self,
        conversation: str,
        agent: str,
        text: str,
        turn: str,
        once: bool = False,
        attachments: tuple[Attachment, ...] = (),
    ) -> State:
        """An agent's reply; it takes the conversation over. `once`: rather lost than repeated."""
        if (text or not attachments) and (reason := objection(text)):
            raise MessageRefused(reason)
        at = time.time()
        said = Turn(turn or uuid.uuid4().hex, "agent", text, at, agent, attachments=attachments, once=once)
        return await self._conversations.say(conversation, agent, said)

    async def stop(self, conversation: str) -> None:
        """End the answer in the making, if there is one; what was released of it stays."""
        # Only what exists: announcing would begin to keep events of any name.
        await self._conversations.read(conversation, last=0)
        await self._conversations.announce(conversation, "stop", {})

    async def rate(self, conversation: str, turn: str, good: bool) -> None:
        """Note what the customer thinks of an answer; the last word stands."""
        what = RATED_UP if good else RATED_DOWN
        known = await self._conversations.read(conversation)
        ratings = [each.text for each in known.turns if each.text in (RATED_UP, RATED_DOWN) and each.name == turn]
        if ratings[-1:] != [what]:
            await self.note(conversation, what, f"{turn}-{len(ratings) + 1}", turn)

    async def note(self, conversation: str, what: str, about: str, name: str = "") -> None:
        """Tell agents by an event turn what happened, once for what it is about."""
        event = Turn(f"{about}-{what}", "event", what, time.time(), name)
        await self._conversations.note(conversation, event)
