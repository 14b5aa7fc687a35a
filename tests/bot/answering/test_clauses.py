"""A message is cut into what it asks, and what it only tells stays with it."""

import pytest

from bot.answering.clauses import asked


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("Do you ship to Norway, and how can I pay?", ["Do you ship to Norway", "how can I pay?"]),
        ("What does it cost and until when can I return it?", ["What does it cost", "until when can I return it?"]),
        ("My lamp cracked. Am I covered, and where do I write?", ["Am I covered", "where do I write?"]),
        ("能退货吗，运费谁出？", ["能退货吗", "运费谁出？"]),
        ("补胎多少钱 明天能到吗", ["补胎多少钱", "明天能到吗"]),
        ("几点开门？还有停车多少钱？", ["几点开门？", "停车多少钱？"]),
    ],
)
def test_two_questions_in_one_message_are_two(text: str, questions: list[str]) -> None:
    assert [one.text for one in asked(text)] == questions


@pytest.mark.parametrize(
    "text",
    [
        "Can I return oil, sealant and energy bars?",
        "If I return it, what do I pay?",
        "我想退车，没有箱子，要多少钱？",
    ],
)
def test_a_condition_or_a_list_is_no_question_of_its_own(text: str) -> None:
    assert [one.text for one in asked(text)] == [text]


def test_what_was_told_first_goes_with_every_question() -> None:
    found = asked("Hello! My lamp is broken. Where do I write, and what do you need?")
    assert [one.told for one in found] == ["My lamp is broken."] * 2


def test_what_leads_to_the_first_question_of_a_sentence_goes_with_the_others() -> None:
    found = asked("I want to send back a coat: how many days do I have, and what does that cost?")
    assert [one.text for one in found] == [
        "I want to send back a coat: how many days do I have",
        "what does that cost?",
    ]
    assert [one.told for one in found] == ["", "I want to send back a coat"]
    found = asked("外套想退，期限几天，退货费多少？")
    assert [one.told for one in found] == ["", "外套想退"]


@pytest.mark.parametrize("text", ["My lamp is broken.", "谁也不知道他缺什么。", "hello", ""])
def test_what_only_tells_asks_nothing(text: str) -> None:
    assert asked(text) == []
