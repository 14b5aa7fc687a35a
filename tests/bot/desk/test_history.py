from bot.answering.answer import Answer, Mode, Outcome
from bot.conversation.messages import Attachment, Conversation, State, Status, Turn
from bot.desk.history import question_of, this_episode, unanswered

REFUSAL = Answer(Outcome.REFUSED, Mode.REFUSE, "I do not know.", "en", 0.1).to_json()


def customer(text: str) -> Turn:
    return Turn(text, "customer", text, 1.0)


def refusal(number: int = 1) -> Turn:
    return Turn(f"b{number}", "bot", "I do not know.", 2.0, answer=REFUSAL)


def event(what: str) -> Turn:
    return Turn(what, "event", what, 3.0)


def known(*turns: Turn, status: Status = Status.OPEN) -> Conversation:
    return Conversation(State("web:1", status=status), turns)


def test_a_question_knows_what_was_said_before() -> None:
    asked = customer("And now?")
    question = question_of(known(customer("Hello"), refusal(), asked), [asked])
    assert [(turn.text, turn.refused) for turn in question.history] == [("Hello", False), ("I do not know.", True)]


def test_an_episode_begins_after_the_last_resolution() -> None:
    asked = customer("Another matter")
    question = question_of(known(customer("Hello"), refusal(), event("resolved"), asked), [asked])
    assert question.history == ()


def test_a_resolution_that_was_taken_back_ends_nothing() -> None:
    turns = [customer("one"), event("resolved"), customer("two"), event("resolved"), event("reopened")]
    assert [turn.text for turn in this_episode(turns)] == ["two", "resolved", "reopened"]


def test_refusals_before_a_hand_back_are_no_reason_to_hand_over_again() -> None:
    asked = customer("And now?")
    question = question_of(
        known(customer("Hello"), refusal(), event("handed_over"), event("handed_back"), asked), [asked]
    )
    assert [turn.refused for turn in question.history] == [False, False]


def test_a_refusal_after_a_hand_back_counts() -> None:
    asked = customer("And now?")
    question = question_of(known(event("handed_back"), customer("Hello"), refusal(), asked), [asked])
    assert [turn.refused for turn in question.history] == [False, True]


def test_a_wish_for_a_person_among_other_messages_is_one() -> None:
    turns = [customer("Where is it?"), customer("/human"), customer("Hello?")]
    assert question_of(known(*turns), turns).text == "/human"


def test_a_picture_without_words_adds_nothing_to_the_question() -> None:
    picture = Turn("p", "customer", "", 1.0, attachments=(Attachment("photo", "f1"),))
    words = customer("What is this?")
    assert question_of(known(picture, words), [picture, words]).text == "What is this?"
    assert question_of(known(picture), [picture]).text == ""


def test_a_question_knows_that_a_colleague_was_called() -> None:
    asked = customer("Hello?")
    assert question_of(known(asked, status=Status.WAITING), [asked]).waiting


def test_unanswered_is_what_came_after_the_last_reply() -> None:
    turns = [customer("one"), refusal(), customer("two"), event("edited"), customer("three")]
    assert [turn.text for turn in unanswered(known(*turns))] == ["two", "three"]


def test_unanswered_is_the_last_message_when_all_is_answered() -> None:
    assert [turn.text for turn in unanswered(known(customer("one"), refusal()))] == ["one"]


def test_a_reply_that_was_made_while_the_question_came_is_its_history() -> None:
    asked = customer("And can I return it?")
    reply = Turn("b", "bot", "It is on its way.", 2.0, answer={"outcome": "answered"})
    question = question_of(known(customer("Where is my parcel?"), asked, reply), [asked])
    assert [turn.text for turn in question.history] == ["Where is my parcel?", "It is on its way."]


def test_of_a_flood_only_the_end_is_read() -> None:
    turns = [customer(f"{number} {'x' * 4000}") for number in range(20)]
    text = question_of(known(*turns), turns).text
    assert len(text) == 8_000
    assert text.endswith(turns[-1].text)
