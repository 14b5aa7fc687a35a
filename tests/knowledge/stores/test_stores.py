"""One contract for every store; the exact one is the oracle of the others."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.stores.base import Among
from knowledge.stores.exact import ExactStore
from knowledge.stores.faiss import FaissStore

KINDS = [ExactStore, FaissStore]
AXES = np.eye(4, dtype=np.float32)


@pytest.fixture(params=KINDS, ids=["exact", "faiss"])
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param


def ids(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


def filled(kind: Any) -> Any:
    store = kind(4)
    store.add(ids(30, 10, 2**62, 20), AXES)
    return store


def test_finds_by_id_and_not_by_position(kind: Any) -> None:
    scores, found = filled(kind).search(AXES[2:3], 1)
    assert found.tolist() == [[2**62]]
    assert scores.tolist() == [[1.0]]


def test_searches_among_some_alone(kind: Any) -> None:
    store = filled(kind)
    some = Among(ids(10, 20, 777))
    assert store.search(AXES, 3, some)[1].tolist() == [[10, 20, -1], [10, 20, -1], [10, 20, -1], [20, 10, -1]]
    store.remove([10])
    assert store.search(AXES[1:2], 1, some)[1].tolist() == [[20]]
    assert store.search(AXES[:1], 1, Among(ids()))[1].tolist() == [[-1]]


def test_keeps_ids_when_others_are_removed(kind: Any) -> None:
    store = filled(kind)
    assert store.remove([30, 10, 777]) == 2
    assert len(store) == 2
    assert store.search(AXES, 1)[1][2:].ravel().tolist() == [2**62, 20]
    assert 30 not in store.search(AXES, 4)[1]


def test_forgets_an_id_once(kind: Any) -> None:
    store = filled(kind)
    assert store.remove([10, 10]) == 1
    assert store.remove([10]) == 0


def test_takes_an_id_again_after_it_was_removed(kind: Any) -> None:
    store = filled(kind)
    store.remove([10])
    store.add(ids(10), AXES[:1])
    assert store.search(AXES[:1], 2)[1].tolist() == [[10, 30]]


def test_puts_equal_scores_in_the_order_of_ids(kind: Any) -> None:
    store = kind(4)
    rng = np.random.default_rng(1)
    vector = rng.normal(size=4).astype(np.float32)
    numbers = rng.permutation(200).astype(np.int64)
    store.add(numbers, np.tile(vector / np.linalg.norm(vector), (200, 1)))
    scores, found = store.search(vector[None] / np.linalg.norm(vector), 7)
    assert found.tolist() == [list(range(7))]
    assert len(set(scores.ravel().tolist())) == 1


def test_fills_up_with_nothing_when_k_is_larger_than_the_store(kind: Any) -> None:
    scores, found = filled(kind).search(AXES[:1], 6)
    assert found.shape == scores.shape == (1, 6)
    assert found[0, 4:].tolist() == [-1, -1]
    assert scores[0, 4:].tolist() == [-np.inf, -np.inf]


def test_an_empty_store_finds_nothing(kind: Any) -> None:
    scores, found = kind(4).search(AXES, 2)
    assert found.tolist() == [[-1, -1]] * 4
    assert (scores == -np.inf).all()


def test_no_query_gives_no_row(kind: Any) -> None:
    scores, found = filled(kind).search(np.empty((0, 4), np.float32), 3)
    assert scores.shape == found.shape == (0, 3)


def test_gives_vectors_in_the_order_they_are_asked_for(kind: Any) -> None:
    store = filled(kind)
    assert np.array_equal(store.vectors(ids(20, 30)), AXES[[3, 0]])
    assert store.vectors(ids()).shape == (0, 4)
    with pytest.raises(KeyError):
        store.vectors(ids(30, 31))


def test_lists_its_ids(kind: Any) -> None:
    assert filled(kind).ids().tolist() == [10, 20, 30, 2**62]


@pytest.mark.parametrize(
    ("numbers", "vectors"),
    [
        (ids(10), AXES[:1]),
        (ids(5, 5), AXES[:2]),
        (ids(5), AXES[:2]),
        (ids(5), np.ones((1, 3), np.float32)),
        (ids(5), np.ones(4, np.float32)),
        (ids(-1), AXES[:1]),
        (ids(5), np.full((1, 4), np.nan, np.float32)),
    ],
    ids=["known", "twice", "too few ids", "dimension", "flat", "negative", "not a number"],
)
def test_refuses_what_it_cannot_keep_and_stays_as_it_was(kind: Any, numbers: Any, vectors: Any) -> None:
    store = filled(kind)
    with pytest.raises(ValueError, match=r"id|need|finite"):
        store.add(numbers, vectors)
    assert len(store) == 4
    assert store.search(AXES, 1)[1].ravel().tolist() == [30, 10, 2**62, 20]


@pytest.mark.parametrize(("queries", "k"), [(np.ones((1, 3), np.float32), 1), (AXES[0], 1), (AXES, 0)])
def test_refuses_queries_of_another_shape_and_no_k(kind: Any, queries: Any, k: int) -> None:
    with pytest.raises(ValueError, match="need"):
        filled(kind).search(queries, k)


def test_comes_back_from_its_file(kind: Any, tmp_path: Path) -> None:
    store = filled(kind)
    store.remove([10])
    store.save(tmp_path / "vectors")
    again = kind.load(tmp_path / "vectors")
    assert (len(again), again.dimension) == (3, 4)
    assert np.array_equal(again.search(AXES, 4)[1], store.search(AXES, 4)[1])
    with pytest.raises(ValueError, match="already"):
        again.add(ids(20), AXES[:1])


def test_an_empty_store_comes_back_from_its_file(kind: Any, tmp_path: Path) -> None:
    kind(4).save(tmp_path / "vectors")
    assert len(kind.load(tmp_path / "vectors")) == 0


def test_refuses_a_file_that_is_no_store(kind: Any, tmp_path: Path) -> None:
    path = tmp_path / "vectors"
    path.write_bytes(b"something else")
    with pytest.raises(ValueError, match=r"vectors|file"):
        kind.load(path)
    with pytest.raises(OSError, match="none"):
        kind.load(tmp_path / "none")


small = st.integers(-3, 3)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 40), st.tuples(small, small, small)),
        st.tuples(st.just("remove"), st.integers(0, 40), st.none()),
        st.tuples(st.just("reload"), st.none(), st.none()),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(steps=steps, query=st.tuples(small, small, small), k=st.integers(1, 12), some=st.sets(st.integers(0, 6)))
def test_does_the_same_as_the_oracle(
    steps: Any, query: Any, k: int, some: set[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    oracle, store = ExactStore(3), FaissStore(3)
    for name, number, vector in steps:
        if name == "add":
            outcomes = [added(each, number, vector) for each in (oracle, store)]
            assert outcomes[0] == outcomes[1]
        elif name == "remove":
            assert oracle.remove([number]) == store.remove([number])
        else:
            path = tmp_path_factory.mktemp("store") / "vectors"
            store.save(path)
            store = FaissStore.load(path)
    queries = np.array([query, query[::-1]], np.float32)
    for among in (None, Among(ids(*some))):
        for mine, right in zip(store.search(queries, k, among), oracle.search(queries, k, among), strict=True):
            assert np.array_equal(mine, right)


def added(store: Any, number: int, vector: Any) -> bool:
    try:
        store.add(ids(number), np.array([vector], np.float32))
    except ValueError:
        return False
    return True
