from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.embedders.fingerprint import fingerprint

MEGABYTE = 1 << 20


@pytest.fixture
def model(tmp_path: Path) -> Path:
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "1_Pooling" / "config.json").write_text('{"pooling": "mean"}')
    (tmp_path / "model.safetensors").write_bytes(bytes(3 * MEGABYTE))
    return tmp_path


def overwrite(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(bytes(data))


@pytest.mark.parametrize(
    "change",
    [
        lambda model: (model / "config.json").write_text('{"a": 1}'),
        lambda model: (model / "1_Pooling" / "config.json").write_text('{"pooling": "cls"}'),
        lambda model: overwrite(model / "model.safetensors", 7),
        lambda model: overwrite(model / "model.safetensors", 3 * MEGABYTE - 7),
        lambda model: (model / "model.safetensors").write_bytes(bytes(3 * MEGABYTE + 1)),
        lambda model: (model / "tokenizer.json").write_text("{}"),
    ],
    ids=["settings", "pooling", "first weights", "last weights", "size", "tokenizer"],
)
def test_differs_when_the_model_does(model: Path, change: Callable[[Path], None]) -> None:
    before = fingerprint(model)
    change(model)
    assert fingerprint(model) != before


def test_differs_with_the_prompts(model: Path) -> None:
    assert fingerprint(model, "query: ") != fingerprint(model)


def test_does_not_ask_where_the_model_lies_or_how_it_came(
    model: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = fingerprint(model)
    (model / "README.md").write_text("notes")
    (model / "kefu-model.json").write_text("{}")
    (model / ".cache").mkdir()
    (model / ".cache" / "download.json").write_text("{}")
    moved = model.rename(tmp_path_factory.mktemp("elsewhere") / "model")
    assert fingerprint(moved) == before
    assert len(before) == 12
