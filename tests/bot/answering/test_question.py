import pytest

from bot.answering.answer import PastTurn, Question
from bot.answering.question import parts, points_back

ASKED = PastTurn("customer", "Do you ship to Norway?")
TOLD = PastTurn("bot", "Yes, for 12 €.")


def texts(question: Question) -> list[str]:
    return [part.text for part in parts(question)]


def test_one_question_is_one_part() -> None:
    assert texts(Question("How do I return a helmet?")) == ["How do I return a helmet?"]


def test_a_greeting_before_a_question_makes_no_second_part() -> None:
    assert len(texts(Question("Hello there! How do I return a helmet?"))) == 1


@pytest.mark.parametrize(
    "text",
    ["How much is shipping? And can I pay by card?", "运费多少？可以刷信用卡吗？"],
)
def test_two_questions_are_two_parts(text: str) -> None:
    assert len(texts(Question(text))) == 2


def test_more_than_three_questions_are_looked_up_as_one() -> None:
    assert len(texts(Question("Is it red? Is it blue? Is it green? Is it new? Is it heavy?"))) == 1


@pytest.mark.parametrize("text", ["And to Sweden?", "how long does it take?", "那冰岛呢？", "它多重？"])
def test_a_follow_up_is_looked_up_with_and_without_the_turn_before(text: str) -> None:
    (part,) = parts(Question(text, (ASKED, TOLD)))
    assert part.queries == (text, f"Do you ship to Norway? {text}")


def test_where_turns_tell_anyway_the_one_before_is_not_looked_up_twice() -> None:
    (part,) = parts(Question("And to Sweden?", (ASKED, TOLD)))
    assert part.before == (TOLD.text, ASKED.text)
    assert part.lookups(turns_tell=False) == part.queries
    assert part.lookups(turns_tell=True) == ("And to Sweden?",)


@pytest.mark.parametrize("text", ["你们卖潜水艇吗", "do you sell submarines"])
def test_a_short_question_that_is_whole_is_looked_up_alone(text: str) -> None:
    (part,) = parts(Question(text, (ASKED, TOLD)))
    assert part.queries == (text,)


def test_smalltalk_before_a_follow_up_is_no_context() -> None:
    (part,) = parts(Question("And to Sweden?", (ASKED, TOLD, PastTurn("customer", "thanks"))))
    assert part.queries[-1].startswith("Do you ship to Norway?")


def test_a_question_that_stands_alone_is_looked_up_alone() -> None:
    (part,) = parts(
        Question("Which bicycles have a belt instead of a chain drive?".replace("instead of a", "or"), (ASKED, TOLD))
    )
    assert len(part.queries) == 1


def test_a_story_is_also_looked_up_by_the_question_in_it() -> None:
    story = "I bought a bike last spring for my daughter and she loved it at first. " * 4
    (part,) = parts(Question(f"{story}What does a repair of the brakes cost?"))
    assert "What does a repair of the brakes cost?" in part.queries


@pytest.mark.parametrize(
    ("text", "back"),
    [("what about that one", True), ("那个呢", True), ("Where is the shop in Hamburg located exactly", False)],
)
def test_form_tells_whether_a_text_points_back(text: str, back: bool) -> None:
    assert points_back(text) is back
