"""Records check what their fields hold; their other sides are tested through the loader of JSON lines."""

import pytest

from knowledge.corpus.base import Source
from knowledge.corpus.records import records
from knowledge.errors import CorpusError


def test_a_list_of_objects_is_read_as_records_of_the_same_line() -> None:
    (record,) = records(Source("f", '\n{"a": [{"b": "c"}], "n": null}'))
    (inner,) = record.records("a")
    assert (inner.text("b"), inner.line, record.records("n"), record.has("n"), record.has("a")) == (
        "c",
        2,
        [],
        False,
        True,
    )


@pytest.mark.parametrize(
    ("value", "message"),
    [('"x"', "'a' is a text, not a list of objects"), ("[1]", "'a' holds a number among its objects")],
)
def test_anything_else_is_named(value: str, message: str) -> None:
    (record,) = records(Source("f", f'{{"a": {value}}}'))
    with pytest.raises(CorpusError, match=message):
        record.records("a")


def test_a_list_of_lists_keeps_its_order_and_a_text_is_a_list_of_one() -> None:
    (record,) = records(Source("f", '{"a": [["b", "c"], "d", "d"], "n": null}'))
    assert record.lists("a") == (("b", "c"), ("d",), ("d",))
    assert record.lists("n") == ()


@pytest.mark.parametrize("value", ['["x", 1]', '[["x", 1]]', '[[" "]]', "[null]"])
def test_something_else_within_a_list_is_named(value: str) -> None:
    (record,) = records(Source("f", f'{{"a": {value}}}'))
    with pytest.raises(CorpusError, match="'a' holds something else than texts and lists of texts"):
        record.lists("a")
