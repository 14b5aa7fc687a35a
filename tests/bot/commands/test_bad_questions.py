"""Questions that no one can answer are refused, each with its place in the batch, before anything is answered."""

import pytest

from bot.commands.cases import read_case
from bot.commands.failures import CommandError
from tests.fakes.house import KefuHouse

LINES = {
    "no JSON": ("{bad", "not JSON (Expecting property name"),
    "depth": (100_000 * "[", "not JSON (maximum recursion depth exceeded"),
    "a huge number": ('{"id": ' + 5_000 * "1" + ', "turns": ["q"]}', "not JSON (Exceeds the limit"),
    "a list": ('["q"]', 'no list "turns"'),
    "no turns": ('{"turns": []}', 'no list "turns"'),
    "a turn of a wrong kind": ('{"turns": [7]}', 'turn 1: neither a string nor {"role"'),
    "a role of a wrong kind": ('{"turns": [{"role": ["bot"], "text": "a"}, "q"]}', "turn 1: neither a string nor"),
    "history last": ('{"turns": [{"role": "bot", "text": "a"}]}', "the last turn must be a string"),
    "empty": ('{"turns": ["q", " "]}', "turn 2: the message is empty"),
    "too long": (f'{{"turns": ["{20_000 * "a"}"]}}', "turn 1: the message has 20,000 characters"),
    "NUL": ('{"turns": ["a\\u0000"]}', "turn 1: the message contains a NUL character"),
    "half a character": ('{"turns": ["a\\ud800"]}', "turn 1: the message is not valid Unicode"),
    "half a character before": ('{"turns": [{"role": "bot", "text": "\\udfff"}, "q"]}', "turn 1: the message is not"),
    "half a character in the id": ('{"id": "\\ud800", "turns": ["q"]}', "the id must be a number or a text of"),
    "an id of a wrong kind": ('{"id": {}, "turns": ["q"]}', "the id must be a number or a text of"),
}


@pytest.mark.parametrize("name", LINES)
def test_a_bad_line_is_named(name: str) -> None:
    line, expected = LINES[name]
    with pytest.raises(CommandError) as caught:
        read_case("batch.jsonl:3", line)
    assert str(caught.value).startswith(f"batch.jsonl:3: {expected}")
    assert "\n" not in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", "the message is empty"),
        (b" \t ", "the message is empty"),
        (20_000 * b"a", "the message has 20,000 characters; at most 4,096 are accepted"),
        (b"caf\xe9", "the message is not valid Unicode (it contains half of a surrogate pair)"),
    ],
)
def test_a_question_that_no_one_can_answer_is_refused(text: bytes, expected: str, kefu: KefuHouse) -> None:
    assert kefu.refusal("ask", text) == expected


@pytest.mark.slow
def test_a_bad_line_is_told_before_the_good_one_above_it_is_answered(informed: KefuHouse) -> None:
    file = informed.write("batch.jsonl", b'{"turns": ["q"]}\n\n{"turns": ["\xff"]}\n')
    expected = "turn 1: the message is not valid Unicode (it contains half of a surrogate pair)"
    assert informed.refusal("ask", "--batch", str(file)) == f"{file}:3: {expected}"
    assert informed.refusal("ask", "--batch", "-", stdin=file.read_bytes()) == f"standard input:3: {expected}"


@pytest.mark.slow
def test_a_batch_that_cannot_be_read_is_named(kefu: KefuHouse) -> None:
    assert kefu.refusal("ask", "--batch", "nope") == "nope: cannot be read: No such file or directory"
    assert kefu.refusal("ask", "--batch", ".") == ".: cannot be read: Is a directory"


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [["ask"], ["ask", "hello?", "--batch", "-"]])
def test_there_must_be_a_question_or_a_batch(arguments: list[str], kefu: KefuHouse) -> None:
    assert kefu.refusal(*arguments).startswith("give either a question or --batch FILE")
