"""What a conversation so far means for its next question. Knows no store and no answer."""

from collections.abc import Sequence

from bot.answering.answer import PastTurn, Question, told_by
from bot.conversation.messages import Conversation, Status, Turn
from bot.conversation.records import HANDED_BACK, HANDED_OVER, REOPENED, RESOLVED, TAKEN_OVER
from bot.reading.intent import PERSON_COMMAND

# Turns that a question carries along; older ones are the agents' to read.
_LONGEST = 12
# Characters. What stands before so many of a flood is the agents' to read: reading it all would hold up others.
_LONGEST_QUESTION = 8_000
# After these, earlier refusals say nothing any more: else a conversation that was handed back would be handed over
# again at once.
_FRESH_STARTS = frozenset({HANDED_BACK, TAKEN_OVER, HANDED_OVER})


def question_of(known: Conversation, pending: Sequence[Turn]) -> Question:
    """The question that the pending turns ask together, with what was said before in this episode.

    What the customer wrote after them is the next question's, though it is known already.
    """
    turns = this_episode(known.turns)
    ids = {turn.id for turn in pending}
    first = next((place for place, turn in enumerate(turns) if turn.id in ids), len(turns))
    # A reply to an earlier question may stand after the first pending turn: it came while that reply was made.
    before = [turn for place, turn in enumerate(turns) if place < first or turn.role != "customer"]
    return Question(
        text=_asked(pending),
        history=_past(before),
        language=known.state.language,
        waiting=known.state.status is Status.WAITING,
    )


def unanswered(known: Conversation) -> tuple[Turn, ...]:
    """The customer's last turns: those after the last reply, else the very last one."""
    said = [turn for turn in known.turns if turn.role != "event"]
    last_reply = max((i for i, turn in enumerate(said) if turn.role != "customer"), default=-1)
    pending = tuple(said[last_reply + 1 :])
    return pending or tuple(turn for turn in said if turn.role == "customer")[-1:]


def this_episode(turns: Sequence[Turn]) -> Sequence[Turn]:
    """The turns since the conversation was last resolved, unless that was taken back."""
    start = before = 0
    for place, turn in enumerate(turns, 1):
        if turn.role == "event" and turn.text == RESOLVED:
            start, before = place, start
        elif turn.role == "event" and turn.text == REOPENED:
            start = before
    return turns[start:]


def _asked(pending: Sequence[Turn]) -> str:
    texts = [turn.text for turn in pending if turn.text.strip()]
    # Who asks for a person, among other things, wants a person.
    return PERSON_COMMAND if PERSON_COMMAND in texts else "\n".join(texts)[-_LONGEST_QUESTION:]


def _past(turns: Sequence[Turn]) -> tuple[PastTurn, ...]:
    starts = [place for place, turn in enumerate(turns) if turn.role == "event" and turn.text in _FRESH_STARTS]
    fresh = starts[-1] if starts else -1
    past = [_past_turn(turn, fresh=place > fresh) for place, turn in enumerate(turns) if turn.role != "event"]
    return tuple(past[-_LONGEST:])


def _past_turn(turn: Turn, *, fresh: bool) -> PastTurn:
    if not (fresh and turn.answer and turn.role != "event"):
        return PastTurn(turn.role, turn.text)  # type: ignore[arg-type]  # events are left out
    titles = [source["title"] for source in turn.answer.get("sources", ())]
    return PastTurn(turn.role, turn.text, *told_by(turn.answer["outcome"], titles))
