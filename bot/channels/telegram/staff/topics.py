"""Shows a conversation in its topic, one message after the other. Knows neither what is next nor what staff writes.

What is shown is noted after it was sent: a process that dies in between leaves it to be shown again. Whether a topic
was made when a process died over it, or the network did, cannot be found out: bots cannot list topics and do not
hear of what they did themselves. Then a second one is made and says so; who writes in the first one is understood
all the same, for its title was noted before.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import structlog

from bot.channels.telegram.outgoing.fates import NotSent
from bot.channels.telegram.staff.forum import Forum, TopicLost
from bot.channels.telegram.staff.notes import Note, Notes
from bot.channels.telegram.staff.telling import Batch, Happening, batch_of, opening, title, wakes
from bot.conversation.base import Conversations
from bot.conversation.messages import BOT, State, Status
from bot.conversation.records import turn_of
from bot.desk.history import this_episode

_log = structlog.get_logger(__name__)


def turns_of_agents(chat: int) -> str:
    """How the ids of turns begin that were written in the staff's group."""
    return f"staff{chat}-"


def needs_person(state: State) -> bool:
    """Whether an agent is waited for, or at work."""
    return state.status is Status.WAITING or (state.owner != BOT and state.status is not Status.RESOLVED)


class Topics:
    """The topics of one forum."""

    def __init__(self, forum: Forum, notes: Notes, conversations: Conversations) -> None:
        self._forum = forum
        self._notes = notes
        self._conversations = conversations
        self._agents = turns_of_agents(forum.chat)

    async def concern(self, conversation: str) -> bool:
        """Whether what happens there may belong into a topic. Raises ConversationsError."""
        own = f"telegram:{self._forum.chat}"
        if conversation == own or conversation.startswith(f"{own}:"):
            return False
        return bool((await self._notes.of(conversation)).topic) or needs_person(await self._state(conversation))

    async def show(self, conversation: str, over: asyncio.Event) -> bool:
        """Show one message's worth; whether there may be more.

        Raises ForumLost, Unclear, NotSent, Stopping, ConversationsError.
        """
        note = await self._notes.of(conversation)
        try:
            if note.topic and note.open:
                return await self._go_on(conversation, note, over)
            if await self._is_asleep(conversation, note):
                return False
            await self._open(conversation, note, over)
        except TopicLost:
            _log.info("a topic was deleted", conversation=conversation, topic=note.topic)
            await self._notes.keep(conversation, Note(shown=note.shown))
        return True

    async def _state(self, conversation: str) -> State:
        return (await self._conversations.read(conversation, last=0)).state

    async def _happenings(self, conversation: str, after: str) -> tuple[list[Happening], str]:
        """The turns of the events after one, and the last of all events."""
        found: list[Happening] = []
        while events := await self._conversations.events(conversation, after, 0.0):
            found += [Happening(event.id, turn_of(event.data)) for event in events if event.kind == "turn"]
            after = events[-1].id
        return found, after

    async def _is_asleep(self, conversation: str, note: Note) -> bool:
        """Whether nobody needs the topic now, which is closed or was never made."""
        if needs_person(await self._state(conversation)):
            return False
        if not note.topic:
            return True
        happenings, last = await self._happenings(conversation, note.shown)
        if any(wakes(happening.turn) for happening in happenings):
            return False
        if last != note.shown:
            await self._notes.keep(conversation, replace(note, shown=last))
        return True

    async def _open(self, conversation: str, note: Note, over: asyncio.Event) -> None:
        doubt = note.asked
        if note.topic:
            await self._forum.set_open(note.topic, over, open_=True)
        else:
            note = await self._create(conversation, note, over)

        async def introduce() -> tuple[Batch, str]:
            # Made when its turn has come: much may have happened meanwhile.
            happenings, last = await self._happenings(conversation, "0")
            state, turns = await self._state(conversation), this_episode([one.turn for one in happenings])
            batch = opening(state, turns, doubt=doubt)
            await self._forum.write(note.topic, batch.parts[0])
            return batch, last

        batch, last = await self._forum.act(introduce, over)
        await self._bring_rest(conversation, note, batch, over)
        await self._notes.keep(conversation, replace(note, shown=last, open=True))

    async def _create(self, conversation: str, note: Note, over: asyncio.Event) -> Note:
        name = title(await self._state(conversation))

        async def intend() -> None:
            await self._notes.promise(name, conversation)
            await self._notes.keep(conversation, replace(note, asked=True))

        try:
            topic = await self._forum.create(name, intend, over)
        except NotSent:
            await self._notes.keep(conversation, replace(note, asked=False))
            raise
        await self._notes.bind(topic, conversation)
        made = Note(topic)
        await self._notes.keep(conversation, made)
        return made

    async def _go_on(self, conversation: str, note: Note, over: asyncio.Event) -> bool:
        batch = await self._batch(conversation, note)
        if not batch.shown:
            return False
        if batch.parts:
            batch = await self._write(conversation, note, batch, over)
        await self._bring_rest(conversation, note, batch, over)
        if batch.ended:
            await self._forum.set_open(note.topic, over, open_=False)
        await self._notes.keep(conversation, replace(note, shown=batch.shown, open=not batch.ended))
        return True

    async def _batch(self, conversation: str, note: Note) -> Batch:
        happenings, last = await self._happenings(conversation, note.shown)
        batch = batch_of(conversation, happenings, self._agents)
        return batch if happenings or last == note.shown else Batch(shown=last)

    async def _write(self, conversation: str, note: Note, known: Batch, over: asyncio.Event) -> Batch:
        async def write() -> Batch:
            # Made when its turn has come: what was said meanwhile goes into the same message.
            batch = await self._batch(conversation, note)
            if batch.parts:
                await self._forum.write(note.topic, batch.parts[0])
            return batch

        try:
            return await self._forum.act(write, over)
        except NotSent as refusal:
            _log.error("Telegram does not take what was said", conversation=conversation, reason=str(refusal))
            return known

    async def _bring_rest(self, conversation: str, note: Note, batch: Batch, over: asyncio.Event) -> None:
        await self._bring_parts(note.topic, batch.parts[1:], over)
        for chat, number in batch.copies:
            try:
                await self._forum.copy(note.topic, chat, number, over)
            except NotSent as refusal:
                _log.info("a message cannot be copied", conversation=conversation, reason=str(refusal))

    async def _bring_parts(self, topic: int, parts: Sequence[str], over: asyncio.Event) -> None:
        for part in parts:
            if part.strip():
                await self._forum.act(lambda part=part: self._forum.write(topic, part), over)  # type: ignore[misc]
