"""Ids of turns: the same for the same message, different for different ones, and readable again."""

import pytest

from bot.channels.telegram.turn_ids import edition_id, message_of, original_of, turn_id

GROUP, SUPERGROUP = -77, -100777


def test_an_unmoved_chat_names_its_messages_by_their_numbers() -> None:
    assert turn_id(7, 42, 42) == "7"
    assert turn_id(7, SUPERGROUP, SUPERGROUP) == "7"


def test_numbers_that_start_again_after_a_move_are_told_apart() -> None:
    assert turn_id(7, SUPERGROUP, GROUP) != turn_id(7, GROUP, GROUP)


def test_two_edits_in_one_second_are_two_editions_of_one_message() -> None:
    for original in ("7", turn_id(7, SUPERGROUP, GROUP)):
        editions = {edition_id(original, 1_800_000_000, words) for words in ("opne", "open", "half \ud800")}
        assert len(editions) == 3
        assert {original_of(edition) for edition in editions} == {original}
        assert edition_id(original, 1, "open") == edition_id(original, 1, "open")


def test_a_turn_leads_back_to_its_message_and_chat() -> None:
    moved = turn_id(7, SUPERGROUP, GROUP)
    assert message_of("7", f"telegram:{GROUP}") == (GROUP, 7)
    assert message_of(moved, f"telegram:{GROUP}") == (SUPERGROUP, 7)
    assert message_of(edition_id(moved, 1, "x"), f"telegram:{GROUP}") == (SUPERGROUP, 7)


@pytest.mark.parametrize(
    ("turn", "conversation"), [("7", "web:7"), ("press-ab-1", "telegram:42"), ("", "telegram:42")]
)
def test_what_was_no_message_of_telegram_leads_nowhere(turn: str, conversation: str) -> None:
    assert message_of(turn, conversation) is None
