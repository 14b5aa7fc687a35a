"""How likely a text is, told by one pass of the model."""

from pathlib import Path

import pytest
import torch

from bot.generators.causal_steps import CausalSteps
from bot.generators.weights import load

IDS = [5, 9, 14, 3, 77, 21, 40]


@pytest.fixture
def steps(tiny: Path) -> CausalSteps:
    return CausalSteps(load(str(tiny), "float32"))


def test_it_is_the_mean_over_the_last_ids_each_after_those_before_it(tiny: Path, steps: CausalSteps) -> None:
    model = load(str(tiny), "float32").model
    told = []
    for place in (4, 5, 6):
        logits = model(torch.tensor([IDS[:place]])).logits[0, -1].detach().float()
        told.append(float(torch.log_softmax(logits, dim=-1)[IDS[place]]))
    assert steps.likelihood(IDS, 3) == pytest.approx(sum(told) / 3, abs=1e-4)


def test_what_the_model_would_write_is_the_likeliest(steps: CausalSteps) -> None:
    written = next(iter(steps.tokens(IDS, [], lambda: None)))
    likeliest = steps.likelihood([*IDS, written], 1)
    assert all(steps.likelihood([*IDS, other], 1) <= likeliest for other in range(60))
