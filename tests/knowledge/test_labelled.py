"""Every shape of labelled data is read, and what is wrong with a line is told with its place."""

import json
from pathlib import Path
from typing import Any

import pytest

from knowledge.errors import CorpusError
from knowledge.labelled import Ward, read_labelled

INTENT = {"id": "k", "intent": "pay", "title": "paying", "utterances": ["How do I pay?", "pay by card"]}
FAQ = {"id": "k", "domain": "hotel", "entity": "INN", "question": "Is it open?", "answer": "Yes."}
PASSAGE = {"id": "k", "doc": "d", "title": "Fees", "domain": "dmv", "text": "The fee is five dollars."}


def read(folder: Path, knowledge: list[dict[str, Any]], queries: list[dict[str, Any]]) -> list[Ward]:
    for name, rows in (("k.jsonl", knowledge), ("q.jsonl", queries)):
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return read_labelled(folder / "k.jsonl", folder / "q.jsonl")


def test_an_intent_is_an_entry_whose_title_stands_for_the_answer(tmp_path: Path) -> None:
    (ward,) = read(tmp_path, [INTENT], [{"id": 1, "text": "card?", "label": "pay"}])
    (entry,), (query,) = ward.entries, ward.queries
    assert (entry.question, entry.similar, entry.title, entry.answer) == (
        "How do I pay?",
        ("pay by card",),
        "paying",
        "paying",
    )
    assert (query.id, query.text, query.gold) == ("1", "card?", frozenset({"k"}))


def test_an_unknown_question_has_no_gold(tmp_path: Path) -> None:
    queries = [
        {"id": "a", "text": "t", "label": "oos", "oos_kind": "in_domain"},
        {"id": "b", "text": "t", "gold": []},
    ]
    (ward,) = read(tmp_path, [INTENT], queries)
    assert [(query.gold, query.kind) for query in ward.queries] == [(frozenset(), "in_domain"), (frozenset(), "")]


@pytest.mark.parametrize(("entity", "title"), [("INN", "INN"), (None, "hotel")])
def test_a_question_bears_the_name_of_whom_it_is_about(tmp_path: Path, entity: str | None, title: str) -> None:
    context = [{"role": "customer", "text": "The inn?"}, {"role": "agent", "text": "Yes."}]
    asked = {"id": "q", "domain": "hotel", "query": "open?", "gold": ["k"], "context": context}
    (ward,) = read(tmp_path, [FAQ | {"entity": entity}], [asked])
    assert ward.entries[0].title == title
    assert [(turn.role, turn.text) for turn in ward.queries[0].context] == [
        ("customer", "The inn?"),
        ("agent", "Yes."),
    ]


def test_questions_about_one_document_are_a_group(tmp_path: Path) -> None:
    (ward,) = read(tmp_path, [PASSAGE], [{"id": "q", "doc": "d", "domain": "va", "query": "fee?", "gold": ["k"]}])
    assert (ward.entries[0].answer, ward.queries[0].group) == ("The fee is five dollars.", "d")


@pytest.mark.parametrize("field", ["bot", "domain"])
def test_each_bot_and_domain_of_intents_is_asked_for_itself(tmp_path: Path, field: str) -> None:
    knowledge = [INTENT | {"id": name, field: name} for name in ("a", "b")]
    queries = [{"id": n, "text": "t", "label": "pay", field: name} for n, name in enumerate(("b", "a", "b"))]
    wards = read(tmp_path, knowledge, queries)
    assert [(ward.name, ward.entries[0].id, len(ward.queries)) for ward in wards] == [("b", "b", 2), ("a", "a", 1)]
    assert wards[0].queries[0].gold == {"b"}


def test_domains_part_nothing_where_a_question_has_none(tmp_path: Path) -> None:
    knowledge = [INTENT | {"domain": "bank"}, INTENT | {"id": "o", "intent": "fly", "domain": "travel"}]
    queries = [{"id": 1, "text": "t", "label": "pay", "domain": "bank"}, {"id": 2, "text": "t", "label": "oos"}]
    (ward,) = read(tmp_path, knowledge, queries)
    assert len(ward.entries) == 2


@pytest.mark.parametrize(
    ("knowledge", "query", "message"),
    [
        (INTENT, {"text": "t", "label": "buy"}, "q.jsonl:1: no line of k.jsonl has the intent 'buy'"),
        (INTENT, {"text": "t", "gold": ["z"]}, "q.jsonl:1: no line of k.jsonl has the id 'z'"),
        (INTENT, {"text": "t"}, "q.jsonl:1: neither 'label' nor 'gold'"),
        (INTENT, {"label": "pay"}, "q.jsonl:1: no 'query' or 'text'"),
        (INTENT, {"text": "t", "gold": ["k"], "context": ["x"]}, "q.jsonl:1: 'context' holds a text among its"),
        (INTENT, {"text": 5, "label": "pay"}, "q.jsonl:1: 'text' is a number, not a text"),
        (
            {"id": "k", "question": "q"},
            {"text": "t", "label": "pay"},
            "k.jsonl:1: no 'answer', 'text' or 'utterances'",
        ),
        (
            INTENT | {"bot": "a"},
            {"text": "t", "label": "pay", "bot": "b"},
            "q.jsonl:1: no line of k.jsonl has the bot",
        ),
    ],
)
def test_a_bad_line_is_named(
    tmp_path: Path, knowledge: dict[str, Any], query: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CorpusError) as caught:
        read(Path(), [knowledge], [query])
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
