"""The adapter over sentence-transformers, with a tiny random model that is made here: no network, no download."""

import json
import socket
import sys
from pathlib import Path
from subprocess import run
from threading import Thread
from typing import Any

import numpy as np
import pytest

from knowledge.embedders.prompts import Prompts
from knowledge.embedders.sentence import SentenceEmbedder, model_name
from knowledge.errors import EmbedderError

pytestmark = pytest.mark.slow
WORDS = [
    "query",
    "passage",
    ":",
    "where",
    "is",
    "my",
    "order",
    "refund",
    "?",
    "the",
    "parcel",
    "arrives",
    "soon",
    ".",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers folder with random weights."""
    return make_model(tmp_path_factory.mktemp("models") / "tiny")


def make_model(folder: Path) -> Path:
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(0)
    base = folder.with_name(f"{folder.name}-base")
    base.mkdir()
    (base / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]))
    BertTokenizerFast(str(base / "vocab.txt")).save_pretrained(base)
    sizes: dict[str, Any] = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1}
    BertModel(BertConfig(vocab_size=5 + len(WORDS), num_attention_heads=2, **sizes)).save_pretrained(base)
    body = Transformer(str(base), max_seq_length=32)
    SentenceTransformer(modules=[body, Pooling(16)], device="cpu").save(str(folder), create_model_card=False)
    return folder


@pytest.fixture(scope="module")
def embedder(folder: Path) -> SentenceEmbedder:
    return SentenceEmbedder(folder, device="cpu", batch_size=2)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_gives_unit_vectors_in_the_order_of_the_texts(embedder: SentenceEmbedder) -> None:
    texts = [
        "order",
        "where is my order ?",
        "the parcel arrives . the parcel",
        "refund",
        "my refund",
    ]
    vectors = embedder.embed_passages(texts)
    assert vectors.shape == (5, embedder.dimension) == (5, 16)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for text, vector in zip(texts, vectors, strict=True):
        assert np.allclose(embedder.embed_passages([text])[0], vector, atol=1e-5)


def test_a_text_without_content_gives_zeros_and_no_text_no_row(embedder: SentenceEmbedder) -> None:
    assert embedder.embed_queries(["", "order", " \n"]).any(axis=1).tolist() == [False, True, False]
    assert embedder.embed_queries([]).shape == (0, 16)


def test_tells_its_progress_after_every_batch(embedder: SentenceEmbedder) -> None:
    told: list[tuple[int, int]] = []
    embedder.embed_passages(["order", "", "refund", "my", "is"], lambda done, total: told.append((done, total)))
    assert told == [(3, 5), (5, 5)]


def test_what_progress_raises_goes_through(embedder: SentenceEmbedder) -> None:
    def interrupted(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embedder.embed_passages(["order"], interrupted)
    assert embedder.embed_passages(["order"]).any()


def test_writes_the_prompts_before_the_texts(folder: Path, embedder: SentenceEmbedder) -> None:
    prompted = SentenceEmbedder(folder, device="cpu", prompts=Prompts("query : ", "passage : "))
    plain = embedder.embed_passages(["query : refund", "passage : refund", "refund"])
    assert np.allclose(prompted.embed_queries(["refund"])[0], plain[0], atol=1e-5)
    assert np.allclose(prompted.embed_passages(["refund"])[0], plain[1], atol=1e-5)
    assert not np.allclose(plain[0], plain[2], atol=1e-3)
    assert prompted.name != embedder.name


def test_takes_the_prompts_of_the_models_own_files(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "own")
    path = folder / "config_sentence_transformers.json"
    settings = json.loads(path.read_text())
    path.write_text(json.dumps({**settings, "prompts": {"query": "ask: ", "passage": "tell: "}}))
    assert SentenceEmbedder(folder, device="cpu").prompts == Prompts("ask: ", "tell: ")


def test_a_folder_called_e5_is_never_left_without_its_prefixes(tmp_path: Path) -> None:
    folder = make_model(tmp_path / "my-e5-copy")
    assert SentenceEmbedder(folder, device="cpu").prompts == Prompts("query: ", "passage: ")


def test_the_name_is_that_of_the_folder_and_its_content(folder: Path, embedder: SentenceEmbedder) -> None:
    assert embedder.name.startswith("sentence:tiny@")
    assert embedder.name == SentenceEmbedder(str(folder), device="cpu").name
    assert embedder.name == model_name(folder, str(folder), Prompts("", ""))


def test_asks_no_network_for_a_folder(folder: Path, no_network: None) -> None:
    assert SentenceEmbedder(folder, device="cpu").embed_queries(["order"]).any()


def test_several_threads_get_each_their_own(embedder: SentenceEmbedder) -> None:
    texts = [" ".join(WORDS[3 + i : 6 + i]) for i in range(8)]
    expected = [embedder.embed_queries([text])[0] for text in texts]
    found: dict[int, Any] = {}

    def embed(number: int) -> None:
        found[number] = embedder.embed_queries([texts[number]] * 5)

    threads = [Thread(target=embed, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, vector in enumerate(expected):
        assert np.allclose(found[number], vector, atol=1e-5)


@pytest.mark.parametrize("name", ["/no/such/model", "./no-model", "~/no-model-here"])
def test_a_folder_that_is_missing_is_named_with_the_cure(name: str, no_network: None) -> None:
    with pytest.raises(EmbedderError, match=rf"{name}: no such folder; .*kefu models pull"):
        SentenceEmbedder(name)


def test_a_folder_without_a_model_is_named_with_the_cure(tmp_path: Path, no_network: None) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(EmbedderError, match=r"cannot be loaded .*; pull it again") as raised:
        SentenceEmbedder(tmp_path)
    assert "\n" not in str(raised.value)


def test_importing_it_loads_no_model_library() -> None:
    code = "import knowledge.embedders.sentence, sys; print({'torch', 'transformers', 'faiss'} & set(sys.modules))"
    assert run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "set()"
