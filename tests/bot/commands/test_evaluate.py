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
