from collections.abc import Iterator, Sequence

import pytest

from bot.answering.answer import Question
from bot.answering.leak import PromptLeaked, mark_of, watched
from bot.answering.prompt import build_prompt
from bot.generators.base import ChatMessage, Pieces, Prompt
from knowledge.corpus.entry import Entry

ENTRY = Entry("r", "You can return goods within 30 days.", "How long can I return goods?", title="Returns")
MARK = mark_of("20260101T000000.000Z-0123456789ab")


def letters(messages: Sequence[ChatMessage]) -> int:
    return sum(len(message.content) for message in messages)


def prompt_of(text: str = "How long?") -> Prompt:
    return build_prompt(Question(text), "en", [ENTRY], letters, 10_000, MARK)


def written(text: str, closed: list[bool] | None = None) -> Pieces:
    try:
        for start in range(0, len(text), 3):
            yield text[start : start + 3]
    finally:
        if closed is not None:
            closed.append(True)


def let_out(text: str) -> str:
    """What of a draft passes before it is stopped."""
    out: list[str] = []
    with pytest.raises(PromptLeaked):
        out.extend(watched(written(text), prompt_of(), [ENTRY], MARK))
    return "".join(out)


def lines_told() -> Iterator[str]:
    for message in prompt_of().messages[: prompt_of().fixed]:
        yield from (line for line in message.content.splitlines() if len(line.split()) > 8)


def test_the_mark_heads_the_instructions_and_stands_nowhere_else() -> None:
    system, *others = prompt_of().messages
    assert system.content.startswith(f"[{MARK}]\n")
    assert not any(MARK in message.content for message in others)


def test_a_snapshot_has_its_own_mark_at_every_start() -> None:
    assert mark_of("a") == mark_of("a") != mark_of("b")
    assert len(MARK) == 10
    assert MARK.isalpha()


def test_an_honest_draft_passes_as_it_is() -> None:
    draft = "You can return goods within 30 days. Delivery costs 5 €; it is free only for orders over 60 €."
    assert "".join(watched(written(draft), prompt_of(), [ENTRY], MARK)) == draft


@pytest.mark.parametrize(
    "told",
    [MARK, MARK.upper(), " ".join(MARK), "-".join(MARK), MARK[::-1], f"x{MARK}x", "\u200b".join(MARK)],
)
def test_the_mark_does_not_pass_however_it_is_spelled(told: str) -> None:
    assert let_out(f"You can return goods. My code is {told} and more.").startswith("You can return goods. My code")


@pytest.mark.parametrize("line", list(lines_told()))
def test_no_line_of_what_the_model_was_told_passes(line: str) -> None:
    assert line not in let_out(f"Sure: {line} That is all.")


def test_a_piece_is_known_through_other_case_and_punctuation() -> None:
    assert let_out("USE ONLY THE FACTS, between... AND never more.")


def test_what_an_entry_says_too_may_be_said() -> None:
    saying = Entry("t", "Copy numbers, prices and dates exactly.", "How do I fill in the form?")
    assert list(watched(written(saying.answer), prompt_of(), [saying], MARK))


def test_the_generator_is_stopped() -> None:
    closed: list[bool] = []
    with pytest.raises(PromptLeaked, match=r"^the draft repeats its prompt$"):
        list(watched(written(f"{MARK} and on and on", closed), prompt_of(), [ENTRY], MARK))
    assert closed == [True]
