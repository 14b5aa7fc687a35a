"""The agents' API for what was read in conversations: summaries, moods and languages. Changes nothing."""

from dataclasses import asdict

from fastapi import APIRouter

from bot.channels.web.agents import Agent, Named
from bot.channels.web.views import Json
from bot.channels.web.wiring import Wired
from bot.desk.insight import Insight


def reading_router(insight: Insight) -> APIRouter:
    """All routes of what is read."""
    router = APIRouter(prefix="/desk/api")

    @router.get("/conversations/{conversation}/summary")
    async def summary(wiring: Wired, agent: Agent, conversation: Named) -> Json:
        """What the matter in hand is: the customer's sentences, what was tried, what is open, mood and numbers."""
        return asdict(await insight.summary(conversation))

    @router.get("/conversations/{conversation}/readings")
    async def readings(wiring: Wired, agent: Agent, conversation: Named) -> Json:
        """Language and mood of each of the customer's turns, by its id."""
        return {"turns": {name: asdict(each) for name, each in (await insight.readings(conversation)).items()}}

    @router.get("/moods")
    async def moods(wiring: Wired, agent: Agent) -> Json:
        """The moods of the conversations of the list, by name."""
        return {"moods": await insight.moods()}

    return router
