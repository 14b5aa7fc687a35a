"""The sample shop and its question bank agree with each other. Knows no retriever, no model and no loader."""

import ast
import csv
import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "knowledge" / "sample"
BANK = ROOT / "tests" / "data" / "bank.jsonl"
LANGUAGES = ("en", "zh")
COLUMNS = ["id", "question", "answer", "similar", "title", "tags", "language", "url"]


@dataclass(frozen=True)
class Piece:
    """A row of a table or a section of a page, under the name the bank gives it."""

    name: str
    language: str
    question: str
    answer: str
    title: str = ""
    similar: str = ""


def table(language: str) -> list[dict[str, str]]:
    with (SAMPLE / "faq" / f"faq.{language}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sections(language: str) -> Iterator[tuple[str, str]]:
    page = (SAMPLE / "faq" / f"help.{language}.md").read_text(encoding="utf-8")
    for section in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        heading, _, passage = section.partition("\n")
        yield heading.strip(), passage.strip()


@cache
def pieces() -> tuple[Piece, ...]:
    found = []
    for language in LANGUAGES:
        for row in table(language):
            text = (row["question"], row["answer"], row["title"], row["similar"])
            found.append(Piece(row["id"], row["language"], *text))
        for heading, passage in sections(language):
            found.append(Piece(f"help.{language}.md#{heading}", language, heading, passage))
    return tuple(found)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@cache
def bank() -> tuple[dict[str, Any], ...]:
    return tuple(lines(BANK))


@cache
def conversations() -> tuple[dict[str, Any], ...]:
    return tuple(lines(SAMPLE / "conversations" / "conversations.jsonl"))


def normal(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).lower()


def occurs(fact: str, text: str) -> bool:
    """Whether the fact stands in the text, and not as part of a longer number: 5 € is not in 15 € or 4.5 €."""
    before = r"(?<!\d)(?<!\d[.,])" if normal(fact)[0].isdigit() else ""
    after = r"(?![.,]?\d)" if normal(fact)[-1].isdigit() else ""
    return re.search(before + re.escape(normal(fact)) + after, normal(text)) is not None


def numbers(text: str) -> Counter[str]:
    return Counter(re.findall(r"\d+(?:[.:]\d+)*", normal(text)))


def named(question: dict[str, Any], language: str) -> list[Piece]:
    return [piece for piece in pieces() if piece.name in question["entries"] and piece.language == language]


def test_has_enough_entries_and_every_id_once() -> None:
    names = [piece.name for piece in pieces()]
    assert len(names) >= 60
    assert len(names) == len(set(names))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_is_complete(language: str) -> None:
    rows = table(language)
    assert len(rows) >= 34
    assert list(rows[0]) == COLUMNS
    for row in rows:
        assert None not in row, f"{row['id']}: more fields than columns"
        assert all(row[column] for column in COLUMNS), row["id"]
        assert row["language"] == language
        assert row["id"].endswith(f"-{language}")
        assert row["url"].startswith(f"https://shop.example/{language}/")
        assert len(row["similar"].split("|")) <= 4, row["id"]


def test_both_languages_tell_of_the_same_entries() -> None:
    english, chinese = ([row["id"].removesuffix(f"-{language}") for row in table(language)] for language in LANGUAGES)
    assert english == chinese
    assert len(list(sections("en"))) == len(list(sections("zh"))) >= 8


def test_both_languages_state_the_same_numbers() -> None:
    half = len(pieces()) // 2
    for english, chinese in zip(pieces()[:half], pieces()[half:], strict=True):
        assert set(numbers(english.answer)) == set(numbers(chinese.answer)), english.name


@pytest.mark.parametrize("path", sorted(SAMPLE.rglob("*.*")), ids=lambda path: path.name)
def test_addresses_are_invented(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    hosts = re.findall(r"(?:https?://|@)([\w-]+(?:\.[\w-]+)+)", text)
    assert {host.rpartition(".")[2] for host in hosts} <= {"example"}


def test_there_are_40_conversations_in_both_languages() -> None:
    assert len(conversations()) == 40
    assert len({conversation["id"] for conversation in conversations()}) == 40
    languages = Counter(conversation["language"] for conversation in conversations())
    assert languages == {"en": 24, "zh": 16}


def test_a_conversation_has_the_stated_shape() -> None:
    for conversation in conversations():
        assert list(conversation) == ["id", "channel", "language", "started", "turns", "tags", "resolved"]
        assert datetime.fromisoformat(conversation["started"]).tzinfo
        assert isinstance(conversation["resolved"], bool)
        assert 3 <= len(conversation["turns"]) <= 12, conversation["id"]
        assert {turn["role"] for turn in conversation["turns"]} <= {"customer", "agent", "bot"}
        assert all(turn["text"].strip() for turn in conversation["turns"])


def test_what_agents_say_in_numbers_stands_in_the_knowledge() -> None:
    """What agents add up for a customer is tagged `sum`, so that the rest can be held to the knowledge."""
    known = set(numbers(" ".join(piece.question + piece.answer for piece in pieces())))
    for conversation in conversations():
        if "sum" in conversation["tags"]:
            continue
        asked = set(numbers(" ".join(turn["text"] for turn in conversation["turns"] if turn["role"] == "customer")))
        said = set(numbers(" ".join(turn["text"] for turn in conversation["turns"] if turn["role"] != "customer")))
        assert said <= known | asked, (conversation["id"], said - known - asked)


def test_the_bank_is_large_and_every_kind_is_in_it() -> None:
    kinds = Counter(question["kind"] for question in bank())
    languages = Counter(question["language"] for question in bank())
    assert len(bank()) >= 200
    assert len({question["id"] for question in bank()}) == len(bank())
    assert len(kinds) == 20
    assert min(kinds.values()) >= 8
    assert languages["en"] == languages["zh"] >= 100


def test_a_question_has_the_stated_shape() -> None:
    for question in bank():
        assert question["expect"] in {"answer", "refuse", "handoff", "smalltalk"}
        assert question["turns"], question["id"]
        assert all(turn.strip() for turn in question["turns"])
        assert bool(question["entries"]) == bool(question["must"]) == (question["expect"] == "answer"), question["id"]
        assert question["kind"] != "follow_up" or len(question["turns"]) > 1, question["id"]


def test_the_two_halves_hold_as_many_of_each_kind_and_language() -> None:
    halves: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for question in bank():
        halves[question["kind"], question["language"]][question["split"]] += 1
    assert all(half["tune"] == half["report"] for half in halves.values())
    assert {split for half in halves.values() for split in half} == {"tune", "report"}


def test_the_entries_of_the_bank_exist_in_both_languages() -> None:
    names = {piece.name for piece in pieces()}
    for question in bank():
        assert set(question["entries"]) <= names, question["id"]
        assert len(named(question, "en")) == len(named(question, "zh")), question["id"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_stands_in_the_named_entries(language: str) -> None:
    for question in bank():
        text = " ".join(piece.answer for piece in named(question, language))
        for alternatives in question["must"] if "work" not in question else ():
            assert any(occurs(fact, text) for fact in alternatives), (question["id"], alternatives[0])


def test_no_forbidden_words_stand_in_the_named_entries() -> None:
    for question in bank():
        text = " ".join(piece.answer for language in LANGUAGES for piece in named(question, language))
        assert not any(occurs(words, text) for words in question["must_not"]), question["id"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sum_follows_from_stated_numbers(language: str) -> None:
    sums = [question for question in bank() if "work" in question]
    assert len(sums) >= 8
    for question in sums:
        text = " ".join(piece.answer for piece in named(question, language))
        stated = numbers(text) + numbers(" ".join(question["turns"]))
        assert set(numbers(question["work"])) <= set(stated), question["id"]
        total = f"{worked_out(ast.parse(question['work'], mode='eval').body):.2f}".removesuffix(".00")
        assert f"€{total}" in question["must"][0], question["id"]


def worked_out(node: ast.expr) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return node.value
    assert isinstance(node, ast.BinOp)
    left, right = worked_out(node.left), worked_out(node.right)
    match node.op:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case _:
            return left / right


# Words that carry no subject; a paraphrase may share them with its entry.
COMMON = {"about", "before", "take", "what", "when"}
COMMON_CHINESE = {"你们", "怎么"}


def words(text: str, language: str) -> set[str]:
    if language == "en":
        return {word.rstrip("s") for word in re.findall(r"[a-z]{4,}", normal(text))} - COMMON
    runs = re.findall(r"[\u4e00-\u9fff]+", text)
    return {run[i : i + 2] for run in runs for i in range(len(run) - 1)} - COMMON_CHINESE


def test_a_paraphrase_shares_no_word_with_the_question_it_means() -> None:
    for question in bank():
        if question["kind"] == "paraphrase":
            language = question["language"]
            asked = words(question["turns"][-1], language)
            for piece in named(question, language):
                met = words(" ".join((piece.question, piece.title, piece.similar)), language)
                assert not asked & met, (question["id"], asked & met)
