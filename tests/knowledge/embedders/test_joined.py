from collections.abc import Sequence

import numpy as np
import pytest

from knowledge.embedders.base import Vectors
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.embedders.joined import JoinedEmbedder

TEXTS = ["How long can I return goods?", "Goods can be returned within 30 days.", ""]


@pytest.fixture
def joined() -> JoinedEmbedder:
    return JoinedEmbedder([HashingEmbedder(64), HashingEmbedder(512)])


def test_the_cosine_is_the_mean_of_the_parts(joined: JoinedEmbedder) -> None:
    vectors = joined.embed_passages(TEXTS)
    parts = [HashingEmbedder(dimension).embed_passages(TEXTS) for dimension in (64, 512)]
    assert vectors.shape == (3, joined.dimension) == (3, 576)
    assert vectors[0] @ vectors[1] == pytest.approx(np.mean([part[0] @ part[1] for part in parts]), abs=1e-5)
    assert np.array_equal(joined.embed_queries(TEXTS), vectors)


def test_its_vectors_have_length_one_or_none(joined: JoinedEmbedder) -> None:
    vectors = joined.embed_passages(TEXTS)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 0], abs=1e-5)
    assert joined.embed_queries([]).shape == (0, 576)


def test_what_one_part_does_not_read_is_left_to_the_others() -> None:
    joined = JoinedEmbedder([HashingEmbedder(64), HashingEmbedder(512)], [("en",), ()])
    english, chinese = joined.embed_queries(["How long can I return goods?", "商品可以退货多久？"])
    assert english[:64].any()
    assert not chinese[:64].any()
    assert chinese[64:] == pytest.approx(HashingEmbedder(512).embed_queries(["商品可以退货多久？"])[0] / np.sqrt(2))


def test_what_a_part_gave_is_not_written_into() -> None:
    class Same(HashingEmbedder):
        """Gives the same array each time, as one that keeps its vectors may."""

        kept = HashingEmbedder(64).embed_queries(["商品可以退货多久？"])

        def embed_queries(self, texts: Sequence[str]) -> Vectors:
            return self.kept

    before = Same.kept.copy()
    JoinedEmbedder([Same(64), HashingEmbedder(512)], [("en",), ()]).embed_queries(["商品可以退货多久？"])
    assert before.any()
    assert np.array_equal(Same.kept, before)


def test_words_that_tell_no_language_are_read_by_all() -> None:
    joined = JoinedEmbedder([HashingEmbedder(64), HashingEmbedder(512)], [("en",), ()])
    assert joined.embed_passages(["SKU-12", "gift card"])[:, :64].any(axis=1).all()


def test_it_bears_the_names_of_its_parts(joined: JoinedEmbedder) -> None:
    assert joined.name == "hashing:64@v1+hashing:512@v1"


def test_it_tells_where_the_numbers_of_one_part_end(joined: JoinedEmbedder) -> None:
    assert joined.widths == (64, 512)
    assert JoinedEmbedder([joined, HashingEmbedder(32)]).widths == (64, 512, 32)


def test_progress_goes_through_all_parts_to_the_end(joined: JoinedEmbedder) -> None:
    told: list[tuple[int, int]] = []
    joined.embed_passages(["text"] * 600, lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert {total for _, total in told} == {600}
    assert told[-1] == (600, 600)


def test_one_alone_is_not_joined() -> None:
    with pytest.raises(ValueError, match="two at least"):
        JoinedEmbedder([HashingEmbedder()])


def test_languages_are_told_of_each_part_or_of_none() -> None:
    with pytest.raises(ValueError, match="languages of 1 embedders"):
        JoinedEmbedder([HashingEmbedder(64), HashingEmbedder(512)], [("en",)])
