from pathlib import Path

import pytest

from bot.app import open_generator
from bot.generators.base import ChatMessage, GenerationFailed, Limits, Prompt
from bot.generators.causal import CausalGenerator
from bot.generators.opening import open_local
from bot.generators.remote import RemoteGenerator
from bot.generators.seq2seq import Seq2SeqGenerator
from bot.settings import Settings
from tests.bot.generators.conftest import MakeAdapter

PROMPT = Prompt((ChatMessage("user", "Facts: We ship to Norway.\nQuestion: Do you deliver?"),))


def test_a_folders_config_tells_its_kind(tiny: Path, tiny_t5: Path) -> None:
    for folder, kind in ((tiny, CausalGenerator), (tiny_t5, Seq2SeqGenerator)):
        generator = open_generator(Settings(generator=str(folder), weights="float32"))
        assert type(generator) is kind
        assert list(generator.generate(PROMPT, Limits(5)))
        generator.close()


def test_the_adapter_of_the_settings_is_in_use(tiny: Path, make_adapter: MakeAdapter) -> None:
    adapter = make_adapter(tiny, "shop")
    generator = open_generator(Settings(generator=str(tiny), weights="float32", adapter=adapter))
    assert generator is not None
    assert "+shop@" in generator.name
    generator.close()


def test_an_adapter_that_is_no_folder_is_refused_before_the_model_is_loaded(tiny: Path, tmp_path: Path) -> None:
    with pytest.raises(GenerationFailed, match="KEFU_ADAPTER is a folder"):
        open_local(str(tiny), adapter=tmp_path / "nowhere")


def test_an_address_is_a_server_and_takes_no_adapter(tmp_path: Path) -> None:
    address = "http://127.0.0.1:1/v1#shop-7b"
    generator = open_generator(Settings(generator=address))
    assert isinstance(generator, RemoteGenerator)
    assert generator.name == "shop-7b"
    with pytest.raises(GenerationFailed, match="#ADAPTER"):
        open_generator(Settings(generator=address, adapter=tmp_path))


def test_an_empty_setting_is_no_adapter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEFU_ADAPTER", "")
    assert Settings().adapter is None
