import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from bot.generators.adapters import CONFIG, WEIGHTS
from bot.generators.base import ChatMessage, GenerationFailed, Limits, Prompt
from bot.generators.causal import CausalGenerator
from bot.generators.local import LocalGenerator
from bot.generators.seq2seq import Seq2SeqGenerator, plain
from bot.generators.weights import Int8Linear, Weights, load
from tests.bot.generators.conftest import MakeAdapter, peft_warnings_apart

PROMPT = Prompt((ChatMessage("system", "Be kind."), ChatMessage("user", "Where is my order? 我的订单呢？")), fixed=1)


def drafted(generator: LocalGenerator) -> str:
    return "".join(generator.generate(PROMPT, Limits(30)))


def by_peft(base: Path, adapter: Path, seq2seq: bool = False) -> str:
    """What peft and transformers write with this adapter."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer

    tokenizer: Any = AutoTokenizer.from_pretrained(base)
    kind: Any = AutoModelForSeq2SeqLM if seq2seq else AutoModelForCausalLM
    with peft_warnings_apart():
        model: Any = PeftModel.from_pretrained(kind.from_pretrained(base, dtype=torch.float32), adapter)
    if seq2seq:
        asked = tokenizer(plain(PROMPT.messages), return_tensors="pt")
    else:
        messages = [{"role": message.role, "content": message.content} for message in PROMPT.messages]
        asked = tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
    written = model.generate(**asked, max_new_tokens=30, do_sample=False)[0]
    return str(
        tokenizer.decode(written if seq2seq else written[asked["input_ids"].shape[1] :], skip_special_tokens=True)
    )


@pytest.mark.parametrize("weights", ["float32", "int8"])
def test_switches_between_adapters_and_none_without_loading(
    tiny: Path, make_adapter: MakeAdapter, weights: Weights
) -> None:
    adapters = {"one": make_adapter(tiny, "a", seed=1), "two": make_adapter(tiny, "b", seed=2)}
    plain_generator = CausalGenerator(tiny, weights=weights)
    without = drafted(plain_generator)
    plain_generator.close()
    generator = CausalGenerator(tiny, weights=weights, adapters=adapters)
    texts = []
    for name in (None, "one", "two", "one", None):
        generator.use(name)
        texts.append(drafted(generator))
    generator.close()
    assert texts[0] == texts[4] == without
    assert texts[1] == texts[3]
    assert len(set(texts)) == 3


def test_writes_what_peft_writes(tiny: Path, make_adapter: MakeAdapter) -> None:
    adapter = make_adapter(tiny, "shop")
    generator = CausalGenerator(tiny, weights="float32", adapters={"shop": adapter})
    generator.use("shop")
    assert drafted(generator) == by_peft(tiny, adapter)
    generator.close()


def test_writes_what_peft_writes_beside_an_encoder_decoder(tiny_t5: Path, make_adapter: MakeAdapter) -> None:
    adapter = make_adapter(tiny_t5, "shop")
    generator = Seq2SeqGenerator(tiny_t5, weights="float32", adapters={"shop": adapter})
    without = drafted(generator)
    generator.use("shop")
    assert drafted(generator) == by_peft(tiny_t5, adapter, seq2seq=True) != without
    generator.close()


def test_beside_packed_weights_the_adapter_stays_float(tiny: Path, make_adapter: MakeAdapter) -> None:
    adapter = make_adapter(tiny, "shop", target_modules="all-linear")
    packed, exact = (load(str(tiny), kept, adapters={"shop": adapter}) for kept in ("int8", "float32"))
    if packed.weights != "int8":
        pytest.skip("a GPU keeps bfloat16")
    layers = dict(packed.model.named_modules())
    assert isinstance(layers["model.layers.0.mlp.up_proj.base_layer"], Int8Linear)
    floats = [module for path, module in layers.items() if "lora_" in path and isinstance(module, torch.nn.Linear)]
    assert len(floats) == 2 * 7 * 2
    assert {module.weight.dtype for module in floats} == {torch.float32}
    ids = torch.arange(40)[None]
    with torch.inference_mode():
        without = exact.model(ids).logits
        packed.adapters.activate("shop")
        exact.adapters.activate("shop")
        near, true = packed.model(ids).logits, exact.model(ids).logits
    likeness = torch.nn.functional.cosine_similarity(near, true, dim=-1).mean()
    assert likeness > 0.95
    assert likeness > torch.nn.functional.cosine_similarity(near, without, dim=-1).mean()


def test_a_kept_beginning_of_one_adapter_serves_no_other(tiny: Path, make_adapter: MakeAdapter) -> None:
    adapter = make_adapter(tiny, "shop")
    fresh = CausalGenerator(tiny, weights="float32", adapters={"shop": adapter})
    fresh.use("shop")
    expected = drafted(fresh)
    fresh.close()
    generator = CausalGenerator(tiny, weights="float32", adapters={"shop": adapter})
    drafted(generator)
    generator.use("shop")
    assert drafted(generator) == expected
    generator.close()


def test_the_name_tells_the_adapter_in_use_and_its_version(tiny: Path, make_adapter: MakeAdapter) -> None:
    generator = CausalGenerator(tiny, adapters={"shop": make_adapter(tiny, "a")})
    retrained = CausalGenerator(tiny, adapters={"shop": make_adapter(tiny, "b", seed=2)})
    alone = generator.name
    generator.use("shop")
    retrained.use("shop")
    assert generator.name.startswith(f"{alone}+shop@")
    assert generator.name != retrained.name
    generator.use(None)
    assert generator.name == alone
    generator.close()
    retrained.close()


def test_a_draft_that_waits_keeps_the_adapter_it_was_asked_with(tiny: Path, make_adapter: MakeAdapter) -> None:
    generator = CausalGenerator(tiny, weights="float32", adapters={"shop": make_adapter(tiny, "shop")})
    without = drafted(generator)
    running = generator.generate(PROMPT, Limits(3000))
    next(running)
    job = generator._job(PROMPT, Limits(30))
    generator._line.join(job)
    generator.use("shop")
    running.close()
    assert "".join(job.pieces()) == without
    generator.close()


def test_an_adapter_that_is_not_there_is_refused_in_one_line(tiny: Path, make_adapter: MakeAdapter) -> None:
    generator = CausalGenerator(tiny, adapters={"shop": make_adapter(tiny, "shop")})
    with pytest.raises(GenerationFailed, match=r"^tiny\S+ has no adapter 'bank'; there are: shop$"):
        generator.use("bank")
    generator.close()


def refused(base: Path, adapter: Path) -> str:
    with pytest.raises(GenerationFailed) as refusal:
        load(str(base), "float32", adapters={"shop": adapter})
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def test_an_adapter_of_another_model_is_refused(tiny: Path, tiny_t5: Path, make_adapter: MakeAdapter) -> None:
    assert "made for this model" in refused(tiny, make_adapter(tiny_t5, "t5"))
    with pytest.raises(GenerationFailed, match="made for this model"):
        Seq2SeqGenerator(tiny_t5, adapters={"shop": make_adapter(tiny, "qwen")})


def test_an_adapter_of_a_larger_model_is_refused(tiny: Path, make_adapter: MakeAdapter) -> None:
    from safetensors.torch import load_file, save_file

    adapter = make_adapter(tiny, "shop")
    weights = {name: torch.cat([weight, weight], dim=-1) for name, weight in load_file(adapter / WEIGHTS).items()}
    save_file(weights, adapter / WEIGHTS)
    assert "made for this model" in refused(tiny, adapter)


def test_an_adapter_of_a_deeper_model_is_refused(tiny: Path, make_adapter: MakeAdapter) -> None:
    from safetensors.torch import load_file, save_file

    adapter = make_adapter(tiny, "shop")
    weights = load_file(adapter / WEIGHTS)
    deeper = {name.replace("layers.1.", "layers.7."): weight.clone() for name, weight in weights.items()}
    save_file({**weights, **deeper}, adapter / WEIGHTS)
    assert "have no place in the model" in refused(tiny, adapter)


def test_a_damaged_adapter_is_refused(tiny: Path, make_adapter: MakeAdapter, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    adapter = make_adapter(tiny, "shop")
    damages = {"short": tmp_path / "short", "nan": tmp_path / "nan", "config": tmp_path / "config"}
    for folder in damages.values():
        shutil.copytree(adapter, folder)
    whole = (adapter / WEIGHTS).read_bytes()
    (damages["short"] / WEIGHTS).write_bytes(whole[: len(whole) // 2])
    weights = load_file(adapter / WEIGHTS)
    next(iter(weights.values()))[0, 0] = torch.nan
    save_file(weights, damages["nan"] / WEIGHTS)
    (damages["config"] / CONFIG).write_text("{")
    assert "cannot use the adapter" in refused(tiny, damages["short"])
    assert "weights are damaged" in refused(tiny, damages["nan"])
    assert "cannot be read" in refused(tiny, damages["config"])


@pytest.mark.parametrize("name", [CONFIG, WEIGHTS])
def test_a_folder_without_an_adapter_is_refused(tiny: Path, make_adapter: MakeAdapter, name: str) -> None:
    adapter = make_adapter(tiny, "shop")
    (adapter / name).unlink()
    assert f"it has no {name}" in refused(tiny, adapter)


@pytest.mark.parametrize(
    "change",
    [
        {"peft_type": "IA3"},
        {"use_dora": True},
        {"bias": "all"},
        {"init_lora_weights": "pissa"},
        {"modules_to_save": ["x"]},
    ],
)
def test_what_is_no_plain_lora_is_refused(tiny: Path, make_adapter: MakeAdapter, change: dict[str, Any]) -> None:
    adapter = make_adapter(tiny, "shop")
    config = json.loads((adapter / CONFIG).read_text())
    (adapter / CONFIG).write_text(json.dumps({**config, **change}))
    assert "is no plain LoRA adapter" in refused(tiny, adapter)


def test_an_adapter_on_embeddings_is_refused(tiny: Path, make_adapter: MakeAdapter) -> None:
    assert "more than linear layers" in refused(tiny, make_adapter(tiny, "shop", target_modules=["embed_tokens"]))
