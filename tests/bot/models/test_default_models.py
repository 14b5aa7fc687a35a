"""The real default models, as `kefu models pull` makes them."""

from typing import Any

import numpy as np
import pytest

from bot.models.catalogue import read_catalogue
from bot.models.ready import folder_of, is_ready, verify
from bot.settings import Settings

pytestmark = pytest.mark.models

# The first four numbers of vectors, from the day when they agreed with the container's own engine (cosine > 0.9998).
GOLDEN = [
    ("query", "Where is my order?", [0.043, -0.044, -0.040, -0.031, 0.090, -0.041, 0.022, 0.067]),
    ("query", "退款需要多长时间到账？", [0.040, -0.029, -0.060, -0.089, 0.076, -0.054, -0.008, 0.062]),
    ("passage", "¿Cuánto tarda el envío a Canarias?", [-0.013, -0.019, -0.053, -0.084, 0.055, -0.070, 0.027, 0.056]),
    ("query", "ＡＢＣ　１２３，全角～", [0.054, -0.010, -0.026, -0.043, 0.080, -0.051, -0.014, 0.055]),
]


def open_embedder(key: str) -> Any:
    from sentence_transformers import SentenceTransformer

    model, cache = read_catalogue()[key], Settings().models_dir
    if not is_ready(model, cache):
        pytest.skip(f"run `kefu models pull {key}`")
    return SentenceTransformer(
        str(folder_of(model, cache)), device="cpu", local_files_only=True, trust_remote_code=False
    )


@pytest.mark.parametrize(("prompt", "text", "golden"), GOLDEN)
def test_e5_gives_the_vectors_of_its_container(prompt: str, text: str, golden: list[float]) -> None:
    vector = open_embedder("e5-small").encode([text], prompt_name=prompt)[0]
    assert np.allclose(vector[: len(golden)], golden, atol=0.002)


@pytest.mark.parametrize("key", ["minilm", "e5-small"])
def test_a_paraphrase_is_nearer_than_another_question(key: str) -> None:
    vectors = open_embedder(key).encode(
        ["How do I get my money back?", "I would like a refund.", "What are your opening hours?"]
    )
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.03


def test_full_width_text_is_the_same_as_plain_text_to_e5() -> None:
    wide, plain = open_embedder("e5-small").encode(["ＡＢＣ１２３", "ABC123"], prompt_name="query")
    assert wide @ plain > 0.9999


@pytest.mark.parametrize("key", ["minilm", "e5-small"])
def test_files_are_whole(key: str) -> None:
    if not is_ready(read_catalogue()[key], Settings().models_dir):
        pytest.skip(f"run `kefu models pull {key}`")
    verify(read_catalogue()[key], Settings().models_dir)
