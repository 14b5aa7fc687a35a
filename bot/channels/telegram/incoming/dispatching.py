"""Puts the routers in their order and hands them what they need. Knows no update."""

from aiogram import Dispatcher, Router

from bot.channels.telegram.incoming.buttons import buttons_router
from bot.channels.telegram.incoming.commands import commands_router
from bot.channels.telegram.incoming.door import Door
from bot.channels.telegram.incoming.edits import edits_router
from bot.channels.telegram.incoming.handlers import messages_router
from bot.channels.telegram.incoming.homes import Addressing
from bot.channels.telegram.incoming.standing import standing_router


def dispatcher_for(door: Door, *first: Router) -> Dispatcher:
    """A dispatcher that handles what the `first` routers leave, and then all that customers do.

    Order matters: commands go before words.
    """
    dispatcher = Dispatcher(disable_fsm=True, door=door)
    dispatcher.include_routers(*first, customers_router(door))
    return dispatcher


def customers_router(door: Door) -> Router:
    """Everything about customers as one router; what others want to see first must be included before it."""
    router = Router(name="customers")
    addressing = Addressing(door.homes)
    routers = (standing_router(), commands_router(), messages_router(), edits_router(), buttons_router())
    for part in routers:
        for observer in (part.message, part.edited_message, part.callback_query, part.my_chat_member):
            observer.middleware(addressing)
        part.stopped_message_generation.middleware(addressing)
    router.include_routers(*routers)
    return router
