"""The conversations' contract: what is remembered, and who may write it. Knows no model, no phrase and no channel.

A message's way has two steps. `accept` stores it, once, and puts its conversation on the ready list: after that
it cannot be lost. Later a worker claims the conversation, makes a reply and commits it: reply, history, state
and what must be sent are written in one act, or not at all.

Errors: ConversationsError
        ├── ConversationsUnavailable   the server cannot be reached or refuses to write; try again later
        ├── ConversationUnknown        there is no such conversation
        └── MessageConflict            a message id was used again for another text
"""

from collections.abc import Sequence
from typing import Any, Protocol

from bot.conversation.messages import Claim, Conversation, Event, Found, Message, Reply, State, Turn

NO_ADDRESS = (
    "KEFU_REDIS_URL is no address of a server such as redis://:PASSWORD@host:6379/0"
    " (in the password, characters such as # / : are written %23 %2F %3A)"
)


class ConversationsError(Exception):
    """Base of this package's errors; its text is one line fit for a person."""


class ConversationsUnavailable(ConversationsError):
    """The server cannot be reached, or refuses to write."""


class ConversationUnknown(ConversationsError):
    """There is no such conversation."""


class MessageConflict(ConversationsError):
    """A message id was used again for another text."""


class Conversations(Protocol):
    """Where conversations live. All methods may raise ConversationsUnavailable."""

    async def accept(self, message: Message) -> bool:
        """Step one: store a customer's message and queue its conversation. False: it was there already.

        While an agent is the owner, it is stored and not queued. A resolved conversation opens again, for the next
        episode.
        Raises MessageConflict when the id was used for another text, or by someone else.
        """

    async def claim(self, worker: str, wait: float) -> Claim | None:
        """The next conversation with unanswered messages, or None after `wait` seconds.

        A conversation is claimed by one worker at a time; a claim that nobody renews may be taken over.
        `Claim.attempts` tells how often the same messages were claimed: a worker gives up by itself after ATTEMPTS
        and says so to the customer. When not even that succeeds, after twice as many the store gives them up: they
        are settled, an event turn "undeliverable" tells so, and the conversation waits for an agent with the reason
        "engine_down".
        """

    async def extend(self, claim: Claim) -> Claim | None:
        """The same claim with all that is pending by now. None: it was lost."""

    async def renew(self, claim: Claim) -> bool:
        """Keep the claim for another lease. False: it was lost."""

    async def commit(self, claim: Claim, reply: Reply) -> bool:
        """Step two: write the reply, settle the pending turns and queue what must be sent, in one act.

        False, and nothing written, when the claim was lost. When an agent has taken the conversation meanwhile,
        the pending turns are settled, the reply's turns are dropped and False is returned.
        False, and the claim is kept, when the reply is `whole` and more is pending than the claim knows.
        True again, and nothing written, when the very same reply was committed before.
        """

    async def release(self, claim: Claim, *, failed: bool = True) -> None:
        """Give the claim back unanswered; the conversation is ready again.

        One that nobody failed at does not count as an attempt.
        """

    async def publish(self, claim: Claim, kind: str, data: dict[str, Any]) -> bool:
        """Show an event of an answer in the making. False, and not shown, if claim or ownership was lost."""

    async def announce(self, conversation: str, kind: str, data: dict[str, Any]) -> None:
        """Show a passing event (such as typing) that belongs to no answer."""

    async def read(self, conversation: str, last: int = 100) -> Conversation:
        """State and the last turns. Raises ConversationUnknown."""

    async def recent(self, limit: int = 50) -> Sequence[State]:
        """The most recently active conversations, newest first."""

    async def take_over(self, conversation: str, agent: str, by: str = "") -> State:
        """Make an agent the owner, with status open. From here no bot turn is committed. Raises ConversationUnknown.

        All pending turns are settled, all claims are lost, and an event turn tells who has taken over. Another one,
        before it, tells who has assigned it, when that was someone else (`by`).
        """

    async def hand_back(self, conversation: str, *, unless_spoken: bool = False) -> State:
        """Make the bot the owner again, with status open. Raises ConversationUnknown.

        An event turn tells so. What the customer wrote to the agent is not queued for the bot. `unless_spoken`: an
        agent who has said something in this episode keeps it, and nothing changes.
        """

    async def say(self, conversation: str, agent: str, turn: Turn) -> State:
        """An agent's turn: makes the agent the owner, stores it and queues it for sending, in one act.

        A turn id that is there already changes nothing. Raises ConversationUnknown, and MessageConflict when the
        id was used for another text.
        """

    async def resolve(self, conversation: str, by: str, reason: str = "") -> State:
        """End the episode: status resolved, the bot is the owner again. Raises ConversationUnknown.

        All pending turns are settled, all claims are lost, and an event turn tells who ended it, unless it is ended
        already.
        """

    async def reopen(self, conversation: str, by: str) -> State:
        """Take a resolution back: status open, the same episode. Raises ConversationUnknown.

        An event turn tells so; one that is not resolved stays as it is.
        """

    async def note(self, conversation: str, turn: Turn) -> State:
        """Store an event turn, once for its id. Raises ConversationUnknown."""

    async def tag(self, conversation: str, add: Sequence[str], remove: Sequence[str]) -> State:
        """Put tags on, and take others off; MOST_TAGS at most stay. Raises ConversationUnknown."""

    async def snooze(self, conversation: str, until: float, by: str) -> State:
        """Keep it out of the agents' sight until then (Unix seconds), or until the customer writes; 0 ends it.

        An event turn tells so. A resolved one stays as it is. Raises ConversationUnknown.
        """

    async def search(self, text: str, limit: int = 50) -> Sequence[Found]:
        """Conversations with a turn that holds all words of `text`, in any case, most recently active first.

        Looks through what was said and noted in about the SEARCHED most recent, SEARCHED_TURNS turns of each.
        """

    async def queue(self) -> Sequence[str]:
        """The conversations that wait for an agent, longest first."""

    async def events(self, conversation: str, after: str, wait: float) -> Sequence[Event]:
        """Events later than id `after` ("$" = now, "0" = all that are kept), waiting up to `wait` seconds.

        What is no id means "0".
        """

    async def activity(self, after: str, wait: float) -> tuple[str, Sequence[str]]:
        """Conversations that changed since the mark `after` ("$" = now), each once, and the new mark.

        What is no mark means everything that is kept.
        """

    async def ping(self) -> None:
        """Raises ConversationsUnavailable when the server does not answer."""

    async def close(self) -> None:
        """Let go of all connections."""
