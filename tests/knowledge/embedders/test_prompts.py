import json
from pathlib import Path

import pytest

from knowledge.embedders.prompts import Prompts, known_prompts

E5 = Prompts("query: ", "passage: ")


@pytest.mark.parametrize(
    "name", ["intfloat/multilingual-e5-small", "e5-base-v2", "/models/e5-small", "E5-Large", "my_e5_model"]
)
def test_e5_is_never_left_without_its_prefixes(name: str) -> None:
    assert known_prompts(name, None) == E5


def test_an_instructed_e5_wants_an_instruction_for_queries_only() -> None:
    prompts = known_prompts("intfloat/multilingual-e5-large-instruct", None)
    assert prompts is not None
    assert prompts.query.startswith("Instruct: ")
    assert prompts.passage == ""


@pytest.mark.parametrize("name", ["all-MiniLM-L6-v2", "BAAI/bge-m3", "minilm", "bee5000"])
def test_other_models_get_none(name: str) -> None:
    assert known_prompts(name, None) is None


def test_a_copied_folder_is_known_by_its_former_name(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"_name_or_path": "intfloat/e5-small"}))
    assert known_prompts("my-model", tmp_path) == E5


@pytest.mark.parametrize("content", ["", "[]", '{"_name_or_path": 3}'])
def test_a_strange_config_gives_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "config.json").write_text(content)
    assert known_prompts("my-model", tmp_path) is None
