"""What a channel may ask of the house. Knows no model and no Redis; channels only carry."""

from typing import Protocol

from bot.answering.answer import Answer
from bot.conversation.base import Conversations
from bot.conversation.messages import Message, State


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

    async def suggest(self, conversation: str) -> Answer:
        """What the bot would answer to the customer's last turns now. Raises ConversationUnknown."""

    async def take_over(self, conversation: str, agent: str) -> State:
        """Make an agent the owner: the bot is silent from here."""

    async def hand_back(self, conversation: str) -> State:
        """Make the bot the owner again."""

    async def say(self, conversation: str, agent: str, text: str, turn: str) -> State:
        """An agent's reply under the turn id that the agent's page made. It takes the conversation over."""


class ChannelError(Exception):
    """A channel cannot start (a port is taken, a token is wrong); its text is one line with the cure."""


class MessageRefused(Exception):
    """A message cannot be accepted; its text says why, fit to be shown to the customer."""
