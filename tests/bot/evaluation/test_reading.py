import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.commands.evaluate import app
from bot.evaluation.reading import Labelled, labels_read, mood_figures, read_messages
from knowledge.errors import CorpusError

MESSAGES = [
    Labelled("1", "This is terrible, I am very disappointed", "negative"),
    Labelled("2", "Where is the parcel?", "neutral"),
    Labelled("3", "Great, thank you so much!", "positive"),
    Labelled("4", "The parcel is there.", "positive"),
]


def test_what_is_read_is_compared_label_by_label() -> None:
    figures = mood_figures(MESSAGES)

    assert labels_read(MESSAGES) == ["negative", "neutral", "positive", "neutral"]
    assert (figures["n"], figures["accuracy"], figures["f1_negative"]) == (4, 0.75, 1.0)
    assert figures["macro_f1"] == pytest.approx((1 + 2 / 3 + 2 / 3) / 3, abs=1e-4)
    assert figures["macro_f1_ci"][0] <= figures["macro_f1"] <= figures["macro_f1_ci"][1]


def test_where_nobody_is_neutral_the_sign_decides() -> None:
    told = [Labelled("1", "it is slow", "negative"), Labelled("2", "", "positive")]

    assert labels_read(told) == ["negative", "positive"]


def test_an_unknown_label_is_told_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "messages.jsonl"
    file.write_text('{"id": "1", "text": "x", "label": "glad"}\n', "utf-8")

    with pytest.raises(CorpusError, match=r"messages\.jsonl:1: 'label' is 'glad'"):
        read_messages(file)


def test_the_command_prints_figures_and_writes_what_was_read(tmp_path: Path) -> None:
    file, out = tmp_path / "messages.jsonl", tmp_path / "read.jsonl"
    lines = ({"id": each.id, "text": each.text, "label": each.label} for each in MESSAGES)
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    done = CliRunner().invoke(app, ["reading", str(file), "--task", "mood", "--json", "--predictions", str(out)])

    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["accuracy"] == 0.75
    assert json.loads(out.read_text("utf-8").splitlines()[0])["label"] == "negative"
