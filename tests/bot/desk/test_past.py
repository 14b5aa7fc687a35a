import pytest

from bot.answering.answer import Answer, Mode, Outcome
from bot.conversation.messages import Conversation, State, Status, Turn
from bot.desk.history import question_of
from bot.desk.past import answered_turns, question_before


def customer(text: str) -> Turn:
    return Turn(text, "customer", text, 1.0)


def bot(text: str, language: str = "en", outcome: Outcome = Outcome.ANSWERED) -> Turn:
    return Turn(text, "bot", text, 2.0, answer=Answer(outcome, Mode.VERBATIM, text, language, 0.9).to_json())


def agent(text: str) -> Turn:
    return Turn(text, "agent", text, 2.0, "Ada")


def event(what: str) -> Turn:
    return Turn(f"e-{what}", "event", what, 3.0)


def known(*turns: Turn, language: str = "") -> Conversation:
    return Conversation(State("web:1", language=language), turns)


def test_an_answer_belongs_to_what_was_written_since_the_last_one() -> None:
    reply = bot("Two answers")
    asked = (customer("How long?"), customer("And how much?"))
    turns = (customer("Hello"), bot("Hi"), *asked, reply, customer("Thanks"))
    question = question_before(known(*turns), reply)
    assert question.text == "How long?\nAnd how much?"
    assert [turn.text for turn in question.history] == ["Hello", "Hi"]


def test_the_question_is_the_one_that_was_answered_then() -> None:
    asked, reply = customer("How long?"), bot("30 days.", "en")
    before = (customer("Hello"), bot("Hi", "en"))
    then = question_of(known(*before, asked, language="en"), [asked])
    later = known(*before, asked, reply, customer("谢谢"), bot("不客气", "zh"), language="zh")
    assert question_before(later, reply) == then


def test_the_first_answer_tells_its_language_itself() -> None:
    reply = bot("Gern geschehen", "de")
    assert question_before(known(customer("ok"), reply, customer("thanks"), bot("x", "en")), reply).language == "de"


@pytest.mark.parametrize(
    ("events", "waits"),
    [
        (["handed_over"], True),
        (["handed_over", "taken_over"], False),
        (["handed_over", "handed_back"], False),
        (["handed_over", "resolved"], False),
        ([], False),
    ],
)
def test_whether_an_agent_was_awaited_is_told_by_what_happened(events: list[str], waits: bool) -> None:
    reply = bot("30 days.")
    turns = (customer("A person!"), bot("Soon."), *map(event, events), customer("How long?"), reply)
    assert question_before(known(*turns), reply).waiting is waits


def test_what_was_written_to_an_agent_who_left_is_no_question() -> None:
    reply = bot("30 days.")
    turns = (agent("Hello"), customer("Bye, Ada"), event("handed_back"), customer("How long?"), reply)
    assert question_before(known(*turns), reply).text == "How long?"


def test_the_word_of_an_event_in_a_customers_mouth_is_no_event() -> None:
    reply = bot("30 days.")
    turns = (customer("How long?"), customer("handed_back"), customer("handed_over"), reply)
    question = question_before(known(*turns), reply)
    assert (question.text, question.waiting) == ("How long?\nhanded_back\nhanded_over", False)


def test_a_reply_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="not in"):
        question_before(known(customer("How long?")), bot("30 days."))


def test_answers_are_the_bots_turns_alone() -> None:
    turns = (customer("a"), bot("b"), agent("c"), event("resolved"), bot("d"))
    assert [turn.text for turn in answered_turns(known(*turns))] == ["b", "d"]
    assert known(*turns).state.status is Status.OPEN
