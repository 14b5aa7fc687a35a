"""The real model that drafts where nobody names another, for tests that need one."""

import contextlib
from collections.abc import Iterator

import pytest

from bot.generators.causal import CausalGenerator
from bot.models.catalogue import read_catalogue
from bot.models.ready import folder_of, is_ready
from bot.settings import Settings


@contextlib.contextmanager
def default_generator() -> Iterator[CausalGenerator]:
    """The default generator, closed afterwards; where it was not pulled the test is skipped."""
    model, cache = read_catalogue()["qwen-0.5b"], Settings().models_dir
    if not is_ready(model, cache):
        pytest.skip("run `kefu models pull qwen-0.5b`")
    generator = CausalGenerator(folder_of(model, cache))
    yield generator
    generator.close()
