"""What an onlooker shows after hearing events: the same fold as the widget's and the desk page's.

Each rule has one place in the widget's thread.ts: `conversation` in `hearConversation`, `turn` in `hearTurn`, `state`
in `hearState`, `sentence` in `hearSentence` and `withdrawn` in `withdraw`.
"""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Shown:
    """State, turns by their ids, and the answer in the making: its turn's id and its sentences."""

    state: Json = field(default_factory=dict)
    turns: dict[str, Json] = field(default_factory=dict)
    making: str = ""
    sentences: list[str] = field(default_factory=list)

    def hear(self, kind: str, data: Json) -> None:
        """Change what is shown by one event."""
        match kind:
            case "conversation":
                self.state = data["state"]
                self.turns = {turn["id"]: turn for turn in data["turns"]}
                self._drop()
            case "turn":
                self.turns.setdefault(data["id"], data)
                if data["role"] in ("bot", "agent"):
                    self._drop()
            case "state":
                self.state = {**self.state, **data}
                if _is_taken(data) or data["status"] != "open":
                    self._drop()
            case "sentence" if data["turn"] not in self.turns:
                if data["turn"] != self.making:
                    self._drop()
                self.making = data["turn"]
                self.sentences.append(data["text"])
            case "withdrawn" if data["turn"] == self.making:
                self._drop()

    def _drop(self) -> None:
        self.making, self.sentences = "", []


def _is_taken(state: Json) -> bool:
    """Whether a person speaks: customers see the agent's name or null, agents the owner's."""
    return bool(state.get("agent")) or state.get("owner", "bot") != "bot"
