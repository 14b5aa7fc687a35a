"""`kefu knowledge questions`: written, looked through, removed, and taken up by the next build."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import bot.app
from bot.commands.building import build_knowledge
from bot.commands.questions import app
from bot.generators.base import GenerationFailed, Limits, Pieces, Prompt
from bot.settings import Settings
from knowledge.snapshot.reader import open_current
from knowledge.written import read_written
from tests.bot.answering.conftest import Scripted
from tests.fakes.shop import shop

DRAFT = "saddle overdue\nwill my saddle come tomorrow\nsaddle within 99 days?\nis the helmet late"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    source = tmp_path / "shop.jsonl"
    source.write_text("".join(json.dumps(entry.to_json()) + "\n" for entry in shop()), "utf-8")
    monkeypatch.setenv("KEFU_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("KEFU_EMBEDDER", "hashing")
    monkeypatch.setattr(bot.app, "open_generator", lambda *_: Scripted(DRAFT))
    settings = Settings(data_dir=tmp_path, embedder="hashing")
    build_knowledge(settings, [source], settings.knowledge_dir)
    return settings


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def rebuilt(settings: Settings) -> dict[str, tuple[str, ...]]:
    build_knowledge(settings, [settings.data_dir / "shop.jsonl"], settings.knowledge_dir)
    return {entry.id: entry.written for entry in open_current(settings.knowledge_dir).contents.entries}


def test_what_leads_back_is_kept_and_taken_up_by_the_next_build(settings: Settings) -> None:
    assert "3 questions for 12 entries by scripted" in run("write")

    kept = read_written(settings.knowledge_dir)
    assert kept["saddle"].questions == ("saddle overdue", "will my saddle come tomorrow")
    assert kept["helmet"].questions == ("is the helmet late",)
    assert kept["pedal"].questions == ()
    assert rebuilt(settings)["saddle"] == kept["saddle"].questions


def test_an_entry_that_has_some_is_left_alone_unless_asked_for(settings: Settings) -> None:
    run("write", "--each", "1")
    assert "0 questions for 0 entries" in run("write")
    assert "3 questions for 12 entries" in run("write", "--again")


def test_what_is_removed_does_not_come_back(settings: Settings) -> None:
    run("write")
    run("remove", "saddle", "saddle overdue")
    run("remove", "helmet")
    assert "saddle overdue" not in run("list")
    run("write", "--again")
    after = rebuilt(settings)
    assert after["saddle"] == ("will my saddle come tomorrow",)
    assert after["helmet"] == ()


def test_what_was_removed_does_not_come_back_in_another_spelling(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("write")
    run("remove", "saddle", "saddle overdue")
    monkeypatch.setattr(bot.app, "open_generator", lambda *_: Scripted("Overdue: saddle?\nis my saddle late"))
    run("write", "--again")
    assert read_written(settings.knowledge_dir)["saddle"].questions == ("is my saddle late",)


def test_an_entry_that_nothing_comes_for_keeps_no_other_waiting(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(Scripted):
        def generate(self, prompt: Prompt, limits: Limits) -> Pieces:
            if "helmet" in prompt.messages[-1].content.casefold():
                raise GenerationFailed("a loop")
            return super().generate(prompt, limits)

    monkeypatch.setattr(bot.app, "open_generator", lambda *_: Failing(DRAFT))
    run("write")
    kept = read_written(settings.knowledge_dir)
    assert "helmet" not in kept
    assert kept["saddle"].questions


def test_the_list_tells_who_wrote_and_what_no_longer_counts(settings: Settings) -> None:
    run("write")
    listed = run("list", "--entry", "saddle")
    assert "(by scripted)" in listed
    assert "    saddle overdue\n" in listed
    changed = [json.loads(line) for line in (settings.data_dir / "shop.jsonl").read_text("utf-8").splitlines()]
    changed[0]["answer"] = "A saddle is shipped within a week."
    (settings.data_dir / "shop.jsonl").write_text("".join(json.dumps(one) + "\n" for one in changed), "utf-8")
    assert rebuilt(settings)["saddle"] == ()
    assert "the entry has changed: they no longer count" in run("list", "--entry", "saddle")
    assert json.loads(run("list", "--entry", "saddle", "--json"))["counts"] is False


def test_a_question_that_is_not_there_is_refused(settings: Settings) -> None:
    from bot.commands.failures import CommandError

    run("write")
    with pytest.raises(CommandError, match="no such question"):
        run("remove", "saddle", "is it blue")
