"""What is told of an entry as a whole, where an embedder reads only some of its questions."""

import numpy as np
import pytest

from knowledge.corpus.entry import Entry
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.embedders.joined import JoinedEmbedder
from knowledge.snapshot.contents import Contents, ViewTable

MIXED = Entry(
    "a",
    "30 days.",
    "How long can I return goods?",
    similar=("商品可以退货多久？", "几天内能退货？", "退货有期限吗？"),
)
OTHER = Entry(
    "b", "5 euros.", "What does the delivery cost?", similar=("Is the delivery free?", "Who pays the delivery?")
)


def contents(*reads: tuple[str, ...]) -> Contents:
    embedder = JoinedEmbedder([HashingEmbedder(64), HashingEmbedder(512)], reads)
    table = ViewTable.of([MIXED, OTHER])
    return Contents.of([MIXED, OTHER], table, embedder.embed_passages(table.texts), embedder.widths)


def test_a_centre_is_as_long_as_if_each_embedder_read_all_that_is_asked() -> None:
    found = contents(("en",), ())
    # The first embedder reads one of the four questions, whose unit vector is its centre, four times over.
    assert found.centres[0, 0] == pytest.approx(4, abs=1e-4)
    assert np.allclose(found.centres[0, 1], contents((), ()).centres[0, 1])


def test_the_centre_of_an_entry_that_all_embedders_read_is_the_sum_of_its_questions() -> None:
    found, everywhere = contents(("en",), ()), contents((), ())
    assert 0 < found.centres[1, 1] == pytest.approx(everywhere.centres[1, 1])
    assert 1 < found.centres[1, 0] < 3
