"""A GGUF file of two tiny layers, written here."""

import json
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
from numpy.typing import NDArray

from bot.models.convert_gguf import convert_gguf, our_name
from bot.models.errors import ModelDamaged

HIDDEN, INNER, LAYERS, HEADS = 64, 96, 2, 4
CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TEMPLATE = "{% for m in messages %}<|im_start|>{{ m.content }}<|im_end|>{% endfor %}"


def tokens() -> list[str]:
    from tokenizers import pre_tokenizers

    return [*sorted(pre_tokenizers.ByteLevel.alphabet()), "ab", *CONTROL]


def tensors(tied: str) -> dict[str, NDArray[np.float32]]:
    rng = np.random.default_rng(5)

    def matrix(rows: int, columns: int) -> NDArray[np.float32]:
        return rng.normal(0, 0.1, (rows, columns)).astype(np.float32)

    embedding = matrix(len(tokens()), HIDDEN)
    made = {"token_embd.weight": embedding, "output_norm.weight": np.full(HIDDEN, 1.0009765625, np.float32)}
    if tied == "twice":
        made["output.weight"] = embedding + 0.001
    if tied == "no":
        made["output.weight"] = matrix(len(tokens()), HIDDEN)
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        made |= {f"{block}{name}_norm.weight": np.ones(HIDDEN, np.float32) for name in ("attn", "ffn")}
        made |= {f"{block}attn_{name}.weight": matrix(HIDDEN, HIDDEN) for name in ("q", "output")}
        made |= {f"{block}attn_{name}.weight": matrix(HIDDEN // 2, HIDDEN) for name in ("k", "v")}
        made[f"{block}attn_q.bias"] = rng.normal(0, 1, HIDDEN).astype(np.float32)
        made |= {f"{block}attn_{name}.bias": np.ones(HIDDEN // 2, np.float32) for name in ("k", "v")}
        made |= {f"{block}ffn_{name}.weight": matrix(INNER, HIDDEN) for name in ("gate", "up")}
        made[f"{block}ffn_down.weight"] = matrix(HIDDEN, INNER)
    return made


def write_gguf(path: Path, tied: str, family: str = "qwen2") -> dict[str, NDArray[np.float32]]:
    writer = gguf.GGUFWriter(path, family)
    writer.add_name("tiny")
    writer.add_context_length(512)
    writer.add_embedding_length(HIDDEN)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS // 2)
    writer.add_rope_freq_base(10_000.0)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens())
    writer.add_token_types([1] * (len(tokens()) - 3) + [3] * 3)
    writer.add_token_merges(["a b"])
    writer.add_eos_token_id(len(tokens()) - 1)
    writer.add_pad_token_id(len(tokens()) - 3)
    writer.add_chat_template(TEMPLATE)
    made = tensors(tied)
    for name, values in made.items():
        if values.ndim == 2:
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(name, gguf.quantize(values, kind), raw_dtype=kind)
        else:
            writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return made


def converted(tmp_path: Path, tied: str) -> tuple[Path, dict[str, NDArray[np.float32]]]:
    folder = tmp_path / "ready"
    folder.mkdir()
    made = write_gguf(tmp_path / "model.gguf", tied)
    convert_gguf(tmp_path / "model.gguf", folder)
    return folder, made


def open_model(folder: Path) -> tuple[Any, Any]:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    place: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, use_safetensors=True, **place)
    return model, AutoTokenizer.from_pretrained(folder, **place)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("blk.11.attn_q.bias", "model.layers.11.self_attn.q_proj.bias"),
        ("blk.0.ffn_norm.weight", "model.layers.0.post_attention_layernorm.weight"),
        ("output.weight", "lm_head.weight"),
    ],
)
def test_names_tensors_as_transformers_does(theirs: str, ours: str) -> None:
    assert our_name(theirs) == ours


def test_the_folder_holds_the_weights_and_the_words(tmp_path: Path) -> None:
    folder, made = converted(tmp_path, "no")
    model, tokenizer = open_model(folder)
    state = model.state_dict()
    for name, values in made.items():
        near = state[our_name(name)].numpy()
        assert near.shape == values.shape
        assert np.abs(near - values).max() <= np.abs(values).max() / 100
    assert tokenizer("ab")["input_ids"] == [tokens().index("ab")]
    rendered = tokenizer.apply_chat_template([{"role": "user", "content": "ab"}], tokenize=False)
    assert rendered == "<|im_start|>ab<|im_end|>"


def test_vectors_keep_every_bit(tmp_path: Path) -> None:
    folder, made = converted(tmp_path, "no")
    state = open_model(folder)[0].state_dict()
    for name in ("output_norm.weight", "blk.1.attn_q.bias"):
        assert np.array_equal(state[our_name(name)].numpy(), made[name])


def test_ends_after_a_turn_and_after_a_text(tmp_path: Path) -> None:
    model, _ = open_model(converted(tmp_path, "no")[0])
    assert model.generation_config.eos_token_id == [len(tokens()) - 3, len(tokens()) - 1]


def test_tells_other_programs_what_to_open_it_with(tmp_path: Path) -> None:
    folder, _ = converted(tmp_path, "no")
    assert json.loads((folder / "config.json").read_text())["architectures"] == ["Qwen2ForCausalLM"]


@pytest.mark.parametrize(("tied", "shared"), [("yes", True), ("twice", True), ("no", False)])
def test_one_matrix_is_kept_where_the_file_holds_it_once_or_twice(tmp_path: Path, tied: str, shared: bool) -> None:
    folder, made = converted(tmp_path, tied)
    model, _ = open_model(folder)
    head = model.lm_head.weight
    assert (head is model.model.embed_tokens.weight) == shared
    finest = made.get("output.weight", made["token_embd.weight"])
    assert np.abs(head.detach().numpy() - finest).max() < 0.005


def test_refuses_a_file_that_is_no_gguf(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(b"E5S1" + bytes(500))
    with pytest.raises(ModelDamaged, match=r"model\.gguf does not read as GGUF .*pull the model again"):
        convert_gguf(tmp_path / "model.gguf", tmp_path)


def test_refuses_another_family(tmp_path: Path) -> None:
    write_gguf(tmp_path / "model.gguf", "no", family="llama")
    with pytest.raises(ModelDamaged, match="only qwen2 is known"):
        convert_gguf(tmp_path / "model.gguf", tmp_path)
