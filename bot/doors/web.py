"""Puts the web door together, from settings and a house: the website's, the agents' desk and the API for programs."""

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, cast

from bot.app import House, hours_of, redis_client, retention_of
from bot.conversation.base import ConversationsError
from bot.doors.files import intake_of
from bot.doors.key import secret_key
from bot.doors.telegram import telegram_routes
from bot.doors.webhooks import deliveries_of
from bot.settings import Settings

if TYPE_CHECKING:
    from fastapi import APIRouter
    from redis.asyncio import Redis

    from bot.channels.web.addresses import Addresses
    from bot.channels.web.desk_office import Office
    from bot.channels.web.visitors import Visitors
    from bot.registry.base import Registry
    from knowledge.retriever import Retriever

Tell = Callable[[str], None]


async def serve_web(house: House, stop: asyncio.Event, tell: Tell) -> None:
    """Serve the website's door and the agents' desk; tells their addresses and a one-time link."""
    from bot.accounts.base import Role
    from bot.accounts.staff import staff_of
    from bot.channels.web.app import create_app
    from bot.channels.web.files import body_limits as file_limits
    from bot.channels.web.files import file_routers
    from bot.channels.web.redis_sessions import RedisSessions
    from bot.channels.web.server import serve
    from bot.channels.web.sessions import Invitation
    from bot.channels.web.team import team_router
    from bot.registry.redis import RedisRegistry

    settings = house.settings
    routers, body_limits = telegram_routes(house)
    async with redis_client(house.redis_url) as client:
        intake = intake_of(settings, client)
        sessions, registry = RedisSessions(client), RedisRegistry(client)
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
            staff=staff_of(registry, secret_key(settings)),
            addresses=addresses_of(settings, registry),
            routers=[
                *routers,
                *api_of(house, client),
                *desk_of(house, client),
                team_router(hours_of(settings), files=intake.limits if intake else None),
                *(file_routers(intake) if intake else ()),
            ],
            body_limits=body_limits | (file_limits(intake) if intake else {}),
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
    from bot.desk.past_cases import PastCases

    def retriever() -> "Retriever":
        return retriever_of(house)

    return Office(
        RedisBook(client, retention_of(house.settings).conversations),
        Library(retriever),
        Cases(house.conversations, retriever, PastCases(house.brain.knowledge)),
        Correcting(house.brain.knowledge, house.brain.embedder),
        house.settings.corrections_by_two,
    )


def desk_of(house: House, client: "Redis") -> list["APIRouter"]:
    """The agents' desk: their office, what reads conversations for them, and what writes."""
    from bot.answering.wording import Writer
    from bot.channels.web.desk_office import desk_routers
    from bot.channels.web.desk_reading import reading_router
    from bot.channels.web.desk_redis_book import RedisBook
    from bot.channels.web.desk_writing import writing_routers
    from bot.desk.insight import Insight
    from bot.desk.writing import Writing

    def retriever() -> "Retriever":
        return retriever_of(house)

    generator = house.brain.generator
    writing = Writing(house.engine, Writer(generator) if generator else None, retriever)
    book = RedisBook(client, retention_of(house.settings).conversations)
    reading = reading_router(Insight(house.conversations, retriever))
    return [*desk_routers(office_of(house, client)), *writing_routers(writing, book), reading]


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


def retriever_of(house: House) -> "Retriever":
    """What finds entries in the snapshot that is answered from now."""
    from bot.answering.answerer import Answerer

    return cast(Answerer, house.engine.answerer).retriever


def addresses_of(settings: Settings, registry: "Registry") -> "Addresses":
    """What holds back a flood from one network address."""
    from bot.channels.web.addresses import Addresses, Most, Origins

    most = Most(settings.address_visitors, settings.address_messages)
    return Addresses(registry, most, Origins(settings.trusted_proxies))


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


async def readiness(house: House) -> Mapping[str, str]:
    """What is not ready, by name, with the reason; nothing when all is."""
    try:
        await asyncio.wait_for(house.desk.conversations.ping(), timeout=2)
    except (ConversationsError, TimeoutError) as error:
        return {"redis": str(error) or "no answer within 2 s"}
    return {}
