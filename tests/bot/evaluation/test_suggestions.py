"""Conversations and moments are read, and places and acts are counted."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.evaluation.suggestions import (
    Moment,
    Suggested,
    read_history,
    read_moments,
    suggested,
    suggestion_figures,
)
from knowledge.embedders.base import Progress, Vectors
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.errors import CorpusError
from knowledge.replies import PastReply

TURNS = [
    {"role": "agent", "text": "Hello!"},
    {"role": "customer", "text": "When do you open?"},
    {"role": "agent", "text": "At nine.", "act": "hours"},
]
MOMENT = {"id": "c-1-2", "context": TURNS[:2], "candidates": ["No.", "At nine.", "No."], "gold_index": 1}

OPENING = PastReply(("When do you open?",), "At nine.", "hours")
MOMENTS = [Moment(f"c-{n}", ("When do you open?",), ("Bye.", "At nine."), 1) for n in range(70)]


class Counting(HashingEmbedder):
    """Counts how often it is given a text."""

    def __init__(self) -> None:
        super().__init__()
        self.counts = Counter[str]()

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.counts.update(texts)
        return super().embed_queries(texts)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.counts.update(texts)
        return super().embed_passages(texts, progress)


def written(folder: Path, *rows: dict[str, Any]) -> Path:
    file = folder / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return file


def test_each_reply_is_known_by_what_was_said_before_it(tmp_path: Path) -> None:
    file = written(tmp_path, {"id": "a", "turns": TURNS})
    assert read_history(file) == [PastReply(("When do you open?", "Hello!"), "At nine.", "hours")]


def test_a_moment_keeps_equal_candidates_and_names_its_conversation(tmp_path: Path) -> None:
    (moment,) = read_moments(written(tmp_path, MOMENT | {"act": "hours", "free_text": True}))
    assert moment.candidates == ("No.", "At nine.", "No.")
    assert (moment.gold, moment.act, moment.typed, moment.conversation) == (1, "hours", True, "c-1")
    assert moment.before == ("When do you open?", "Hello!")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"gold_index": 3}, r":1: 'gold_index' is 3, but there are 3 candidates"),
        ({"gold_index": "1"}, r":1: 'gold_index' is a text, not a whole number"),
        ({"free_text": 1}, r":1: 'free_text' is a number, not true or false"),
    ],
)
def test_bad_moments_are_named(tmp_path: Path, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(CorpusError, match=said):
        read_moments(written(tmp_path, MOMENT | wrong))


def test_conversations_without_agents_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no agent speaks there"):
        read_history(written(tmp_path, {"id": "a", "turns": TURNS[1:2]}))


def test_moments_go_through_the_past_in_their_order() -> None:
    found = list(suggested(MOMENTS, [OPENING], HashingEmbedder()))
    assert [one.moment.id for one in found] == [moment.id for moment in MOMENTS]
    assert all(one.place == 1 and one.replies[0].act == "hours" for one in found)


def test_no_text_is_embedded_twice() -> None:
    embedder = Counting()
    list(suggested(MOMENTS, [OPENING], embedder))
    assert embedder.counts == {"When do you open?": 1, "At nine.": 1, "Bye.": 1}


def one(place: int, acts: tuple[str, ...] = (), act: str = "", typed: bool = False) -> Suggested:
    moment = Moment(f"c{place}-{len(acts)}", (), tuple("abcdef"), 0, act, typed)
    ranked = [1, 2, 3, 4, 5]
    ranked.insert(place - 1, 0)
    return Suggested(moment, ranked, [PastReply((), name, name) for name in acts])


def test_places_and_acts_are_counted() -> None:
    found = [one(1, ("x", "y"), "x"), one(2, ("x", "y"), "y"), one(6, (), "z"), one(1, typed=True)]
    figures = suggestion_figures(found)
    assert (figures["n"], figures["n_act"], figures["n_typed"]) == (4, 3, 1)
    assert (figures["r_at_1"], figures["r_at_5"]) == (0.5, 0.75)
    assert figures["mrr"] == pytest.approx((1 + 1 / 2 + 1 / 6 + 1) / 4, abs=1e-4)
    assert (figures["act_at_1"], figures["act_at_3"]) == (
        pytest.approx(1 / 3, abs=1e-4),
        pytest.approx(2 / 3, abs=1e-4),
    )
    assert figures["r_at_1_typed"] == 1
    low, high = figures["r_at_1_ci"]
    assert low <= 0.5 <= high


def test_without_acts_none_are_told() -> None:
    assert "act_at_1" not in suggestion_figures([one(1), one(3)])
