"""What is misspelt is looked up as it is written and as it is meant."""

import pytest

from bot.answering.answer import Question
from bot.answering.trace import recorded
from tests.bot.answering.conftest import MakeAnswerer


def queries(make_answerer: MakeAnswerer, text: str) -> list[str]:
    with recorded() as trace:
        make_answerer().answer(Question(text))
    return [lookup.query for lookup in trace.parts[0].lookups]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("保休多久", "保修多久"),
        ("shiping to norway", "shipping to norway"),
        ("wen can i retrun goods", "when can i return goods"),
    ],
)
def test_as_it_is_meant_comes_after_as_it_is_written(make_answerer: MakeAnswerer, written: str, meant: str) -> None:
    first, *_, last = queries(make_answerer, written)

    assert (first, last) == (written, meant)


@pytest.mark.parametrize("text", ["保修多久", "what can i pay by"])
def test_what_is_written_well_is_looked_up_once(make_answerer: MakeAnswerer, text: str) -> None:
    assert queries(make_answerer, text) == [text]
