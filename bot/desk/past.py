"""The question that a stored answer was given to, as far as the turns tell. Knows no store and no model."""

from collections.abc import Sequence
from dataclasses import replace

from bot.answering.answer import Question
from bot.conversation.messages import Conversation, Status, Turn
from bot.conversation.records import HANDED_BACK, HANDED_OVER, TAKEN_OVER
from bot.desk.history import question_of, this_episode

_COMES = frozenset({HANDED_BACK, TAKEN_OVER})


def answered_turns(known: Conversation) -> list[Turn]:
    """The bot's turns, oldest first."""
    return [turn for turn in known.turns if turn.role == "bot" and turn.answer is not None]


def question_before(known: Conversation, reply: Turn) -> Question:
    """What the bot's turn `reply` answered, with the turns before it. ValueError when it is not among the turns.

    The customer's language is that of the answer before, else of this one; what their app had said is not stored.
    """
    before = known.turns[: known.turns.index(reply)]
    earlier = [turn.answer["language"] for turn in before if turn.answer]
    language = (earlier or [reply.answer["language"] if reply.answer else ""])[-1]
    status = Status.WAITING if _waits(before) else Status.OPEN
    state = replace(known.state, language=language, status=status)
    return question_of(Conversation(state, before), _pending(before))


def _pending(turns: Sequence[Turn]) -> list[Turn]:
    """The customer's turns since the last reply, else their last one."""
    # What they wrote to an agent who then left is the agent's to have read.
    settled = [at for at, turn in enumerate(turns) if turn.role in {"bot", "agent"} or _is(turn, HANDED_BACK)]
    own = [turn for turn in turns[settled[-1] + 1 if settled else 0 :] if turn.role == "customer"]
    return own or [turn for turn in turns if turn.role == "customer"][-1:]


def _waits(turns: Sequence[Turn]) -> bool:
    """Whether an agent was called in this episode and has not come."""
    told = [turn.text for turn in this_episode(turns) if turn.role == "event"]
    moves = [text for text in told if text == HANDED_OVER or text in _COMES]
    return moves[-1:] == [HANDED_OVER]


def _is(turn: Turn, what: str) -> bool:
    return turn.role == "event" and turn.text == what
