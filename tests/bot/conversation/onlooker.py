"""Who looks at a conversation from outside: by its events, and by its turns."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.conversation.messages import BOT, About, Conversation, Event, State, Turn
from bot.conversation.records import preview, turn_of


def state_of(event: Event) -> State:
    """The state that an event tells."""
    return State(**{**event.data, "about": About(**event.data["about"])})


@dataclass(slots=True)
class Onlooker:
    """Knows only what events told, from `mark` on."""

    mark: str = "0"
    turns: list[Turn] = field(default_factory=list)
    state: State = field(default_factory=lambda: State(""))

    def hear(self, events: Sequence[Event]) -> None:
        for event in events:
            self.mark = event.id
            if event.kind == "state":
                self.state = state_of(event)
            elif event.kind == "turn":
                self.turns.append(turn_of(event.data))
                if self.turns[-1].role != "event":
                    self.state = replace(self.state, preview=preview(self.turns[-1]))

    def sees(self, known: Conversation) -> bool:
        """Whether it is all there. Of the time of the last change, and of how long they wait, no event tells."""
        state = replace(self.state, updated=known.state.updated, since=known.state.since)
        return (state, tuple(self.turns)) == (known.state, known.turns)


def assert_agents_are_not_interrupted(known: Conversation) -> None:
    """No turn is there twice, and the bot is silent from an agent's coming until it is over."""
    ids = [turn.id for turn in known.turns]
    assert len(ids) == len(set(ids))
    owner = BOT
    for turn in known.turns:
        if turn.role == "event" and turn.text in ("taken_over", "handed_back", "resolved"):
            owner = turn.name if turn.text == "taken_over" else BOT
        if turn.role == "bot":
            assert owner == BOT
        if turn.role == "agent":
            assert owner == turn.name
    assert owner == known.state.owner
