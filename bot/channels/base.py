"""What a channel may ask of the house. Knows no model and no Redis; channels only carry."""

from typing import Protocol

from bot.answering.answer import Answer, Release
from bot.conversation.base import Conversations
from bot.conversation.messages import Attachment, Message, State


class Reception(Protocol):
    """The desk, as channels and the agents' page see it."""

    @property
    def conversations(self) -> Conversations:
        """Where conversations are read, watched and sent from."""

    async def receive(self, message: Message) -> bool:
        """Accept a customer's message (step one). False: it was delivered before.

        Raises MessageRefused for a text that no one can answer, MessageConflict, ConversationsUnavailable.
        """

    async def ask_for_person(self, message: Message) -> bool:
        """Accept a wish for a person (a button, `/human`), which needs no reading. False: delivered before."""

    async def suggest(self, conversation: str, release: Release = lambda sentence: None, words: str = "") -> Answer:
        """What the bot would answer to the customer's last turns now; to an agent's `words` instead, if any.

        `release` gets each sentence as it passes its check. Raises ConversationUnknown.
        """

    async def take_over(self, conversation: str, agent: str) -> State:
        """Make an agent the owner: the bot is silent from here."""

    async def hand_back(self, conversation: str, *, unless_spoken: bool = False) -> State:
        """Make the bot the owner again; `unless_spoken`: not when an agent has said something in this episode."""

    async def resolve(self, conversation: str, by: str, reason: str = "") -> State:
        """End the episode: the bot answers what the customer writes next, as a new matter."""

    async def reopen(self, conversation: str, by: str) -> State:
        """Take a resolution back."""

    async def say(
        self,
        conversation: str,
        agent: str,
        text: str,
        turn: str,
        once: bool = False,
        attachments: tuple[Attachment, ...] = (),
    ) -> State:
        """An agent's reply under the turn id that the agent's page made. It takes the conversation over.

        `once`: rather lost than repeated, when a crash leaves open whether it arrived.
        """

    async def stop(self, conversation: str) -> None:
        """The customer wants no more of the answer in the making; what was released of it stays.

        Raises ConversationUnknown.
        """

    async def rate(self, conversation: str, turn: str, good: bool) -> None:
        """The customer finds an answer helpful or not; the last word stands. Raises ConversationUnknown."""

    async def note(self, conversation: str, what: str, about: str, name: str = "") -> None:
        """Tell agents by an event turn that something happened ("edited", "blocked"), once for what it is about.

        Raises ConversationUnknown.
        """


class ChannelError(Exception):
    """A channel cannot start (a port is taken, a token is wrong); its text is one line with the cure."""


class MessageRefused(Exception):
    """A message cannot be accepted; its text says why, fit to be shown to the customer."""
