"""How keys are spelled. Knows no server and no value.

All keys of one conversation, and the streams that its acts write, share one hash tag `{k<shard>}`: so they live on
one node of a cluster, and one script may write them all.
"""

import zlib
from dataclasses import dataclass

from bot.conversation.records import encode

SHARDS = 16
SCHEMA = "kefu:schema"
BELL = "kefu:bell"
"""The channel on which acts tell that something is new."""

_OF_A_CONVERSATION = ("state", "turns", "mailbox", "events", "seen")


@dataclass(frozen=True, slots=True)
class Shard:
    """The keys that the conversations of one of SHARDS parts share."""

    number: int

    def _key(self, what: str) -> bytes:
        return encode(f"kefu:{{k{self.number}}}:{what}")

    @property
    def ready(self) -> bytes:
        """Stream of conversations with unanswered messages."""
        return self._key("ready")

    @property
    def activity(self) -> bytes:
        """Stream of conversations that changed."""
        return self._key("activity")

    @property
    def recent(self) -> bytes:
        """Sorted set of conversations by their last change."""
        return self._key("recent")

    @property
    def fence(self) -> bytes:
        """Counter of claims."""
        return self._key("fence")

    @property
    def dead(self) -> bytes:
        """Stream of what was given up."""
        return self._key("dead")

    @property
    def waiting(self) -> bytes:
        """Sorted set of conversations that wait for an agent, by the microsecond they began to."""
        return self._key("waiting")

    def outbox(self, channel: str) -> bytes:
        """Stream of turns that a channel must send."""
        return self._key(f"outbox:{channel}")

    def attempts(self, channel: str) -> bytes:
        """Hash of what is known of the sending of a channel's turns."""
        return self._key(f"attempts:{channel}")

    @property
    def stems(self) -> tuple[bytes, ...]:
        """The beginnings of a conversation's keys, in the order of `keys_of`; its name is the rest."""
        return tuple(self._key(f"{what}:") for what in _OF_A_CONVERSATION)

    @property
    def state_stem(self) -> bytes:
        """The beginning of the key of a conversation's state."""
        return self.stems[0]


@dataclass(frozen=True, slots=True)
class FileKeys:
    """The keys of a conversation's files, all in its shard. They are a class of their own: see `retention.py`."""

    shard: Shard
    conversation: str

    @property
    def files(self) -> bytes:
        """Hash: what is known of each file, by its id."""
        return encode(f"kefu:{{k{self.shard.number}}}:files:{self.conversation}")

    @property
    def ledger(self) -> bytes:
        """Sorted set of all files of the shard by the second in which they go."""
        return encode(f"kefu:{{k{self.shard.number}}}:filed")

    @property
    def total(self) -> bytes:
        """Counter of the bytes of all files of the shard."""
        return encode(f"kefu:{{k{self.shard.number}}}:filed-bytes")

    def pieces(self, token: str) -> bytes:
        """List of a file's bytes."""
        return encode(f"kefu:{{k{self.shard.number}}}:pieces:{self.conversation}:{token}")


def file_keys(conversation: str) -> FileKeys:
    """The keys of a conversation's files."""
    return FileKeys(shard_of(conversation), conversation)


def post_key(place: str, what: str) -> bytes:
    """A key of a channel's post: what belongs to no conversation. `place` is "channel:account"."""
    return encode(f"kefu:{{{place}}}:{what}")


ALL_SHARDS = tuple(Shard(number) for number in range(SHARDS))


def shard_of(conversation: str) -> Shard:
    """The shard in which a conversation lives, for ever."""
    return ALL_SHARDS[zlib.crc32(encode(conversation)) % SHARDS]


def keys_of(conversation: str) -> list[bytes]:
    """All keys that an act of a conversation may write, in the order of a place in `common.lua`."""
    shard = shard_of(conversation)
    own = [stem + encode(conversation) for stem in shard.stems]
    outbox = shard.outbox(conversation.partition(":")[0])
    return [*own, shard.ready, shard.activity, shard.recent, outbox, shard.waiting, shard.dead]


def events_of(conversation: str) -> bytes:
    """The key of a conversation's events."""
    return keys_of(conversation)[3]
