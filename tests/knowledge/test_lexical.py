from pathlib import Path

import numpy as np
import pytest

from knowledge.corpus.entry import Entry
from knowledge.lexical import Lexical

ENTRIES = [
    Entry("refund", "Refunds arrive within 14 days.", question="When do I get my refund?"),
    Entry("cancel", "Open your order and press Cancel.", question="How do I cancel an order?"),
    Entry("hours", "We are open from 9 to 18.", question="When are you open?", tags=("schedule",)),
    Entry("shipping", "退货的运费由买家承担。", question="谁付退货运费？"),
]


@pytest.fixture
def lexical() -> Lexical:
    return Lexical.build(ENTRIES)


@pytest.mark.parametrize(
    ("query", "row"),
    [("refunds", 0), ("i want to cancel", 1), ("the schedule please", 2), ("运费是多少", 3), ("OPEN from 9", 2)],
)
def test_finds_the_entry_that_holds_the_words(lexical: Lexical, query: str, row: int) -> None:
    assert int(np.argmax(lexical.scores(query))) == row


def test_scores_lie_between_nothing_and_all(lexical: Lexical) -> None:
    scores = lexical.scores("When do I get my refund within 14 days?")
    assert scores.shape == (4,)
    assert 0.5 < scores[0] <= 1
    assert (lexical.scores("bananas") == 0).all()


def test_a_word_that_no_entry_holds_lowers_every_score(lexical: Lexical) -> None:
    assert lexical.scores("refund for bananas")[0] < lexical.scores("refund")[0]


@pytest.mark.parametrize("query", ["", "?!", "what is it", "是什么"])
def test_a_query_without_content_finds_nothing(lexical: Lexical, query: str) -> None:
    assert not lexical.scores(query).any()
    assert not lexical.coverage(query, [0, 3]).any()


def test_covers_a_query_whose_words_it_holds(lexical: Lexical) -> None:
    assert lexical.coverage("When will my refund arrive?", [0, 1]).tolist() == pytest.approx([1, 0], abs=0.11)


def test_what_is_held_weighs_the_same_whatever_else_is_asked(lexical: Lexical) -> None:
    few, all_few = lexical.held("refund", [0, 1])
    many, all_many = lexical.held("refund for a bored giraffe", [0, 1])
    assert few.tolist() == many.tolist() == pytest.approx([all_few, 0])
    assert all_many > all_few


def test_a_rare_word_that_is_missing_weighs_more_than_a_common_one_that_is_there(lexical: Lexical) -> None:
    assert lexical.coverage("refund for a giraffe", [0])[0] < 0.5


def test_a_word_in_another_form_counts_nearly_whole(lexical: Lexical) -> None:
    (loose,) = lexical.coverage("cancellation", [1])
    assert 0.7 < loose < 1
    assert lexical.coverage("cancel", [1])[0] == 1


def test_words_that_only_begin_alike_are_not_forms_of_one() -> None:
    lexical = Lexical.build([Entry("a", "We transport international parcels.")])
    assert not lexical.coverage("transfer", [0]).any()
    assert not lexical.coverage("internet", [0]).any()


def test_numbers_have_no_other_forms() -> None:
    lexical = Lexical.build([Entry("a", "Order 1234567 is late.")])
    assert lexical.coverage("1234568", [0])[0] == 0


def test_covers_chinese_by_its_characters_in_their_neighbourhood(lexical: Lexical) -> None:
    assert lexical.coverage("退货运费谁承担", [3])[0] > 0.9
    assert lexical.coverage("门店地址", [3])[0] < 0.2
    near, far = lexical.coverage("退货", [3])[0], lexical.coverage("货退", [3])[0]
    assert near > far


def test_gives_a_share_for_each_row_in_the_order_asked(lexical: Lexical) -> None:
    assert lexical.coverage("cancel", [2, 1, 0]).tolist() == [0, 1, 0]
    assert lexical.coverage("cancel", []).shape == (0,)


def test_comes_back_from_its_file(lexical: Lexical, tmp_path: Path) -> None:
    lexical.save(tmp_path / "lexical")
    again = Lexical.load(tmp_path / "lexical", np.ones(4, bool))
    assert len(again) == 4
    for query in ("cancelled orders", "退货运费"):
        assert np.array_equal(again.scores(query), lexical.scores(query))
        assert np.array_equal(again.coverage(query, [0, 1, 2, 3]), lexical.coverage(query, [0, 1, 2, 3]))


def test_an_empty_index_finds_nothing_and_comes_back(tmp_path: Path) -> None:
    Lexical.build([]).save(tmp_path / "lexical")
    assert Lexical.load(tmp_path / "lexical", np.ones(0, bool)).scores("refund").shape == (0,)


def test_copies_do_not_make_their_words_common(lexical: Lexical, tmp_path: Path) -> None:
    entries = [*ENTRIES, *ENTRIES[:1] * 50]
    distinct = np.arange(len(entries)) < len(ENTRIES)
    copied = Lexical.build(entries, distinct)
    query, rows = "refund within 14 days or cancel", [0, 1, 2, 3]
    assert np.array_equal(copied.coverage(query, rows), lexical.coverage(query, rows))
    assert np.array_equal(copied.scores(query)[:4], lexical.scores(query))
    assert not np.allclose(Lexical.build(entries).coverage(query, rows), lexical.coverage(query, rows), atol=0.1)
    copied.save(tmp_path / "lexical")
    assert np.array_equal(Lexical.load(tmp_path / "lexical", distinct).scores(query), copied.scores(query))


def test_refuses_a_file_of_other_entries(lexical: Lexical, tmp_path: Path) -> None:
    lexical.save(tmp_path / "lexical")
    with pytest.raises(ValueError, match="words of 4 entries, and not of 3"):
        Lexical.load(tmp_path / "lexical", np.ones(3, bool))
