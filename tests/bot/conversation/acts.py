"""Short words for the acts that tests speak of."""

from bot.conversation.base import Conversations
from bot.conversation.messages import Claim, Message, Reply, Turn

ADA = "telegram:42"
LEASE = 0.2  # seconds
SOON = 5.0  # seconds that something may take which must happen


async def ask(conversations: Conversations, text: str, conversation: str = ADA, **details: str) -> bool:
    """A message whose id is its text."""
    return await conversations.accept(Message(conversation, text, text, 1.5, **details))


async def claim(conversations: Conversations) -> Claim:
    claim = await conversations.claim("worker", SOON)
    assert claim is not None
    return claim


def said(text: str, id: str = "") -> Reply:  # noqa: A002 - as in Turn
    return Reply((Turn(id or f"bot-{text}", "bot", text, 2.5, answer={"mode": "verbatim", "sources": []}),))


async def texts(conversations: Conversations, conversation: str = ADA) -> list[str]:
    return [turn.text for turn in (await conversations.read(conversation)).turns]


async def kinds(conversations: Conversations, after: str = "0") -> list[str]:
    return [event.kind for event in await conversations.events(ADA, after, 0)]


async def last_mark(conversations: Conversations) -> str:
    return (await conversations.events(ADA, "0", 0))[-1].id


async def is_settled(conversations: Conversations) -> bool:
    return await conversations.claim("another", 0) is None
