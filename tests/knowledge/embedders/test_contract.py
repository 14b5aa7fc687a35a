"""What every embedder keeps, whatever it is made of."""

from pathlib import Path

import numpy as np
import pytest

from bot.models.ready import list_models
from bot.settings import Settings
from knowledge.embedders.base import Embedder
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.embedders.sentence import SentenceEmbedder

TEXTS = ["How long can I return goods?", "三十天内可以退货。", "", "Ünïcödé 👋", "word " * 400]
READY = {listed.model.key: listed.folder for listed in list_models(Settings().models_dir) if listed.ready}


def real(key: str) -> object:
    missing = pytest.mark.skipif(key not in READY, reason=f"NO REAL MODEL TESTED: run `kefu models pull {key}`")
    return pytest.param(key, marks=[pytest.mark.models, missing])


@pytest.fixture(scope="module", params=["hashing", real("minilm"), real("e5-small")])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    return HashingEmbedder() if request.param == "hashing" else SentenceEmbedder(Path(READY[request.param]))


def test_gives_a_unit_vector_for_each_text_in_its_order(embedder: Embedder) -> None:
    for vectors in (embedder.embed_queries(TEXTS), embedder.embed_passages(TEXTS)):
        assert vectors.shape == (len(TEXTS), embedder.dimension)
        assert vectors.dtype == np.float32
        lengths = np.linalg.norm(vectors, axis=1)
        assert all(length == pytest.approx(1, abs=1e-4) or length == 0 for length in lengths.tolist())


def test_gives_no_vectors_for_no_texts(embedder: Embedder) -> None:
    assert embedder.embed_queries([]).shape == (0, embedder.dimension)
    assert embedder.embed_passages([]).shape == (0, embedder.dimension)


def test_the_same_text_has_the_same_vector_in_any_company(embedder: Embedder) -> None:
    alone = embedder.embed_passages(TEXTS[:1])[0]
    together = embedder.embed_passages(TEXTS[::-1])[-1]
    assert together == pytest.approx(alone, abs=1e-4)


def test_a_text_is_nearer_to_its_paraphrase_than_to_another_subject(embedder: Embedder) -> None:
    query = embedder.embed_queries(["How many days can I return goods?"])[0]
    near, far = embedder.embed_passages(["Goods can be returned within 30 days.", "Our shop sells bicycles."])
    assert query @ near > query @ far


def test_tells_its_progress_to_the_end(embedder: Embedder) -> None:
    told: list[tuple[int, int]] = []
    embedder.embed_passages(TEXTS, lambda done, total: told.append((done, total)))
    assert told[-1] == (len(TEXTS), len(TEXTS))
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_names_itself_by_kind_and_version(embedder: Embedder) -> None:
    kind, _, model = embedder.name.partition(":")
    assert kind in {"hashing", "sentence"}
    assert "@" in model
