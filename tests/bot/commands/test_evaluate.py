"""`kefu eval`: figures for people and for programs, a line a query, and bad input named with its place."""

import json
from pathlib import Path

import pytest

from tests.fakes.house import KefuHouse

pytestmark = pytest.mark.slow  # every case starts a process

DATA = Path(__file__).parents[2] / "data" / "eval"
SHOP = (str(DATA / "shop.knowledge.jsonl"), str(DATA / "shop.queries.jsonl"))
HOTELS = (str(DATA / "hotels.knowledge.jsonl"), str(DATA / "hotels.queries.jsonl"))


def test_retrieval_is_told_as_one_object(kefu: KefuHouse) -> None:
    (figures,) = kefu.run("eval", "retrieval", *SHOP, "--json").lines
    assert (figures["n"], figures["n_oos"], figures["threshold"]) == (12, 4, 0.35)
    assert (figures["n_oos_in_domain"], figures["n_oos_out_of_domain"]) == (2, 2)
    for name in ("top1", "r_at_3", "r_at_5", "mrr", "oos_auroc", "oos_recall", "overall_accuracy"):
        low, high = figures[f"{name}_ci"]
        assert 0 <= low <= figures[name] <= high <= 1
    assert figures["top1"] >= 0.75


def test_retrieval_is_told_as_a_table(kefu: KefuHouse) -> None:
    lines = kefu.run("eval", "retrieval", *SHOP).out.splitlines()
    assert lines[:3] == ["| figure | value | 95 % interval |", "|---|---|---|", "| n | 12 |  |"]
    assert "| oos_recall |" in "\n".join(lines)


def test_the_threshold_decides_what_is_answered(kefu: KefuHouse) -> None:
    file = kefu.write("out.jsonl", "")
    (figures,) = kefu.run("eval", "retrieval", *SHOP, "--json", "--threshold", "0", "--predictions", str(file)).lines
    assert (figures["oos_recall"], figures["in_scope_accuracy"]) == (0, figures["top1"])
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [line["id"] for line in lines] == [f"q-{n}" for n in range(12)]
    assert all(line["answered"] for line in lines)
    assert lines[0]["ranked"][0] == "s-returns"
    assert 0 <= lines[0]["confidence"] <= 1


def test_the_turns_before_count_unless_they_are_left_out(kefu: KefuHouse) -> None:
    def found(*options: str) -> dict[str, list[str]]:
        file = kefu.write("out.jsonl", "")
        kefu.run("eval", "retrieval", *HOTELS, "--predictions", str(file), *options)
        lines = map(json.loads, file.read_text("utf-8").splitlines())
        return {line["id"]: line["ranked"] for line in lines}

    with_context, without = found(), found("--no-context")
    assert [with_context[name][0] for name in ("d-1", "d-2")] == ["h-1", "h-3"]
    assert with_context["d-1"] != without["d-1"]
    assert with_context["d-3"] == without["d-3"]


def test_bad_input_is_named(kefu: KefuHouse) -> None:
    bad = kefu.write("bad.jsonl", '{"id": "a", "text": "t", "label": "nope"}\n')
    expected = f"{bad}:1: no line of {SHOP[0]} has the intent 'nope' (unknown is 'oos')"
    assert kefu.refusal("eval", "retrieval", SHOP[0], str(bad)) == expected
    assert kefu.refusal("eval", "retrieval", SHOP[0], "nope") == "nope: cannot be read: No such file or directory"
    assert kefu.refusal("eval", "retrieval", *SHOP, "--predictions", "no/where").startswith("no: no such folder")


BANK = """
{"id": "a", "turns": ["How long can I send it back?"], "expect": "answer", "must": [["30 days"]], "kind": "plain"}
{"id": "b", "turns": ["How much does shipping cost?"], "expect": "answer", "must": [["€5"]], "kind": "plain"}
{"id": "c", "turns": ["hello"], "expect": "smalltalk", "kind": "talk", "split": "report"}
{"id": "d", "turns": ["I want to talk to a person"], "expect": "handoff", "kind": "person", "split": "tune"}
"""


def test_answers_are_scored_by_kind(informed: KefuHouse) -> None:
    bank, file = informed.write("bank.jsonl", BANK), informed.write("answers.jsonl", "")
    (figures,) = informed.run("eval", "answers", str(bank), "--json", "--answers", str(file)).lines
    assert (figures["n"], figures["right"], figures["wrong"], figures["silent"]) == (4, 0.75, 0.25, 0)
    assert (figures["generator"], figures["split"], figures["compose"]) == (None, "all", "auto")
    assert figures["snapshot"] == informed.current.name
    assert figures["kinds"]["plain"]["right"] == 0.5
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [(line["id"], line["verdict"]) for line in lines] == [
        *(("a", "right"), ("b", "wrong"), ("c", "right"), ("d", "right"))
    ]
    assert lines[1]["why"] == "lacks: €5"
    assert "4.90" in lines[1]["text"]


def test_a_bank_is_asked_as_customers_are_unless_a_threshold_is_given(informed: KefuHouse) -> None:
    bank = informed.write("bank.jsonl", BANK)
    (as_customers,) = informed.run("eval", "answers", str(bank), "--json", THRESHOLD="0.2").lines
    (strict,) = informed.run("eval", "answers", str(bank), "--json", "--threshold", "1", THRESHOLD="0.2").lines
    assert (as_customers["threshold"], as_customers["wrong"]) == (0.2, 0.25)
    assert (strict["threshold"], strict["wrong"]) == (1, 0)


def test_one_part_of_a_bank_is_told_as_a_table(informed: KefuHouse) -> None:
    bank = informed.write("bank.jsonl", BANK)
    lines = informed.run("eval", "answers", str(bank), "--split", "report").out.splitlines()
    assert "| n | 1 |  |" in lines
    assert "| kinds | n | right | wrong | silent |" in lines
    assert "| talk | 1 | 1.000 (1.000 to 1.000) | 0.000 (0.000 to 0.000) | 0.000 (0.000 to 0.000) |" in lines


def test_handoffs_are_told_by_reason(informed: KefuHouse) -> None:
    bank = informed.write("bank.jsonl", BANK)
    (figures,) = informed.run("eval", "handoff", str(bank), "--json").lines
    assert (figures["n"], figures["recall"], figures["precision"], figures["false_rate"]) == (4, 1, 1, 0)
    assert figures["reasons"]["asked_for_person"]["n"] == 1
    table = informed.run("eval", "handoff", str(bank)).out
    assert "| reasons | n | precision |" in table
    assert "| kinds | n | recall |" in table


def test_a_bad_bank_is_named(informed: KefuHouse) -> None:
    bank = informed.write("bank.jsonl", BANK.replace("smalltalk", "chat"))
    expected = f"{bank}:4: no outcome is called 'chat': there are answer, refuse, handoff, smalltalk"
    assert informed.refusal("eval", "answers", str(bank)) == expected
    bank = informed.write("bank.jsonl", BANK.splitlines()[1])
    assert informed.refusal("eval", "answers", str(bank), "--split", "report") == (
        f'{bank}: no line has the "split" report'
    )


def conversation(asked: str, told: str) -> str:
    turns = [{"role": "customer", "text": asked}, {"role": "agent", "text": told, "act": told}]
    return json.dumps({"id": asked, "turns": turns}) + "\n"


def test_suggestions_are_ranked_by_the_past(kefu: KefuHouse) -> None:
    past = conversation("When do you open?", "At nine.") + conversation("My bike is broken", "Bring it.")
    context = [{"role": "customer", "text": "When do you open today?"}]
    moment = {"id": "c-0", "context": context, "candidates": ["Bring it.", "At nine."], "gold_index": 1}
    history, moments = kefu.write("history.jsonl", past), kefu.write("moments.jsonl", json.dumps(moment))
    file = kefu.write("out.jsonl", "")
    options = ("--json", "--predictions", str(file))
    (figures,) = kefu.run("eval", "suggestions", str(history), str(moments), *options).lines
    assert [figures[name] for name in ("n", "r_at_1", "r_at_5", "mrr")] == [1] * 4
    assert figures["r_at_1_ci"] == [1, 1]
    (line,) = map(json.loads, file.read_text("utf-8").splitlines())
    assert line == {"id": "c-0", "ranked": [1, 0], "suggested": ["At nine.", "Bring it."]}
