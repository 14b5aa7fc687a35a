"""A container of one layer and twelve pieces, written here byte by byte."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.models.convert_e5 import convert_e5, read_container, unpack_q4
from bot.models.errors import ModelDamaged

HIDDEN, INNER, POSITIONS = 32, 64, 16
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "a", "b", "▁a", "1", "～", "<mask>"]
Q4 = {"emb.word", "l0.q.w", "l0.k.w", "l0.v.w", "l0.ao.w", "l0.fi.w", "l0.fo.w"}
SIZES = {
    "emb.word": HIDDEN * 11,
    "emb.pos": HIDDEN * POSITIONS,
    "emb.type": HIDDEN * 2,
    "emb.ln.w": HIDDEN,
    "emb.ln.b": HIDDEN,
    **{f"l0.{name}.w": HIDDEN * HIDDEN for name in ("q", "k", "v", "ao")},
    **{f"l0.{name}.b": HIDDEN for name in ("q", "k", "v", "ao", "aln", "oln", "fo")},
    **{f"l0.{name}.w": HIDDEN for name in ("aln", "oln")},
    "l0.fi.w": INNER * HIDDEN,
    "l0.fi.b": INNER,
    "l0.fo.w": HIDDEN * INNER,
}


def q4(count: int, rng: np.random.Generator) -> bytes:
    return b"".join(
        np.float16(0.01).tobytes() + rng.integers(0, 256, 16, dtype=np.uint8).tobytes() for _ in range(count // 32)
    )


@pytest.fixture
def container() -> bytes:
    rng = np.random.default_rng(7)
    raw = {
        name: q4(size, rng) if name in Q4 else rng.normal(1 if name.endswith("ln.w") else 0, 0.02, size).astype("<f4")
        for name, size in SIZES.items()
    }
    blobs = {name: value if isinstance(value, bytes) else value.tobytes() for name, value in raw.items()}
    pieces = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, pieces)]).astype("<u4")
    head = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, 1, 4, INNER, len(PIECES), POSITIONS, 2, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, int(offsets[-1])) + offsets.tobytes()
    head += np.array([0, 0, 0, 0, -3, -4, -4, -2, -5, -6, 0], "<f4").tobytes() + b"".join(pieces)
    head += struct.pack("<iI", 0, 0) + struct.pack("<i", len(blobs))
    at = len(head) + sum(2 + len(name) + 21 for name in blobs)
    for name, blob in blobs.items():
        entry = (int(name in Q4), SIZES[name], at, len(blob))
        head += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", *entry)
        at += len(blob)
    return head + b"".join(blobs.values())


@pytest.fixture
def folder(container: bytes, tmp_path: Path) -> Path:
    payload, folder = tmp_path / "e5.bin", tmp_path / "ready"
    payload.write_bytes(container)
    folder.mkdir()
    convert_e5(payload, folder)
    return folder


def test_a_block_holds_low_nibbles_before_high_ones() -> None:
    raw = np.float16(0.5).tobytes() + bytes([0x0F, 0xF0, *[0x88] * 14])
    weights = unpack_q4(raw)
    assert weights.shape == (32,)
    assert (weights[0], weights[1], weights[16], weights[17]) == (3.5, -4.0, -4.0, 3.5)
    assert not weights[2:16].any()
    assert not weights[18:].any()


def test_reads_shape_pieces_and_tensors(container: bytes) -> None:
    read = read_container(container)
    assert (read.shape.hidden, read.shape.layers, read.shape.positions) == (HIDDEN, 1, POSITIONS)
    assert [piece for piece, _ in read.pieces] == PIECES
    assert {name: len(values) for name, values in read.tensors.items()} == SIZES


@pytest.mark.parametrize("keep", [3, 100, -1])
def test_refuses_a_container_that_is_cut_off(container: bytes, keep: int) -> None:
    with pytest.raises(ModelDamaged, match=r"e5 container does not read.*pull the model again"):
        read_container(container[:keep])


def test_refuses_another_kind_of_file() -> None:
    with pytest.raises(ModelDamaged, match="does not begin with E5S1"):
        read_container(b"GGUF" + bytes(200))


def tokenizer_of(folder: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder, local_files_only=True)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("a b", ["▁a", "▁", "b"]),
        ("ａ　１", ["▁a", "▁", "1"]),
        ("  a\t\n1", ["▁a", "▁", "1"]),
        ("a\x01b", ["▁a", "b"]),
        ("a\u200bb", ["▁a", "▁", "b"]),
        ("a～", ["▁a", "～"]),
        ("a字", ["▁a", "<unk>"]),
    ],
)
def test_tokenizes_as_sentencepiece_would(folder: Path, text: str, pieces: list[str]) -> None:
    tokenizer = tokenizer_of(folder)
    assert tokenizer.convert_ids_to_tokens(tokenizer(text)["input_ids"]) == ["<s>", *pieces, "</s>"]


def test_the_folder_loads_as_a_sentence_transformer_with_both_prompts(folder: Path) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True, trust_remote_code=False)
    vectors = model.encode(["a b", "1"], prompt_name="query")
    assert vectors.shape == (2, HIDDEN)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert (model.prompts["query"], model.prompts["passage"]) == ("query: ", "passage: ")


def test_a_text_longer_than_the_model_is_cut_and_not_refused(folder: Path) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    assert model.encode(["a " * 200]).shape == (1, HIDDEN)
    assert json.loads((folder / "sentence_bert_config.json").read_text())["max_seq_length"] == POSITIONS
