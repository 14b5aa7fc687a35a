"""The later banks agree with the sample shop: its entries are there, its facts stand in them, its sums add up."""

import csv
import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from bot.evaluation.bank import read_bank
from bot.evaluation.score import states

ROOT = Path(__file__).parents[3]
DATA = ROOT / "tests" / "data"
BANK = DATA / "bank_more.jsonl"
STRANGERS = DATA / "bank_strangers.jsonl"
BOTH = pytest.mark.parametrize("bank", [BANK, STRANGERS], ids=["more", "strangers"])
SAMPLE = ROOT / "knowledge" / "sample" / "faq"


def rows(bank: Path = BANK) -> list[dict[str, Any]]:
    return [json.loads(line) for line in bank.read_text("utf-8").splitlines()]


def answers() -> dict[str, str]:
    found = {}
    for language in ("en", "zh"):
        with (SAMPLE / f"faq.{language}.csv").open(encoding="utf-8", newline="") as file:
            found |= {row["id"]: row["answer"] for row in csv.DictReader(file)}
        for section in (SAMPLE / f"help.{language}.md").read_text("utf-8").split("\n## ")[1:]:
            heading, _, text = section.partition("\n")
            found[f"help.{language}.md#{heading.strip()}"] = text
    return found


@BOTH
def test_it_is_read_as_a_bank_and_every_id_stands_once(bank: Path) -> None:
    cases = read_bank(bank)
    assert len({case.id for case in cases}) == len(cases) >= 120


def test_the_halves_differ_by_one_question_at_most() -> None:
    halves: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in rows():
        halves[row["kind"], row["language"]][row["split"]] += 1
    assert all(abs(half["tune"] - half["check"]) <= 1 for half in halves.values())


@BOTH
def test_no_question_is_one_of_the_first_bank(bank: Path) -> None:
    first = (DATA / "bank.jsonl").read_text("utf-8").splitlines()
    asked = {json.loads(line)["turns"][-1].casefold() for line in first}
    assert not [row["id"] for row in rows(bank) if row["turns"][-1].casefold() in asked]


@BOTH
def test_every_fact_stands_in_the_named_entries(bank: Path) -> None:
    known = answers()
    for row in (row for row in rows(bank) if row["language"] in {"en", "zh"}):
        text = " ".join(known[entry] for entry in row["entries"])
        for spellings in row["must"] if "work" not in row else ():
            assert any(states(spelling, text) for spelling in spellings), (row["id"], spellings)


def test_the_strangers_tuned_on_are_others_than_those_reported() -> None:
    hands = {"tune": "pq", "report": "r"}
    assert all(row["id"].rpartition("-")[2][0] in hands[row["split"]] for row in rows(STRANGERS))
    assert Counter(row["split"] for row in rows(STRANGERS)) == {"tune": 200, "report": 80}


def test_every_sum_follows_from_numbers_of_the_entries_and_the_question() -> None:
    known = answers()
    for row in (row for row in rows() if "work" in row):
        text = " ".join(known[entry] for entry in row["entries"]) + row["turns"][-1] + " 100"
        for number in re.findall(r"\d+(?:\.\d+)?", row["work"]):
            counted = int(float(number)) <= 6
            assert counted or states(number, text), (row["id"], number)


def test_every_result_is_what_its_sum_gives() -> None:
    for row in (row for row in rows() if "work" in row):
        terms = re.split(r" ([-+*/]) ", row["work"])
        total = float(terms[0])
        for sign, term in zip(terms[1::2], terms[2::2], strict=True):
            number = float(term)
            total = {"+": total + number, "-": total - number, "*": total * number, "/": total / number}[sign]
        assert f"€{total:.2f}".removesuffix(".00") in row["must"][0], row["id"]
