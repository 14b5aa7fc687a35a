"""Runs a house: its doors, its workers, and the watch for a new snapshot, until it is told to stop."""

import asyncio
import gc
import os
import platform
import secrets
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

import structlog

from bot.app import House, hours_of, redis_client, retention_of
from bot.conversation.base import ConversationsError
from bot.desk.worker import Worker
from bot.settings import Settings
from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from fastapi import APIRouter
    from redis.asyncio import Redis

    from bot.channels.telegram.incoming.webhook import Webhook
    from bot.channels.web.desk_office import Office
    from bot.channels.web.visitors import Visitors
    from bot.delivery.base import Post
    from bot.webhooks.base import Deliveries
    from knowledge.retriever import Retriever

_log = structlog.get_logger(__name__)

Tell = Callable[[str], None]
_LOOK_FOR_SNAPSHOT = 1.0  # seconds


async def serve_house(house: House, stop: asyncio.Event, tell: Tell) -> None:
    """Run what this process is for until `stop` is set, or until one part fails: then all stop and the error is
    raised."""
    tasks = [asyncio.create_task(job) for job in _jobs(house, stop, tell)]
    threading.Thread(target=_warm, args=(house,), name="warm", daemon=True).start()
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.set()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result


def _warm(house: House) -> None:
    house.brain.warm()
    # What is loaded by now stays. To walk through it in search of garbage stood every door still for 0.3 s.
    gc.freeze()


def _jobs(house: House, stop: asyncio.Event, tell: Tell) -> Iterator[Coroutine[None, None, None]]:
    """What the process's roles ask for; all of them work beside others of their kind on other machines."""
    roles = house.settings.roles
    if "telegram" in roles and house.settings.telegram_token:
        yield telegram_job(house, stop)
    if "web" in roles:
        yield serve_web(house, stop, tell)
    else:
        tell(f"Kefu works as {' and '.join(roles)}")
    if "worker" in roles:
        name, renewal = f"{platform.node()}-{os.getpid()}", house.settings.lease_seconds / 3
        yield Worker(house.conversations, house.replier.reply, name, renewal=renewal).run(stop)
        yield webhooks_job(house, stop)
    yield follow_snapshots(house, stop)


async def serve_web(house: House, stop: asyncio.Event, tell: Tell) -> None:
    """Serve the website's door and the agents' desk; tells their addresses and a one-time link."""
    from bot.accounts.base import Role
    from bot.accounts.staff import staff_of
    from bot.channels.web.app import create_app
    from bot.channels.web.desk_office import desk_routers
    from bot.channels.web.redis_sessions import RedisSessions
    from bot.channels.web.server import serve
    from bot.channels.web.sessions import Invitation
    from bot.channels.web.team import team_router
    from bot.registry.redis import RedisRegistry

    settings = house.settings
    routers, body_limits = telegram_routes(house)
    async with redis_client(house.redis_url) as client:
        sessions = RedisSessions(client)
        # Whoever sees what this process prints rules over it anyway.
        link = await sessions.invite(Invitation(Role.ADMIN))
        app = create_app(
            house.desk,
            sessions=sessions,
            ask=house.engine.answer,
            readiness=lambda: readiness(house),
            visitors=visitors_of(settings),
            api_token=settings.api_token.get_secret_value() if settings.api_token else "",
            allowed_origins=settings.allowed_origins,
            secure=settings.public_url.startswith("https://"),
            staff=staff_of(RedisRegistry(client), secret_key(settings)),
            routers=[
                *routers,
                *api_of(house, client),
                *desk_routers(office_of(house, client)),
                team_router(hours_of(settings)),
            ],
            body_limits=body_limits,
        )

        def listening(address: str) -> None:
            public = public_address(settings, address)
            tell(f"Kefu answers on {public}/")
            tell(f"Agents' desk:     {public}/desk")
            tell(f"  log in, once and within a day: {login_link(settings, address, link)}")
            if settings.telegram_token:
                tell("Telegram:         connecting")

        await serve(app, settings.host, settings.port, stop=stop, on_listening=listening)


def office_of(house: House, client: "Redis") -> "Office":
    """What the agents' desk works with beside conversations."""
    from bot.channels.web.desk_office import Office
    from bot.channels.web.desk_redis_book import RedisBook
    from bot.desk.cases import Cases
    from bot.desk.correcting import Correcting
    from bot.desk.library import Library

    def retriever() -> "Retriever":
        return retriever_of(house)

    return Office(
        RedisBook(client, retention_of(house.settings).conversations),
        Library(retriever),
        Cases(house.conversations, retriever),
        Correcting(house.brain.knowledge, house.brain.embedder),
    )


def api_of(house: House, client: "Redis") -> list["APIRouter"]:
    """The doors for programs."""
    from bot.channels.web.v1.chat import chat_router
    from bot.channels.web.v1.routes import api_routers
    from bot.channels.web.v1.webhooks import webhooks_router
    from bot.registry.redis import RedisRegistry
    from bot.webhooks.hooks import Hooks

    hooks, deliveries = Hooks(RedisRegistry(client)), deliveries_of(house, client)
    private = house.settings.webhooks_private
    return [
        *api_routers(lambda: retriever_of(house)),
        webhooks_router(hooks, deliveries, private=private),
        chat_router(house.engine.answer),
    ]


async def webhooks_job(house: House, stop: asyncio.Event) -> None:
    """Tell hooks what happens; as many processes as wanted may do that."""
    from bot.registry.redis import RedisRegistry
    from bot.webhooks.follower import Follower
    from bot.webhooks.hooks import Hooks
    from bot.webhooks.sender import Sender

    async with redis_client(house.redis_url) as client:
        hooks, deliveries = Hooks(RedisRegistry(client)), deliveries_of(house, client)
        sender = Sender(hooks, deliveries, private=house.settings.webhooks_private)
        await asyncio.gather(Follower(house.conversations, hooks, deliveries).run(stop), sender.run(stop))


def deliveries_of(house: House, client: "Redis") -> "Deliveries":
    """The queue of what hooks are told, which remembers longer than conversations keep their events."""
    from bot.webhooks.redis import RedisDeliveries

    kept = retention_of(house.settings)
    return RedisDeliveries(client, seen_seconds=kept.events + 86_400, dead_seconds=kept.dead_letters)


def retriever_of(house: House) -> "Retriever":
    """What finds entries in the snapshot that is answered from now."""
    from bot.answering.answerer import Answerer

    return cast(Answerer, house.engine.answerer).retriever


def visitors_of(settings: Settings) -> "Visitors":
    """Who knows the website's customers."""
    from bot.channels.web.identity import Identities
    from bot.channels.web.visitors import Visitors

    identities = Identities(settings.identity_key.get_secret_value()) if settings.identity_key else None
    return Visitors(secret_key(settings), identities=identities, required=settings.identity_required)


def public_address(settings: Settings, address: str) -> str:
    """Where people find Kefu: the public address, else the one that is listened on."""
    return settings.public_url.rstrip("/") or address


def login_link(settings: Settings, address: str, secret: str) -> str:
    """A one-time link to the agents' desk. What follows # is never sent to a server's log."""
    return f"{public_address(settings, address)}/desk/login#{secret}"


def telegram_job(house: House, stop: asyncio.Event) -> Coroutine[None, None, None]:
    """The Telegram channel, to be run. Imported here, before anything runs: aiogram blocks the loop for seconds."""
    from bot.channels.telegram import run

    settings = house.settings
    token = telegram_token(settings)
    webhook = telegram_webhook(settings) if settings.telegram_webhook else None
    return run(
        house.desk,
        telegram_post(house),
        token,
        api=settings.telegram_api,
        stop=stop,
        webhook=webhook,
        staff=settings.telegram_staff,
    )


def telegram_token(settings: Settings) -> str:
    """The bot's token, or an empty text."""
    return settings.telegram_token.get_secret_value() if settings.telegram_token else ""


def telegram_post(house: House) -> "Post":
    """What the bot of the token needs to lose nothing."""
    from bot.delivery.redis import redis_post

    return redis_post(house.conversations, "telegram", telegram_token(house.settings).partition(":")[0])


def telegram_webhook(settings: Settings) -> "Webhook":
    """Where Telegram is told to bring updates. Its secret is the setting, else made from the installation's key."""
    from bot.channels.telegram.incoming.webhook import PATH, Webhook, derived_secret

    url = settings.public_url.rstrip("/") + PATH
    if settings.telegram_secret:
        return Webhook(url, settings.telegram_secret.get_secret_value())
    return Webhook(url, derived_secret(secret_key(settings), telegram_token(settings).partition(":")[0]))


def telegram_routes(house: House) -> tuple[list["APIRouter"], dict[str, int]]:
    """The route of Telegram's webhook and how much it takes, if there is one."""
    settings = house.settings
    if not (settings.telegram_token and settings.telegram_webhook):
        return [], {}
    from bot.channels.telegram.incoming.webhook import LONGEST_UPDATE, PATH, webhook_router

    return [webhook_router(telegram_post(house).inbox, telegram_webhook(settings).secret)], {PATH: LONGEST_UPDATE}


async def readiness(house: House) -> Mapping[str, str]:
    """What is not ready, by name, with the reason; nothing when all is."""
    try:
        await asyncio.wait_for(house.desk.conversations.ping(), timeout=2)
    except (ConversationsError, TimeoutError) as error:
        return {"redis": str(error) or "no answer within 2 s"}
    return {}


async def follow_snapshots(house: House, stop: asyncio.Event) -> None:
    """Answer from a new snapshot as soon as it is the current one; a damaged one leaves the old in place."""
    seen = using = house.snapshot
    failed = ""
    while not stop.is_set():
        latest = _current(house.brain.knowledge)
        if latest != seen:
            try:
                seen = using = await _renew(house, using)
            except KnowledgeError as error:
                seen = latest
                _log.error("the new snapshot cannot be used; the old one goes on answering", error=str(error))
            except OSError as error:
                if failed != latest:
                    _log.warning("the new snapshot cannot be read yet; trying again", error=str(error))
                failed = latest
        await _sleep(stop, _LOOK_FOR_SNAPSHOT)


async def _renew(house: House, using: str) -> str:
    """Answer from the snapshot in use unless it is `using`; its id."""
    newest, answerer = await asyncio.to_thread(house.brain.newest)
    if newest != using:
        house.engine.replace(answerer)
        _log.info("new snapshot", snapshot=newest)
    return newest


def _current(folder: Path) -> str:
    try:
        return (folder / "CURRENT").read_text("utf-8").strip()
    except OSError:
        return ""


async def _sleep(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), timeout=seconds)
    except TimeoutError:
        return


def secret_key(settings: Settings) -> str:
    """The key that signs visitors' tokens: the setting, else one that is made once and kept in the data folder."""
    if settings.secret_key:
        return settings.secret_key.get_secret_value()
    path = settings.data_dir / "secret.key"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text("utf-8")
