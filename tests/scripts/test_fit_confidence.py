"""The numbers that weights are judged by, on cases whose outcome is known; no model is loaded."""

import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from knowledge.confidence import Features, Weights, confidence, features
from knowledge.corpus.entry import Entry
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.embedders.remembering import RememberingEmbedder
from knowledge.retriever import Hit
from scripts.fit_confidence import (
    Case,
    ask,
    auroc,
    balanced,
    confidences,
    dialogues,
    fit,
    intents,
    left_out,
    main,
    shares,
)

TRUE = Weights(bias=-1.5, closeness=1.0, coverage=2.0, margin=4.0)


def case(closeness: float, right: bool, *, answerable: bool = True, dataset: str = "one") -> Case:
    return Case("any", dataset, Features(closeness, 0.5, 0.1, 0.0, 0.0), right, answerable)


def synthetic(n: int, dataset: str = "one", seed: int = 0) -> list[Case]:
    """Cases that are right as often as `TRUE` says."""
    random = np.random.default_rng(seed)
    inputs = random.uniform((-1.0, 0.0, 0.0), (2.0, 1.0, 0.5), (n, 3))
    unlabelled = [Case("any", dataset, Features(*row, *(0.0,) * 4), False, True) for row in inputs.tolist()]
    right = random.uniform(size=n) < confidences(unlabelled, TRUE)
    return [Case("any", dataset, c.features, bool(label), True) for c, label in zip(unlabelled, right, strict=True)]


def test_recovers_the_weights_that_made_the_cases() -> None:
    # Balancing moves the bias only, by the log of how many more are right than wrong.
    cases = synthetic(40_000)
    share = sum(c.right for c in cases) / len(cases)
    found = fit(cases, l2=0.0)
    assert found.bias == pytest.approx(TRUE.bias - np.log(share / (1 - share)), abs=0.1)
    assert found.closeness == pytest.approx(TRUE.closeness, abs=0.1)
    assert found.coverage == pytest.approx(TRUE.coverage, abs=0.15)
    assert found.margin == pytest.approx(TRUE.margin, abs=0.3)


def test_the_penalty_holds_weights_down_alike_in_small_and_large_samples() -> None:
    few = synthetic(500)
    free, held, held_in_many = fit(few, l2=0.0), fit(few, l2=0.01), fit(few * 10, l2=0.01)
    assert held.margin < 0.8 * free.margin
    assert held_in_many.margin == pytest.approx(held.margin)


def test_refuses_to_fit_when_nothing_is_wrong() -> None:
    with pytest.raises(ValueError, match="both needed"):
        fit([case(1.0, True), case(0.5, True)])


def test_each_set_and_label_weighs_the_same_however_large() -> None:
    cases = [case(1.0, True)] * 6 + [case(0.0, False)] * 2 + [case(0.0, False, dataset="other")]
    assert balanced(cases) == pytest.approx([1 / 18] * 6 + [1 / 6] * 2 + [1 / 3])


def test_says_what_the_bot_says() -> None:
    entries = [Entry("a", "Yes.", "Is it?", language="en"), Entry("b", "No.", "Was it?", language="en")]
    hits = [
        Hit(entry, 0.9, entry.question, "question", closeness=closeness, coverage=0.6, relevance=relevance)
        for entry, closeness, relevance in zip(entries, (1.4, 0.9), (0.8, 0.5), strict=True)
    ]
    own = Case("any", "one", features(hits, "en"), True, True)
    assert confidences([own], TRUE)[0] == pytest.approx(confidence(hits, TRUE, "en"))


def test_auroc_counts_how_often_right_is_surer_and_ties_half() -> None:
    sure = np.array([0.9, 0.4, 0.4, 0.1])
    assert auroc(sure, np.array([True, True, False, False])) == pytest.approx(3.5 / 4)
    assert auroc(sure, np.array([False, False, True, True])) == pytest.approx(0.5 / 4)
    assert auroc(sure, np.array([True, True, True, True])) is None


def test_shares_are_of_the_answerable_and_of_the_unknown() -> None:
    cases = [case(1, True), case(1, True), case(1, False), case(1, True)]
    unknown = [case(1, False, answerable=False)] * 2
    sure = np.array([0.9, 0.5, 0.6, 0.2, 0.7, 0.1])
    assert shares(cases + unknown, sure, 0.5) == {"right": 0.5, "wrong": 0.25, "unknown": 0.5}
    assert shares(cases, sure[:4], 0.5)["unknown"] is None


def test_a_set_is_judged_by_weights_that_have_not_seen_it() -> None:
    # In the second set a far hit is right, so weights that knew it would not put all its cases the wrong way round.
    first = [case(closeness, closeness > 0.5) for closeness in np.linspace(0, 1, 40).tolist()]
    second = [case(closeness, closeness < 0.5, dataset="two") for closeness in np.linspace(0, 1, 40).tolist()]
    assert [row["auroc"] for row in left_out(first + second)] == [0.0, 0.0]


def test_asks_intents_through_the_real_builder_and_retriever() -> None:
    knowledge = [
        {"id": "i1", "intent": "hours", "title": "opening hours", "utterances": ["when do you open", "closing time"]},
        {"id": "i2", "intent": "refund", "title": "refund", "utterances": ["i want my money back"]},
    ]
    queries = [
        {"text": "when do you open on sunday", "label": "hours"},
        {"text": "when do you open a shop in paris", "label": "oos"},
    ]
    asked = list(intents(knowledge, queries))
    known, unknown = ask(asked, "hashing", RememberingEmbedder(HashingEmbedder()), "toy")
    assert (known.right, known.answerable) == (True, True)
    assert (unknown.right, unknown.answerable) == (False, False)


def test_asks_a_dialogue_with_its_entry_and_without() -> None:
    knowledge = [
        {"id": f"e{n}", "domain": "hotel", "entity": "A", "question": f"is there {what}", "answer": f"answer {n}"}
        for n, what in enumerate(["parking", "wifi", "breakfast", "sauna", "pool", "gym", "lift", "bar"])
    ]
    query = {"src": "dstc9", "query": "is there parking", "knowledge_seeking": True, "gold": ["e0"]}
    asked = list(dialogues(knowledge, [query | {"domain": "hotel", "entity": "A"}]))
    with_it, without = ask(asked, "hashing", RememberingEmbedder(HashingEmbedder()), "toy")
    assert (with_it.right, with_it.answerable) == (True, True)
    assert (without.right, without.answerable) == (False, False)


def test_says_which_sets_are_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # The bank alone is not enough: weights are judged on a set that they have not seen.
    with pytest.raises(SystemExit, match="take more queries or more sets"):
        main([str(tmp_path), "--embedder", "hashing"])
    said = capsys.readouterr().err
    assert said.count("SKIPPED") == 4
    assert f"there is no {tmp_path}/clinc150.knowledge.dev.jsonl" in said


def test_prints_weights_and_figures_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    knowledge = {"id": "i", "intent": "hours", "title": "hours", "utterances": ["when do you open"]}
    other = {"id": "j", "intent": "refund", "title": "refund", "utterances": ["money back"]}
    queries = [{"text": "when do you open", "label": "hours"}, {"text": "money for music", "label": "oos"}]
    (tmp_path / "hint3.knowledge.dev.jsonl").write_text(f"{json.dumps(knowledge)}\n{json.dumps(other)}\n")
    (tmp_path / "hint3.queries.dev.jsonl").write_text("".join(f"{json.dumps(query)}\n" for query in queries))
    main([str(tmp_path), "--embedder", "hashing", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert [(row["set"], row["n"]) for row in found["sets"]][1] == ("hint3", 2)
    assert set(found["weights"]) == {field.name for field in fields(Weights)}
