import pytest

from knowledge.corpus.base import Source
from knowledge.corpus.jsonl import load
from knowledge.errors import CorpusError


def lines(text: str):
    return list(load(Source("faq.jsonl", text)))


def test_reads_every_field_and_its_other_names() -> None:
    first, second = lines(
        '{"id": 7, "question": "q", "answer": "a", "similar": "s", "tags": ["t", "t"], "url": null, "x": 1}\n\n'
        '{"intent": "cancel", "utterances": ["u", "v"], "text": "b"}\n'
    )
    assert (first.id, first.question, first.similar, first.tags, first.url) == ("7", "q", ("s",), ("t",), None)
    assert (second.title, second.similar, second.answer, second.place.line) == ("cancel", ("u", "v"), "b", 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"answer": "a"}\n{"answer": }', "faq.jsonl:2: bad JSON at column 12: Expecting value"),
        ("[1]", "faq.jsonl:1: a list where an object {…} is needed"),
        ('"x"', "faq.jsonl:1: a text where an object {…} is needed"),
        ('{"question": "q"}', "faq.jsonl:1: no field 'answer': fill it or remove the line"),
        ('{"answer": " "}', "faq.jsonl:1: no field 'answer': fill it or remove the line"),
        ('{"answer": 5}', "faq.jsonl:1: 'answer' is a number, not a text"),
        ('{"answer": "a", "question": {}}', "faq.jsonl:1: 'question' is an object, not a text"),
        ('{"answer": "a", "id": true}', "faq.jsonl:1: 'id' is true or false, not a text"),
        ('{"answer": "a", "tags": 5}', "faq.jsonl:1: 'tags' is a number, not a list of texts"),
        ('{"answer": "a", "similar": ["x", null]}', "faq.jsonl:1: 'similar' holds nothing among its texts"),
    ],
)
def test_refuses_a_bad_line_with_place_and_reason(text: str, message: str) -> None:
    with pytest.raises(CorpusError) as caught:
        lines(text)
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ["[" * 100_000, '{"id": ' + "1" * 5_000 + ', "answer": "a"}'])
def test_refuses_json_that_breaks_the_parser(text: str) -> None:
    with pytest.raises(CorpusError, match=r"^faq\.jsonl:1: bad JSON"):
        lines(text)
