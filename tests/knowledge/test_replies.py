"""What was replied at moments like this one stands first, and is suggested."""

import pytest

from knowledge.embedders.hashing import HashingEmbedder
from knowledge.replies import PastReplies, PastReply

HOURS, REFUND, BYE = "We are open from nine to six.", "The money comes back within five days.", "Goodbye."
PAST = [
    PastReply(("When do you open?",), HOURS, "hours"),
    PastReply(("Until when are you open today?", "Hello!"), HOURS, "hours"),
    PastReply(("When do I get my refund?", "I sent it back."), REFUND, "refund"),
    PastReply(("Thanks, that is all.", HOURS), BYE, "bye"),
]


@pytest.fixture(scope="module")
def past() -> PastReplies:
    return PastReplies(PAST, HashingEmbedder())


def test_the_reply_of_like_moments_stands_first(past: PastReplies) -> None:
    ranked = past.rank([("Are you open today?",), ("Is my refund coming?",)], [[BYE, HOURS, REFUND], [HOURS, REFUND]])
    assert [order[0] for order in ranked] == [1, 1]
    assert sorted(ranked[0]) == [0, 1, 2]


def test_replies_in_other_words_are_ranked_by_what_is_near_to_them(past: PastReplies) -> None:
    ((first, _),) = past.rank([("When do you open?",)], [["Your money comes back soon.", "We open at nine."]])
    assert first == 1


def test_each_reply_is_suggested_once_and_the_likeliest_first(past: PastReplies) -> None:
    (suggested,) = past.suggest([("When do you open today?",)], 3)
    assert suggested[0].act == "hours"
    assert len({reply.text for reply in suggested}) == len(suggested) <= 3


def test_the_turns_before_the_last_one_count() -> None:
    past = PastReplies(
        [PastReply(("Yes.", "Shall I book it?"), "Booked."), PastReply(("Yes.", "Shall I cancel it?"), "Cancelled.")],
        HashingEmbedder(),
    )
    suggested = past.suggest([("Yes.", "Shall I cancel it?"), ("Yes.", "Shall I book it?")], 1)
    assert [reply.text for (reply,) in suggested] == ["Cancelled.", "Booked."]


def test_nothing_asked_is_nothing_found(past: PastReplies) -> None:
    assert past.rank([], []) == []
    assert past.suggest([], 3) == []
    assert past.rank([("When do you open?",)], [[]]) == [[]]


def test_without_a_past_there_is_nothing_to_look_in() -> None:
    with pytest.raises(ValueError, match="no replies of the past"):
        PastReplies([], HashingEmbedder())
