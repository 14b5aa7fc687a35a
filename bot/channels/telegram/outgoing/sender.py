"""Takes committed turns from the outbox and puts them into their chats' lanes. Knows no handler and no update.

One process of many sends: the holder of the lease "sender". What a stop or a crash leaves unsettled comes again from
the store, to whoever holds it next. Notices of the channel itself need no lease, for no store remembers them.

A chat that waits holds up no other, as long as no more than 5,000 turns wait in all: the store gives them in order,
so what is behind those must stay there.
"""

import asyncio
from collections.abc import Iterable

import structlog

from bot.channels.telegram.address import Address, address_of
from bot.channels.telegram.outgoing.lanes import Lanes
from bot.channels.telegram.outgoing.letters import Letter
from bot.channels.telegram.outgoing.postman import Postman
from bot.channels.telegram.pacing import Stopping
from bot.channels.telegram.wire import Wire
from bot.conversation.base import ConversationsError
from bot.delivery.base import Outgoing

_log = structlog.get_logger(__name__)

# Turns in hand at once, over all chats. A group gets twenty a minute, so this is a crowd of hours; each is small.
_IN_HAND = 5_000
# The same notice is not queued twice, and of different ones a chat gets no more than these at once.
_NOTICES = 5

Key = tuple[str, str]


class Sender:
    """Carries turns from the store's outbox, and the channel's own notices, to Telegram."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._name = wire.name
        self._lease = wire.sending
        self._postman = Postman(wire, self._name, self._lease)
        self._lanes = Lanes[Letter](self._bring, self._leave)
        self._in_hand: set[Key] = set()

    async def run(self) -> None:
        """Send until `stop` is set; what is on its way then has `tempo.grace` seconds to arrive."""
        keeping = asyncio.create_task(self._lease.keep())
        try:
            await self._lease.until_held()
            # What another sender sent in the last second counts too.
            await self._wire.rest(max(self._wire.tempo.chat, self._wire.tempo.everyone))
            while True:
                await self._lease.until_held()
                await self._take_next()
        except Stopping:
            pass
        finally:
            await self._lanes.finish(self._wire.tempo.grace)
            keeping.cancel()
            await asyncio.wait({keeping})
            await self._lease.let_go()

    def post(self, to: Address, text: str) -> None:
        """Send a notice of the channel itself. It is lost when the process dies: the customer can ask again."""
        waiting = [letter for letter in self._lanes.waiting(to.chat) if letter.outgoing is None]
        if len(waiting) < _NOTICES and all(letter.notice != text for letter in waiting):
            self._lanes.add(to.chat, Letter(to, notice=text))

    async def _take_next(self) -> None:
        if len(self._in_hand) >= _IN_HAND:
            await self._wire.rest(self._wire.tempo.look / 10)
            return
        try:
            outgoing = await self._wire.post.outbox.next(self._name, self._wire.tempo.look)
        except ConversationsError as error:
            _log.warning("nothing can be sent: conversations unavailable", error=str(error))
            await self._wire.rest(self._wire.tempo.look)
            return
        except Exception:
            # One turn that the store cannot give must not end a house that serves everybody else.
            _log.exception("a turn cannot be taken from the outbox")
            await self._wire.rest(self._wire.tempo.look)
            return
        if outgoing is not None:
            await self._take(outgoing)

    async def _take(self, outgoing: Outgoing) -> None:
        key = _key(outgoing)
        # A turn that comes again while it waits here is the same turn.
        if key in self._in_hand:
            return
        try:
            address = address_of(outgoing.conversation)
        except ValueError as error:
            await self._postman.refuse(outgoing, str(error))
        else:
            self._in_hand.add(key)
            self._lanes.add(address.chat, Letter(address, outgoing))

    async def _bring(self, letter: Letter) -> None:
        await self._postman.bring(letter)
        self._leave([letter])

    def _leave(self, letters: Iterable[Letter]) -> None:
        self._in_hand.difference_update(_key(letter.outgoing) for letter in letters if letter.outgoing is not None)


def _key(outgoing: Outgoing) -> Key:
    return outgoing.conversation, outgoing.turn.id
