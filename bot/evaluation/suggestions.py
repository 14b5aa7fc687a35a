"""How good suggestions to agents are: their own replies among others, and what is done by what is suggested.

A line of history is a conversation, a line of what is asked a moment of one with the reply that an agent gave:

    {id, turns[{role, text[, act]}]}
    {id, context[{role, text}], candidates[], gold_index[, act][, free_text]}

What stands before the last "-" of the id of a moment names its conversation.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.corpus.read_text import read_text
from knowledge.corpus.records import Record, records
from knowledge.embedders.base import Embedder
from knowledge.embedders.remembering import RememberingEmbedder
from knowledge.errors import CorpusError
from knowledge.evaluation import Statistic, drawn_weights, share, with_intervals
from knowledge.replies import PastReplies, PastReply

AGENT = "agent"
_SUGGESTED = 3
_BATCH = 64


@dataclass(frozen=True, slots=True)
class Moment:
    """What was said `before` a reply, latest first, and the `candidates`, of which the one at `gold` was given.

    `act` names what the reply does; `typed` is one that its agent wrote freely.
    """

    id: str
    before: tuple[str, ...]
    candidates: tuple[str, ...]
    gold: int
    act: str = ""
    typed: bool = False

    @property
    def conversation(self) -> str:
        """What the moment is one of."""
        return self.id.rpartition("-")[0] or self.id


@dataclass(frozen=True, slots=True)
class Suggested:
    """A moment, the positions of its candidates in the order of their rank, and what would be suggested."""

    moment: Moment
    ranked: Sequence[int]
    replies: Sequence[PastReply]

    @property
    def place(self) -> int:
        """The place, from 1, of the reply that was given."""
        return self.ranked.index(self.moment.gold) + 1


def read_history(file: Path) -> list[PastReply]:
    """Every reply of an agent, with what was said before it. CorpusError names place and cure."""
    replies = []
    for record in records(read_text(file, str(file))):
        turns = record.records("turns")
        texts = [turn.text("text") for turn in turns]
        replies += [
            PastReply(tuple(filter(None, reversed(texts[:at]))), texts[at], turn.text("act"))
            for at, turn in enumerate(turns)
            if at and texts[at] and turn.text("role") == AGENT
        ]
    if not replies:
        raise CorpusError(f"{file}: no agent speaks there: give lines of {{id, turns[{{role, text}}]}}")
    return replies


def read_moments(file: Path) -> list[Moment]:
    """The moments. CorpusError names place and cure."""
    found = [_moment(record) for record in records(read_text(file, str(file)))]
    if not found:
        raise CorpusError(f"{file}: nothing is asked there: give lines of {{id, context, candidates, gold_index}}")
    return found


def _moment(record: Record) -> Moment:
    before = tuple(filter(None, (turn.text("text") for turn in reversed(record.records("context")))))
    candidates = tuple(text for own in record.lists("candidates") for text in own)
    gold = record.number("gold_index")
    if not 0 <= gold < len(candidates):
        raise record.error(f"'gold_index' is {gold}, but there are {len(candidates)} candidates")
    return Moment(record.id(), before, candidates, gold, record.text("act"), record.flag("free_text"))


def suggested(moments: Sequence[Moment], replies: Sequence[PastReply], embedder: Embedder) -> Iterator[Suggested]:
    """What the past `replies` say of each moment, in their order. Each text is embedded once."""
    past = PastReplies(replies, RememberingEmbedder(embedder))
    for start in range(0, len(moments), _BATCH):
        batch = moments[start : start + _BATCH]
        befores = [moment.before for moment in batch]
        ranked = past.rank(befores, [moment.candidates for moment in batch])
        for moment, order, best in zip(batch, ranked, past.suggest(befores, _SUGGESTED), strict=True):
            yield Suggested(moment, order, best)


def suggestion_figures(found: Sequence[Suggested], seed: int = 0) -> dict[str, Any]:
    """All figures with their intervals, over conversations; those on acts only where some are named.

    `act_at_k`: one of the first k suggestions does what the agent's reply did. `…_typed`: of replies written freely.
    """
    places = np.array([one.place for one in found], np.float64)
    everyone, typed = np.ones(len(found), np.bool_), np.array([one.moment.typed for one in found], np.bool_)
    statistics: dict[str, Statistic] = {
        "r_at_1": share(places == 1, everyone),
        "r_at_5": share(places <= 5, everyone),
        "mrr": share(1 / places, everyone),
    }
    counts = {"n": len(found)}
    if typed.any():
        counts["n_typed"] = int(typed.sum())
        statistics["r_at_1_typed"] = share(places == 1, typed)
    named = np.array([bool(one.moment.act) for one in found], np.bool_)
    if named.any():
        counts["n_act"] = int(named.sum())
        for k in (1, _SUGGESTED):
            does = [one.moment.act in [reply.act for reply in one.replies[:k]] for one in found]
            statistics[f"act_at_{k}"] = share(np.array(does), named)
    return counts | with_intervals(statistics, drawn_weights([one.moment.conversation for one in found], seed))
