import pytest

from bot.answering.answer import Outcome
from bot.channels.base import MessageRefused
from bot.conversation.base import ConversationUnknown
from bot.conversation.memory import MemoryConversations
from bot.conversation.messages import BOT, Turn
from bot.desk.desk import Desk, question_of
from bot.desk.replying import Replier
from bot.reading.intent import PERSON_COMMAND
from tests.bot.desk.conftest import Scripted, message


async def test_a_message_is_accepted_once(desk: Desk) -> None:
    assert await desk.receive(message())
    assert not await desk.receive(message())
    conversation = await desk.conversations.read("web:1")
    assert [turn.text for turn in conversation.turns] == ["Where is my parcel?"]


@pytest.mark.parametrize("text", ["", "x" * 5000, "a\x00b", "\ud800"])
async def test_a_message_that_no_one_can_answer_is_refused_and_not_stored(desk: Desk, text: str) -> None:
    with pytest.raises(MessageRefused):
        await desk.receive(message(text))
    with pytest.raises(ConversationUnknown):
        await desk.conversations.read("web:1")


async def test_a_wish_for_a_person_is_stored_as_one(desk: Desk) -> None:
    await desk.ask_for_person(message("anything"))
    assert (await desk.conversations.read("web:1")).turns[0].text == PERSON_COMMAND


async def test_suggests_an_answer_to_what_is_unanswered(desk: Desk, answerer: Scripted) -> None:
    await desk.receive(message("Where is it?", 1))
    await desk.say("web:1", "Ada", "Let me look.", "t1")
    await desk.receive(message("Thanks", 2))
    await desk.receive(message("It is order 7", 3))
    answer = await desk.suggest("web:1")
    assert answer.outcome is Outcome.ANSWERED
    assert answerer.questions[-1].text == "Thanks\nIt is order 7"
    assert [turn.text for turn in answerer.questions[-1].history] == ["Where is it?", "Let me look."]


async def test_suggests_again_for_the_last_question_when_all_is_answered(desk: Desk, answerer: Scripted) -> None:
    await desk.receive(message("Where is it?"))
    await desk.say("web:1", "Ada", "On its way.", "t1")
    await desk.suggest("web:1")
    assert answerer.questions[-1].text == "Where is it?"


async def test_suggests_nothing_for_an_unknown_conversation(desk: Desk) -> None:
    with pytest.raises(ConversationUnknown):
        await desk.suggest("web:none")


async def test_an_agents_first_word_takes_the_conversation_over(desk: Desk) -> None:
    await desk.receive(message())
    state = await desk.say("web:1", "Ada", "I am here.", "t1")
    assert state.owner == "Ada"
    assert (await desk.hand_back("web:1")).owner == BOT


async def test_the_same_reply_sent_twice_is_said_once(desk: Desk) -> None:
    await desk.receive(message())
    for _ in range(2):
        await desk.say("web:1", "Ada", "I am here.", "t1")
    turns = (await desk.conversations.read("web:1")).turns
    assert [turn.text for turn in turns if turn.role == "agent"] == ["I am here."]


async def test_an_empty_reply_is_refused(desk: Desk) -> None:
    await desk.receive(message())
    with pytest.raises(MessageRefused):
        await desk.say("web:1", "Ada", "  ", "t1")


async def test_a_refused_turn_is_known_as_one(
    desk: Desk, replier: Replier, answerer: Scripted, conversations: MemoryConversations
) -> None:
    answerer.outcome = Outcome.REFUSED
    await desk.receive(message())
    claim = await conversations.claim("w1", 1)
    assert claim is not None
    await replier.reply(claim)
    known = await conversations.read("web:1")
    question = question_of(known, (Turn("m9", "customer", "And now?", 2000.0),))
    assert [turn.refused for turn in question.history] == [False, True]


async def test_a_message_that_comes_after_the_claim_is_no_history_of_the_question(
    desk: Desk, conversations: MemoryConversations
) -> None:
    await desk.receive(message("Where is my parcel?", 1))
    claim = await conversations.claim("w1", 1)
    assert claim is not None
    await desk.receive(message("And can I return it?", 2))
    question = question_of(await conversations.read("web:1"), claim.pending)
    assert (question.text, question.history) == ("Where is my parcel?", ())


async def test_the_question_tells_that_an_agent_was_called(
    desk: Desk, replier: Replier, answerer: Scripted, conversations: MemoryConversations
) -> None:
    answerer.outcome = Outcome.HANDED_OVER
    for number in (1, 2):
        await desk.receive(message("a person, please", number))
        claim = await conversations.claim("w1", 1)
        assert claim is not None
        await replier.reply(claim)
    assert [question.waiting for question in answerer.questions] == [False, True]


async def test_the_last_word_about_an_answer_stands(desk: Desk, conversations: MemoryConversations) -> None:
    await desk.receive(message())
    for good in (True, True, False, True):
        await desk.rate("web:1", "an-answer", good)
    turns = (await conversations.read("web:1")).turns
    assert [(turn.text, turn.name) for turn in turns[1:]] == [
        ("rated_up", "an-answer"),
        ("rated_down", "an-answer"),
        ("rated_up", "an-answer"),
    ]


async def test_a_suggestion_is_asked_for_an_agent(desk: Desk, answerer: Scripted) -> None:
    await desk.receive(message("Where is it?"))
    await desk.suggest("web:1")
    assert answerer.questions[-1].for_agent
