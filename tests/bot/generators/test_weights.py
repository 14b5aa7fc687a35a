from pathlib import Path

import pytest
import torch

from bot.generators.base import GenerationFailed
from bot.generators.weights import Int8Embedding, Int8Linear, load, quantise


@pytest.mark.parametrize("rows", [1, 24, 25, 96, 97])
@pytest.mark.parametrize("bfloat16", [False, True])
@pytest.mark.parametrize("shape", [(64, 32), (33, 48)])
def test_an_int8_layer_is_near_the_layer_it_was(rows: int, bfloat16: bool, shape: tuple[int, int]) -> None:
    torch.manual_seed(0)
    layer = torch.nn.Linear(shape[1], shape[0])
    x = torch.randn(2, rows, shape[1])
    packed = Int8Linear(*quantise(layer.weight), layer.bias, bfloat16)
    with torch.inference_mode():
        exact, near = layer(x), packed(x)
    assert near.dtype == torch.float32
    assert near.shape == exact.shape
    assert (near - exact).norm() / exact.norm() < 0.015


def test_weights_come_back_within_half_a_step() -> None:
    torch.manual_seed(0)
    weight = torch.randn(9000, 8) * torch.logspace(-4, 2, 9000)[:, None]
    packed, scale = quantise(weight)
    error = (packed.float() * scale.float()[:, None] - weight).abs()
    assert (error <= scale.float()[:, None] * 0.501).all()


def test_a_row_of_zeros_stays_zeros() -> None:
    packed, scale = quantise(torch.zeros(2, 4))
    assert not packed.any()
    assert (scale > 0).all()


def test_int8_on_a_cpu_shares_one_matrix_between_input_and_output(tiny: Path) -> None:
    loaded = load(str(tiny), "int8")
    if loaded.device.type == "cuda":
        pytest.skip("a GPU keeps bfloat16")
    model = loaded.model
    embedding, head = model.get_submodule("model.embed_tokens"), model.get_submodule("lm_head")
    assert isinstance(embedding, Int8Embedding)
    assert isinstance(head, Int8Linear)
    assert embedding.weight is head.weight
    assert not any(isinstance(module, torch.nn.Linear) for module in model.modules())


@pytest.mark.parametrize("weights", ["float32", "bfloat16"])
def test_weights_are_kept_as_told(tiny: Path, weights: str) -> None:
    loaded = load(str(tiny), weights)  # type: ignore[arg-type]
    assert loaded.weights == weights
    assert {parameter.dtype for parameter in loaded.model.parameters()} == {getattr(torch, weights)}


def test_int8_logits_point_where_float32_ones_do(tiny: Path) -> None:
    ids = torch.arange(40)[None]
    with torch.inference_mode():
        exact, near = (load(str(tiny), kept).model(ids.clone()).logits.cpu() for kept in ("float32", "int8"))
    likeness = torch.nn.functional.cosine_similarity(exact, near, dim=-1)
    assert likeness.mean() > 0.99
    assert likeness.min() > 0.95


def test_says_in_one_line_what_does_not_load(tmp_path: Path) -> None:
    with pytest.raises(GenerationFailed, match=r"^cannot load the generator [^\n]+$"):
        load(str(tmp_path))
