"""How long each class of stored data is kept. Knows no key and no server.

| class | what | kept |
|---|---|---|
| conversations | state, turns, mailbox, the lists that name them, what a channel must still send | `conversations` |
| events | the same once more, for those who listen: a page that slept longer reads the conversation anew | `events` |
| files | what was sent along, in pieces; after an hour when no turn carries it | no longer than conversations |
| dead letters | what was given up, for people to look at | `dead_letters` |
| marks | which messages and updates came already; no words | as long as they may come again |
"""

from dataclasses import dataclass

DAY = 86_400.0
# Telegram offers what was not taken for 24 hours: so long, and an hour more, a message must be known again.
_OFFERED_AGAIN = 90_000.0


@dataclass(frozen=True, slots=True)
class Retention:
    """Seconds after the last change."""

    conversations: float = 30 * DAY
    events: float = 2 * DAY
    dead_letters: float = 30 * DAY

    @property
    def marks(self) -> float:
        """Of messages: as long as their conversation, and as long as they may come again."""
        return max(self.conversations, _OFFERED_AGAIN)

    @property
    def updates(self) -> float:
        """Of raw updates: as long as they may come again."""
        return _OFFERED_AGAIN

    @classmethod
    def all_of(cls, seconds: float) -> "Retention":
        """Everything for so long."""
        return cls(seconds, seconds, seconds)
