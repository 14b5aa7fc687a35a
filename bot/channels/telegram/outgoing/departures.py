"""Who could not be reached, and whether they were heard of since. Knows no bot, and no time but the order of turns.

The clocks of two machines may differ; the order of a conversation's turns is one for all.
"""

from collections.abc import Sequence

from bot.conversation.base import Conversations
from bot.conversation.messages import Turn

# So many conversations are remembered: what is queued for others costs one call more.
_REMEMBERED = 1000
_LAST_TURNS = 100


class Departures:
    """Remembers, by conversation, the turn that found nobody. The methods that read raise ConversationsError."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations
        self._gone: dict[str, tuple[str, str]] = {}

    def note(self, conversation: str, turn: str, reason: str) -> None:
        """A turn found nobody."""
        if len(self._gone) >= _REMEMBERED:
            del self._gone[next(iter(self._gone))]
        self._gone[conversation] = turn, reason

    async def vain(self, conversation: str, turn: str) -> str:
        """Why a turn need not be tried: it was said before agents were told; else nothing."""
        if conversation not in self._gone:
            return ""
        failed, reason = self._gone[conversation]
        later = await self._after(conversation, failed)
        ids = [one.id for one in later]
        before = later[: ids.index(turn)] if turn in ids else later
        if turn in ids and not any(_is_news(one, failed) for one in before):
            return reason
        del self._gone[conversation]
        return ""

    async def is_back(self, conversation: str, turn: str) -> bool:
        """Whether a customer has spoken after this turn."""
        return any(one.role == "customer" for one in await self._after(conversation, turn))

    async def _after(self, conversation: str, turn: str) -> Sequence[Turn]:
        """The turns after this one; all that are read when it is too long ago to be among them."""
        turns = (await self._conversations.read(conversation, last=_LAST_TURNS)).turns
        places = [place for place, one in enumerate(turns) if one.id == turn]
        return turns[places[-1] + 1 :] if places else turns


def _is_news(turn: Turn, failed: str) -> bool:
    """Whether a customer speaks, or agents are told that the failed turn was not delivered."""
    return turn.role == "customer" or turn.id.startswith(f"{failed}-un")
