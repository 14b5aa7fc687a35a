"""Messages that want something besides an answer: which are, how they are counted, and what happens without any."""

import json
import sys
from pathlib import Path

import pytest

from bot.reading.examples import Examples
from bot.reading.intent import Intent, read_intent
from knowledge.embedders.hashing import HashingEmbedder
from scripts import evaluate_intents
from scripts.evaluate_intents import measured, messages, reading

LINES = {
    "bitext": [
        {"id": "1", "text": "put me through to customer support", "label": "contact_human_agent"},
        {"id": "2", "text": "how do I reach you", "label": "contact_customer_service"},
        {"id": "3", "text": "where is my parcel", "label": "track_order"},
    ],
    "retr_zh_cmrc": [{"id": "4", "query": "周日营业吗", "gold": []}],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, lines in LINES.items():
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (tmp_path / f"{name}.queries.dev.jsonl").write_text(text, "utf-8")
    return tmp_path


def test_labels_tell_what_is_meant_and_some_tell_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    meant, ordinary = messages(folder)
    assert meant == [("put me through to customer support", Intent.PERSON)]
    assert ordinary == ["where is my parcel", "周日营业吗"]
    assert "SKIPPED: clinc150" in capsys.readouterr().err


def test_examples_read_what_rules_do_not() -> None:
    meant = [("put me through to your very own customer support", Intent.PERSON), ("hello", Intent.THANKS)]
    ordinary = ["do you ship abroad", "thanks"]
    by_rule = measured(read_intent, meant, ordinary)
    assert (by_rule["right"], by_rule["other"], by_rule["lost"]) == (1, 1, 1)
    never = measured(reading(Examples(HashingEmbedder()), 9.0), meant, ordinary)
    assert never == by_rule


def test_a_lead_of_nothing_lets_every_example_speak() -> None:
    read = reading(Examples(HashingEmbedder()), 0.0)
    assert read("could a member of staff get in touch with me") is Intent.PERSON
    assert read("do you ship abroad") is Intent.QUESTION


def test_without_any_labels_it_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["evaluate_intents", str(tmp_path)])
    with pytest.raises(SystemExit, match="bitext, clinc150"):
        evaluate_intents.main()
