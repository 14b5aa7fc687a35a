from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.keys import ALL_SHARDS, SHARDS, events_of, keys_of, shard_of


def tag(key: bytes) -> bytes:
    """What a cluster looks at: the text between the first brace and the next closing one."""
    return key.split(b"{", 1)[1].split(b"}", 1)[0]


@given(st.text(st.characters()))
def test_all_keys_of_a_conversation_live_on_one_node(conversation: str) -> None:
    shard = shard_of(conversation)
    keys = [*keys_of(conversation), shard.fence, shard.dead, *shard.stems]

    assert {tag(key) for key in keys} == {f"k{shard.number}".encode()}
    assert events_of(conversation) in keys


@given(st.text(), st.text())
def test_two_conversations_share_no_key_of_their_own(one: str, other: str) -> None:
    if one != other:
        assert not set(keys_of(one)[:5]) & set(keys_of(other)[:5])


def test_a_conversation_keeps_its_shard_for_ever() -> None:
    # These lie in people's data: another number here would lose it.
    assert [shard_of(name).number for name in ("telegram:42", "web:3fc1", "console:1")] == [5, 7, 0]
    assert keys_of("telegram:42")[0] == b"kefu:{k5}:state:telegram:42"


def test_conversations_spread_over_all_shards() -> None:
    shards = [shard_of(f"telegram:{number}").number for number in range(1600)]

    assert len(ALL_SHARDS) == SHARDS
    assert all(50 < shards.count(number) < 200 for number in range(SHARDS))
