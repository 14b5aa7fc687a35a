"""Turns the 4-bit container of multilingual-e5-small into a sentence-transformers folder. Knows no network.

The container ("E5S1", little-endian): a header; the vocabulary of a Unigram tokenizer; a map of single
characters for normalisation; a directory of tensors; the tensors, as float32 or as Q4_0 blocks (a float16
scale and 32 nibbles: byte j holds weight j low and weight j + 16 high, both offset by 8).
"""

import itertools
import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.models.errors import ModelDamaged

Floats = NDArray[np.float32]

_MAGIC = b"E5S1"
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of the encoder."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Container:
    """All that the file holds. `tensors` go by the container's own names."""

    shape: Shape
    pieces: list[tuple[str, float]]
    unknown: int
    tensors: dict[str, Floats]


def convert_e5(payload: Path, folder: Path) -> None:
    """Write the container `payload` into the existing `folder`; raises ModelDamaged."""
    container = read_container(payload.read_bytes())
    _write_weights(container, folder)
    _write_tokenizer(container, folder)
    for name, content in _settings(container.shape).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def read_container(data: bytes) -> Container:
    """Read a container; raises ModelDamaged where it is none or is cut off."""
    try:
        return _read(_Cursor(data))
    except (struct.error, ValueError, UnicodeDecodeError) as error:
        raise ModelDamaged(f"the e5 container does not read ({error}): pull the model again") from error


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def read(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def bytes(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]


def _read(cursor: _Cursor) -> Container:
    if cursor.bytes(4) != _MAGIC:
        raise ValueError("it does not begin with E5S1")
    cursor.read("I")
    shape = Shape(*cursor.read("7if"))
    cursor.read("i")
    count, _, _, _, unknown, length = cursor.read("5iQ")
    offsets = cursor.read(f"{count + 1}I")
    scores = cursor.read(f"{count}f")
    text = cursor.bytes(length)
    pieces = [text[start:end].decode() for start, end in itertools.pairwise(offsets)]
    _, skipped = cursor.read("iI")
    cursor.bytes(skipped)
    tensors = dict(_tensor(cursor) for _ in range(cursor.read("i")[0]))
    return Container(shape, list(zip(pieces, scores, strict=True)), unknown, tensors)


def _tensor(cursor: _Cursor) -> tuple[str, Floats]:
    name = cursor.bytes(cursor.read("H")[0]).decode()
    quantised, count, offset, size = cursor.read("BIQQ")
    raw = cursor.data[offset : offset + size]
    values = unpack_q4(raw) if quantised else np.frombuffer(raw, "<f4")
    if len(values) != count:
        raise ValueError(f"tensor {name} is cut off")
    return name, values


def unpack_q4(raw: bytes) -> Floats:
    """The weights of Q4_0 blocks, flat, float32."""
    blocks = np.frombuffer(raw, _BLOCK)
    nibbles = np.concatenate([blocks["nibbles"] & 0x0F, blocks["nibbles"] >> 4], axis=1)
    centred = nibbles.astype(np.float32) - 8
    return (centred * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)


def _write_weights(container: Container, folder: Path) -> None:
    import torch
    from safetensors.torch import save_file
    from transformers import BertConfig, BertModel

    shape = container.shape
    config = BertConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.inner,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.types,
        layer_norm_eps=shape.epsilon,
        pad_token_id=1,
    )
    with torch.device("meta"):
        wanted = BertModel(config).state_dict()
    state = {
        ours: torch.from_numpy(container.tensors[theirs].copy()).view(wanted[ours].shape)
        for theirs, ours in _names(shape.layers).items()
    }
    # Mean pooling never asks BERT's own pooler; zeros keep loading quiet and the same each time.
    state |= {name: torch.zeros(wanted[name].shape) for name in wanted if name.startswith("pooler.")}
    config.architectures = ["BertModel"]
    config.save_pretrained(folder)
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})


def _names(layers: int) -> dict[str, str]:
    names = dict(_EMBEDDINGS)
    for layer in range(layers):
        for theirs, ours in _LAYER.items():
            names[f"l{layer}.{theirs}.w"] = f"encoder.layer.{layer}.{ours}.weight"
            names[f"l{layer}.{theirs}.b"] = f"encoder.layer.{layer}.{ours}.bias"
    return names


def _write_tokenizer(container: Container, folder: Path) -> None:
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.Unigram(container.pieces, unk_id=container.unknown, byte_fallback=False))
    # SentencePiece's own rules where they differ from NFKC: some invisible characters are blanks, others
    # vanish, and the full-width tilde of Chinese text stays (hidden from NFKC behind a private character).
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex("[\\t\\n\\f\\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"), " "),
            normalizers.Replace(Regex("[\\x01-\\x1f\\x7f\u008f\u009f]"), ""),
            normalizers.Replace("～", "\ue0ff"),
            normalizers.NFKC(),
            normalizers.Replace("\ue0ff", "～"),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always", split=False)
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in _SPECIAL])
    ends = [(token, tokenizer.token_to_id(token)) for token in ("<s>", "</s>")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=ends
    )
    fast = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        model_max_length=container.shape.positions,
        bos_token="<s>",  # noqa: S106
        eos_token="</s>",  # noqa: S106
        cls_token="<s>",  # noqa: S106
        sep_token="</s>",  # noqa: S106
        pad_token="<pad>",  # noqa: S106
        unk_token="<unk>",  # noqa: S106
        mask_token="<mask>",  # noqa: S106
        model_input_names=["input_ids", "attention_mask"],
    )
    fast.save_pretrained(folder)


def _settings(shape: Shape) -> dict[str, Any]:
    module = "sentence_transformers.models."
    return {
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{module}Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{module}Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{module}Normalize"},
        ],
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
        "1_Pooling/config.json": {"word_embedding_dimension": shape.hidden, "pooling_mode_mean_tokens": True},
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "passage": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
