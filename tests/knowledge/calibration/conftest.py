"""A shop's contents, and what is found in them."""

import pytest

from knowledge.embedders.hashing import HashingEmbedder
from knowledge.snapshot.background import Background, measure
from knowledge.snapshot.contents import Contents
from tests.fakes.shop import contents_of, shop


@pytest.fixture(scope="session")
def contents() -> Contents:
    return contents_of(shop())


@pytest.fixture(scope="session")
def background(contents: Contents) -> Background:
    return measure(contents, HashingEmbedder())
