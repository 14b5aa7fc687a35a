"""`kefu calibrate --second-look`: measured with a real model, kept, and taken by the answerer."""

import json
from pathlib import Path

import pytest

from bot.answering.answer import Question
from bot.answering.trace import Trace, recorded
from bot.app import open_brain
from bot.commands.building import build_knowledge
from bot.commands.failures import CommandError
from bot.commands.looking import measure_looks
from bot.settings import Settings
from tests.bot.generators.conftest import tiny  # noqa: F401
from tests.fakes.shop import shop

UNCLEAR = "saddle wheel handlebar price submarine?"


@pytest.fixture
def settings(tmp_path: Path, tiny: Path) -> Settings:  # noqa: F811
    source = tmp_path / "shop.jsonl"
    source.write_text("".join(json.dumps(entry.to_json()) + "\n" for entry in shop()), "utf-8")
    settings = Settings(data_dir=tmp_path, knowledge=tmp_path / "kb", embedder="hashing", generator=str(tiny))
    build_knowledge(settings, [source], settings.knowledge_dir)
    return settings


def kept(settings: Settings) -> Path:
    (file,) = (settings.data_dir / "looks").iterdir()
    return file


def explained(settings: Settings) -> Trace:
    brain = open_brain(settings, settings.knowledge_dir)
    try:
        with recorded() as trace:
            brain.answerer().answer(Question(UNCLEAR))
        return trace
    finally:
        brain.close()


def test_what_looks_are_worth_is_told_kept_and_taken(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    measure_looks(settings, settings.knowledge_dir, 4, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["n"] >= 4
    assert set(told["weights"]) == {"bias", "sure", "lead", "back", "threshold", "promised"}
    found = json.loads(kept(settings).read_text("utf-8"))
    assert (found["worth"] is not None) == told["pays"]
    assert {name: found[name] for name in told} == told

    surely = {"bias": 9.0, "sure": 0.0, "lead": 0.0, "back": 0.0}
    kept(settings).write_text(json.dumps(found | {"worth": surely}), "utf-8")
    (look,) = explained(settings).looks
    assert look.after > 0.99 > look.before
    assert explained(settings.model_copy(update={"second_look": "off"})).looks == []


def test_people_are_told_whether_it_pays(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    measure_looks(settings, settings.knowledge_dir, 1, as_json=False)
    said = capsys.readouterr().out
    assert "| mean log loss |" in said
    assert "| known ones then answered rightly |" in said
    assert "It does not surely pay, and is not taken." in said  # so few tell nothing
    assert explained(settings).looks == []


def test_a_generator_that_tells_no_likelihood_is_refused(settings: Settings) -> None:
    with pytest.raises(CommandError, match="tells no likelihoods"):
        measure_looks(settings.model_copy(update={"generate": False}), settings.knowledge_dir, 4, as_json=True)
