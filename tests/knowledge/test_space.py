"""The space in which texts are compared, against cosines computed the long way."""

from dataclasses import replace

import numpy as np
import pytest

from knowledge.space import Space

CHANCE = np.random.default_rng(5)


@pytest.fixture(autouse=True)
def _the_same_chance_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.knowledge.test_space.CHANCE", np.random.default_rng(5))


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def cosine(space: Space, one: np.ndarray, other: np.ndarray) -> float:
    moved = space.moved(np.stack([one, other]))
    lengths = space.lengths(moved)
    return float(space.cosines(moved[:1], lengths[:1], other)[0])


def grouped() -> tuple[np.ndarray, np.ndarray]:
    """20 entries of 6 texts; within an entry texts differ in the first direction alone, between entries in others."""
    centres = np.repeat(CHANCE.normal(size=(20, 8)) * np.array([0] + [1] * 7), 6, axis=0)
    return unit(centres + CHANCE.normal(size=(120, 8)) * np.array([2] + [0.05] * 7)), np.repeat(
        np.arange(20, dtype=np.int32), 6
    )


def test_what_all_have_in_common_is_taken_away() -> None:
    vectors = unit(CHANCE.normal(size=(200, 6)) + np.array([4, 0, 0, 0, 0, 0]))
    space = Space.of(vectors, np.arange(200, dtype=np.int32), np.ones(200, bool))
    assert space.metric is None
    assert np.abs(space.moved(vectors).mean(axis=0)).max() < 0.1
    plain = vectors[:2] - space.mean
    assert cosine(space, vectors[0], vectors[1]) == pytest.approx(
        float(plain[0] @ plain[1] / np.prod(np.linalg.norm(plain, axis=1))), abs=1e-5
    )


def test_a_direction_within_entries_counts_less() -> None:
    vectors, owners = grouped()
    space = Space.of(vectors, owners, np.ones(len(vectors), bool))
    ball = replace(space, metric=None)
    mates = [(row, row + 1) for row in range(0, 120, 6)]
    closer = [cosine(space, vectors[a], vectors[b]) - cosine(ball, vectors[a], vectors[b]) for a, b in mates]
    assert np.mean(closer) > 0.05
    assert space.metric is not None
    assert space.metric[0, 0] < 0.7 * np.diag(space.metric)[1:].min()


def test_of_two_embedders_side_by_side_each_has_its_own_space() -> None:
    one, owners = grouped()
    wide, _ = grouped()
    joined = np.concatenate([one, wide], axis=1) / np.float32(np.sqrt(2))
    asked = np.ones(len(owners), bool)
    both = Space.of(joined, owners, asked, (8, 8))
    alone = [Space.of(part, owners, asked, ()) for part in (one, wide)]
    assert both.metric is not None
    assert not both.metric[:8, 8:].any()
    assert not both.metric[8:, :8].any()
    balls = [replace(space, metric=None) for space in alone]
    plain = replace(both, metric=None)
    for a, b in [(0, 1), (0, 70), (13, 119)]:
        parts = [cosine(space, part[a], part[b]) for space, part in zip(balls, (one, wide), strict=True)]
        assert cosine(plain, joined[a], joined[b]) == pytest.approx(np.mean(parts), abs=1e-5)


def test_an_embedder_that_spreads_wide_does_not_drown_the_other() -> None:
    narrow, wide = unit(CHANCE.normal(size=(200, 8)) * 0.1 + np.eye(8)[0]), unit(CHANCE.normal(size=(200, 8)))
    joined = np.concatenate([narrow, wide], axis=1) / np.float32(np.sqrt(2))
    owners, asked = np.arange(200, dtype=np.int32), np.ones(200, bool)
    each, one = (Space.of(joined, owners, asked, widths) for widths in ((8, 8), ()))
    told = [[cosine(space, joined[0], joined[row]) for row in range(1, 200)] for space in (each, one)]
    moved = narrow - narrow.mean(axis=0)
    own = (moved[1:] @ moved[0] / np.linalg.norm(moved[1:], axis=1)).tolist()
    of_each, of_one = (np.corrcoef(values, own)[0, 1] for values in told)
    assert of_each > 0.6 > 0.3 > of_one


def test_each_part_of_a_unit_is_of_length_one() -> None:
    vectors, owners = grouped()
    joined = np.concatenate([vectors, 3 * vectors], axis=1)
    space = Space.of(joined, owners, np.ones(len(owners), bool), (8, 8))
    moved = space.moved(joined)
    units = space.units(moved, space.lengths(moved))
    assert space.lengths(units) == pytest.approx(np.ones((120, 2)), abs=1e-4)


def test_a_few_questions_or_answers_alone_leave_a_ball() -> None:
    vectors, owners = grouped()
    assert Space.of(vectors[:30], owners[:30], np.ones(30, bool)).metric is None
    assert Space.of(vectors, owners, np.zeros(120, bool)).metric is None


def test_equal_texts_leave_a_ball_and_what_all_have_in_common_is_like_nothing() -> None:
    vectors = np.repeat(unit(CHANCE.normal(size=(20, 8))), 6, axis=0)
    space = Space.of(vectors, np.repeat(np.arange(20, dtype=np.int32), 6), np.ones(120, bool))
    assert space.metric is None
    assert cosine(space, vectors[0], space.mean) == 0


def masked() -> tuple[np.ndarray, Space]:
    """60 texts of two embedders, the first of which does not read every third text; and their space."""
    vectors = np.concatenate([unit(CHANCE.normal(size=(60, 8)) + 1), unit(CHANCE.normal(size=(60, 8)))], axis=1)
    vectors = (vectors / np.sqrt(2)).astype(np.float32)
    vectors[::3, :8] = 0
    return vectors, Space.of(vectors, np.arange(60, dtype=np.int32), np.ones(60, bool), (8, 8))


def test_an_embedder_that_does_not_read_a_text_is_left_out_of_the_mean() -> None:
    vectors, space = masked()
    alone = Space.of(vectors[:, 8:], np.arange(60, dtype=np.int32), np.ones(60, bool))
    for one, other in [(0, 1), (1, 0), (0, 3)]:
        assert cosine(space, vectors[one], vectors[other]) == pytest.approx(
            cosine(alone, vectors[one, 8:], vectors[other, 8:]), abs=1e-5
        )
    assert cosine(space, vectors[1], vectors[1]) == pytest.approx(1, abs=1e-5)
    assert cosine(space, vectors[0], vectors[0]) == pytest.approx(1, abs=1e-5)


def test_what_an_embedder_has_in_common_is_told_by_the_texts_that_it_reads() -> None:
    vectors, space = masked()
    read = vectors[vectors[:, :8].any(axis=1), :8]
    assert space.mean[:8] == pytest.approx(read.mean(axis=0) * len(read) / (len(read) + 16), abs=1e-5)


def test_where_no_embedder_reads_both_nothing_is_alike() -> None:
    vectors, space = masked()
    deaf = vectors[1].copy()
    deaf[8:] = 0
    assert cosine(space, vectors[0], deaf) == 0


def test_what_all_texts_are_read_by_is_of_length_one() -> None:
    vectors, space = masked()
    assert space.common == (slice(8, 16),)
    assert space.read_by_all(vectors) == pytest.approx(unit(vectors[:, 8:]), abs=1e-5)
    whole = vectors[1:3]
    both = Space.of(whole, np.arange(2, dtype=np.int32), np.ones(2, bool), (8, 8))
    assert both.read_by_all(whole) is whole
