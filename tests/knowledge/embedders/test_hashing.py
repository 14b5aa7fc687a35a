import subprocess
import sys

import numpy as np
import pytest

from knowledge.embedders.hashing import HashingEmbedder


@pytest.fixture
def embedder() -> HashingEmbedder:
    return HashingEmbedder()


def test_gives_unit_vectors_in_the_order_of_the_texts(embedder: HashingEmbedder) -> None:
    texts = ["Where is my order?", "退货的运费谁承担？", "order"]
    vectors = embedder.embed_passages(texts)
    assert vectors.shape == (3, embedder.dimension)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert np.array_equal(vectors[::-1], embedder.embed_passages(texts[::-1]))


def test_no_text_gives_no_row(embedder: HashingEmbedder) -> None:
    assert embedder.embed_queries([]).shape == (0, embedder.dimension)


def test_a_text_without_content_gives_zeros(embedder: HashingEmbedder) -> None:
    assert not embedder.embed_queries(["", " \n", "?!"]).any()


@pytest.mark.parametrize(
    ("query", "near", "far"),
    [
        ("refunds for a cancelled order", "How do I get a refund when I cancel?", "Which cities do you deliver to?"),
        ("运费多少钱", "运费由买家承担", "门店几点开门"),
        ("¿Cuánto cuesta el envío?", "El envio cuesta 5 euros", "El horario de la tienda"),
    ],
)
def test_like_words_are_nearer_than_others(embedder: HashingEmbedder, query: str, near: str, far: str) -> None:
    vector = embedder.embed_queries([query])[0]
    close, away = embedder.embed_passages([near, far]) @ vector
    assert close > away + 0.1


def test_gives_the_same_vector_in_another_process(embedder: HashingEmbedder) -> None:
    code = (
        "from knowledge.embedders.hashing import HashingEmbedder;"
        "print(HashingEmbedder().embed_queries(['Wo ist meine Bestellung?']).tobytes().hex())"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert other == embedder.embed_queries(["Wo ist meine Bestellung?"]).tobytes().hex()


def test_tells_its_progress_to_the_end(embedder: HashingEmbedder) -> None:
    told: list[tuple[int, int]] = []
    embedder.embed_passages(["text"] * 600, lambda done, total: told.append((done, total)))
    assert told == [(256, 600), (512, 600), (600, 600)]


def test_the_name_tells_the_dimension() -> None:
    assert HashingEmbedder(64).name != HashingEmbedder(128).name
    with pytest.raises(ValueError, match="16"):
        HashingEmbedder(8)
