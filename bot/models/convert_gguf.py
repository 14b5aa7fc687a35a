"""Turns a GGUF file of the Qwen2 family into a transformers folder. Knows no network.

Reading GGUF takes half a minute; this is done once, tensor by tensor, so that memory stays near the size of
the result. Weights become bfloat16; the tokenizer keeps its chat template.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.models.errors import ModelDamaged

if TYPE_CHECKING:
    import torch

_LAYER = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_OUTER = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}
_ROWS = 16_384
# Two quantisations of one matrix lie above it, two matrices far below.
_SAME = 0.99


def convert_gguf(payload: Path, folder: Path) -> None:
    """Write the GGUF file `payload` into the existing `folder`; raises ModelDamaged."""
    try:
        config, tokenizer = _read_settings(payload)
        state = _read_weights(payload)
    except (ValueError, OSError, KeyError, IndexError) as error:
        raise ModelDamaged(f"{payload.name} does not read as GGUF ({error}): pull the model again") from error
    config.tie_word_embeddings = _tie(state)
    config.dtype = "bfloat16"
    # Programs that serve a folder look here for what to open it with.
    config.architectures = ["Qwen2ForCausalLM"]
    config.save_pretrained(folder)
    tokenizer.model_max_length = config.max_position_embeddings
    tokenizer.save_pretrained(folder)
    _write_generation_settings(config, tokenizer, folder)
    _save(state, folder / "model.safetensors")


def our_name(theirs: str) -> str:
    """The transformers name of a GGUF tensor: `blk.0.attn_q.bias` is `model.layers.0.self_attn.q_proj.bias`."""
    if theirs in _OUTER:
        return _OUTER[theirs]
    _, layer, name, last = theirs.split(".")
    return f"model.layers.{layer}.{_LAYER[name]}.{last}"


def _read_settings(payload: Path) -> tuple[Any, Any]:
    from transformers import AutoConfig, AutoTokenizer

    place: dict[str, Any] = {"gguf_file": payload.name, "local_files_only": True, "trust_remote_code": False}
    config = AutoConfig.from_pretrained(payload.parent, **place)
    if config.model_type != "qwen2":
        raise ValueError(f"its family is {config.model_type}, only qwen2 is known")
    return config, AutoTokenizer.from_pretrained(payload.parent, **place)


def _read_weights(payload: Path) -> "dict[str, torch.Tensor]":
    from gguf import GGUFReader

    return {our_name(tensor.name): _weights(tensor) for tensor in GGUFReader(payload).tensors}


def _weights(tensor: Any) -> "torch.Tensor":
    """A matrix as bfloat16, a vector as float32: vectors weigh nothing and hold the scales."""
    import torch
    from gguf import dequantize

    if tensor.data.ndim == 1:
        return torch.from_numpy(dequantize(tensor.data, tensor.tensor_type).copy()).float()
    shape = tuple(int(size) for size in reversed(tensor.shape))
    weights = torch.empty(shape, dtype=torch.bfloat16)
    # By rows, since the vocabulary's matrix alone would take half a gigabyte more.
    for start in range(0, shape[0], _ROWS):
        rows = slice(start, start + _ROWS)
        weights[rows] = torch.from_numpy(dequantize(tensor.data[rows], tensor.tensor_type))
    return weights


def _tie(state: "dict[str, torch.Tensor]") -> bool:
    """Keep one matrix where the file holds one twice, at two precisions: the output's is the finer.

    Returns whether input and output now share it.
    """
    import torch

    head = state.get("lm_head.weight")
    if head is None:
        return True
    sample = slice(None, None, max(1, len(head) // 2048))
    one, other = head[sample].float().flatten(), state["model.embed_tokens.weight"][sample].float().flatten()
    if torch.nn.functional.cosine_similarity(one, other, dim=0) < _SAME:
        return False
    state["model.embed_tokens.weight"] = state.pop("lm_head.weight")
    return True


def _write_generation_settings(config: Any, tokenizer: Any, folder: Path) -> None:
    """Greedy, and an end after a turn as well as after a text."""
    from transformers import GenerationConfig

    ends = sorted({config.eos_token_id, tokenizer.convert_tokens_to_ids("<|endoftext|>")} - {None})
    values = {"do_sample": False, "eos_token_id": ends, "pad_token_id": config.pad_token_id}
    GenerationConfig.from_dict(values).save_pretrained(folder)


def _save(state: "dict[str, torch.Tensor]", path: Path) -> None:
    from safetensors.torch import save_file

    save_file(state, path, metadata={"format": "pt"})
