"""Runs the Telegram door: one bot, its way in, its reader and its sender. Knows no update and no turn.

Both ways in, polling and webhook, end in the post's inbox; one reader of all processes takes updates out of it.
"""

import asyncio
import functools
from dataclasses import dataclass

import structlog
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramNotFound, TelegramUnauthorizedError
from aiogram.utils.backoff import Backoff
from aiogram.utils.token import TokenValidationError

from bot.channels.base import Reception
from bot.channels.telegram.errors import WRONG_TOKEN, TelegramError, in_one_line
from bot.channels.telegram.incoming.asides import Asides
from bot.channels.telegram.incoming.commands import set_commands
from bot.channels.telegram.incoming.dispatching import dispatcher_for
from bot.channels.telegram.incoming.door import Door
from bot.channels.telegram.incoming.homes import Homes
from bot.channels.telegram.incoming.poller import Poller
from bot.channels.telegram.incoming.reader import Reader
from bot.channels.telegram.incoming.webhook import Webhook, tell_telegram
from bot.channels.telegram.lease import Lease
from bot.channels.telegram.outgoing.sender import Sender
from bot.channels.telegram.outgoing.typing_action import Typing
from bot.channels.telegram.pacing import Pacer, Stopping, Tempo, rest, unless_stopped
from bot.channels.telegram.shift import Work, new_holder, work_while_held
from bot.channels.telegram.staff.agents import agents_router
from bot.channels.telegram.staff.mirror import LEASE as STAFF
from bot.channels.telegram.staff.mirror import Mirror
from bot.channels.telegram.wire import Wire
from bot.delivery.base import Post

_log = structlog.get_logger(__name__)


async def run(
    reception: Reception,
    post: Post,
    token: str,
    *,
    api: str = "",
    stop: asyncio.Event,
    webhook: Webhook | None = None,
    tempo: Tempo | None = None,
    staff: int | None = None,
) -> None:
    """Carry messages between Telegram and `reception` until `stop` is set, then end within 5 seconds.

    `api` is the address of a Bot API server of one's own; without a `webhook` Telegram is polled. `staff` is the
    forum in which agents work. Raises TelegramError when the token or `api` is wrong; a Telegram that is away is
    waited for.
    """
    bot = _bot(token, api)
    try:
        await carry(bot, reception, post, stop=stop, tempo=tempo or Tempo(), webhook=webhook, staff=staff)
    finally:
        await bot.session.close()


async def carry(
    bot: Bot,
    reception: Reception,
    post: Post,
    *,
    stop: asyncio.Event,
    tempo: Tempo,
    webhook: Webhook | None = None,
    staff: int | None = None,
) -> None:
    """What `run` does, with a bot that the caller has made and closes."""
    try:
        await _introduce(bot, tempo, stop)
    except Stopping:
        return
    closing = asyncio.Event()
    wire = Wire(bot, reception.conversations, post, Pacer(tempo, closing), tempo, closing)
    asides = Asides(bot, wire.pacer)
    door = Door(reception, Sender(wire), Typing(wire), Homes(post.notebook, wire.moves), asides)
    first = [] if staff is None else [agents_router(door, staff)]
    await _Channel(wire, door, dispatcher_for(door, *first), webhook, staff).run(stop)


def _bot(token: str, api: str) -> Bot:
    if api and not api.startswith(("http://", "https://")):
        raise TelegramError(f"{api!r} is not an address: KEFU_TELEGRAM_API must begin with http:// or https://")
    server = TelegramAPIServer.from_base(api) if api else PRODUCTION
    try:
        return Bot(token, session=AiohttpSession(api=server))
    except TokenValidationError as error:
        raise TelegramError(WRONG_TOKEN) from error


async def _introduce(bot: Bot, tempo: Tempo, stop: asyncio.Event) -> None:
    """Learn who we are. Raises TelegramError, Stopping."""
    backoff = Backoff(tempo.retry)
    while True:
        try:
            me = await unless_stopped(stop, bot.me())
        except (TelegramUnauthorizedError, TelegramNotFound) as error:
            raise TelegramError(WRONG_TOKEN) from error
        except (TelegramAPIError, ClientDecodeError) as error:
            _log.warning("Telegram cannot be reached, trying again", error=in_one_line(error))
            await rest(stop, next(backoff))
        else:
            _log.info("connected to Telegram", name=me.username)
            return


@dataclass(frozen=True, slots=True)
class _Channel:
    """The parts that run side by side, until one fails or all are told to stop."""

    wire: Wire
    door: Door
    dispatcher: Dispatcher
    webhook: Webhook | None
    staff: int | None = None

    async def run(self, stop: asyncio.Event) -> None:
        closing, holder = self.wire.stop, new_holder()
        lease = self._lease("reader", holder)
        tasks = [asyncio.create_task(work_while_held(lease, functools.partial(self._read, lease), closing))]
        tasks.append(asyncio.create_task(self.door.sender.run()))
        if self.webhook is None:
            tasks.append(asyncio.create_task(self._shift("poller", holder, self._poller().run)))
        if self.staff is not None:
            tasks.append(asyncio.create_task(self._shift(STAFF, holder, Mirror(self.wire, self.staff).run)))
        helpers = [asyncio.create_task(set_commands(self.wire.bot)), asyncio.create_task(stop.wait())]
        try:
            await asyncio.wait([*tasks, helpers[1]], return_when=asyncio.FIRST_COMPLETED)
        finally:
            closing.set()
            for helper in helpers:
                helper.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            closings = self.door.typing.close(), self.door.asides.close(self.wire.tempo.grace)
            await asyncio.gather(*closings, *helpers, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _read(self, lease: Lease, over: asyncio.Event) -> None:
        """Handle what comes in; whoever reads also sees to it that Telegram brings it."""
        wire = self.wire
        reader = Reader(wire.bot, self.dispatcher, wire.post, wire.tempo, lambda: lease.held)
        if self.webhook is None:
            await reader.run(over)
            return
        telling = asyncio.create_task(tell_telegram(wire.bot, self.webhook, self._kinds, wire.tempo, over))
        reading = asyncio.create_task(reader.run(over))
        try:
            await asyncio.wait({telling, reading}, return_when=asyncio.FIRST_COMPLETED)
            if telling.done():
                telling.result()
                await asyncio.wait({reading})
        finally:
            over.set()
            await asyncio.wait({telling, reading})
        telling.result()
        reading.result()

    def _poller(self) -> Poller:
        return Poller(self.wire.bot, self.wire.post.inbox, self._kinds, self.wire.tempo)

    @property
    def _kinds(self) -> list[str]:
        return self.dispatcher.resolve_used_update_types()

    async def _shift(self, name: str, holder: str, work: Work) -> None:
        """Do a work that one process of all does."""
        await work_while_held(self._lease(name, holder), work, self.wire.stop)

    def _lease(self, name: str, holder: str) -> Lease:
        return Lease(self.wire.post.leases, name, holder, self.wire.tempo, self.wire.stop)
