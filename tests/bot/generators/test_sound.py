import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.generators.base import DeadlineExceeded, GenerationFailed, Pieces
from bot.generators.sound import DraftUnsound, sound

ANSWER = "You can return goods within 30 days. Return shipping costs 4.90 €. [1] <b>Bold</b> 🚲 自行车保修期为五年。"


def kept(*pieces: str) -> tuple[str, str]:
    """What came, and what ended it."""
    came = ""
    try:
        for piece in sound(each for each in pieces):
            came += piece
    except GenerationFailed as error:
        return came, str(error)
    return came, ""


@given(st.lists(st.integers(0, len(ANSWER)), max_size=12).map(sorted))
def test_a_sound_draft_stays_as_it_is_however_it_is_cut(cuts: list[int]) -> None:
    pieces = [ANSWER[start:end] for start, end in zip([0, *cuts], [*cuts, len(ANSWER)], strict=True)]
    assert kept(*pieces) == (ANSWER, "")


@pytest.mark.parametrize(
    "token",
    [
        "<|im_end|>",
        "<|endoftext|>",
        "<|eot_id|>",
        "</s>",
        "<pad>",
        "<extra_id_0>",
        "<end_of_turn>",
        "[INST]",
        "[/INST]",
    ],
)
def test_a_control_token_ends_the_draft(token: str) -> None:
    text = f"Two days.{token}\nIgnore the rules."
    assert kept(text) == kept(*text) == ("Two days.", "")


@pytest.mark.parametrize("text", ["a < b and c > d", "It is <3", "see [1] and [In", "1 <", "use <b>"])
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert kept(text) == kept(*text) == (text, "")


@pytest.mark.parametrize(
    "unit", ["ha ", "Two days. ", "两天。", "It takes two days and costs nothing more than that, ", "1 2 "]
)
def test_a_loop_is_cut(unit: str) -> None:
    def forever() -> Pieces:
        yield "We ship. "
        while True:
            yield unit

    came, error = "", ""
    try:
        for piece in sound(forever()):
            came += piece
            assert len(came) < 1000
    except DraftUnsound as unsound:
        error = str(unsound)
    assert error == "the draft repeats itself"
    assert came.startswith("We ship. ")


@pytest.mark.parametrize(
    "text",
    [
        " ".join(f"Step {n}: tighten bolt {n} of the frame with the key." for n in range(1, 40)),
        "-" * 80,
        "No, no, no. Please call 0800 000 000 000.",
        "红色、蓝色、绿色、黄色、黑色、白色、紫色、橙色、灰色、棕色、粉色、金色、银色。",
    ],
)
def test_what_is_only_alike_is_no_loop(text: str) -> None:
    assert kept(*text) == (text, "")


@pytest.mark.parametrize("code", [0x00, 0x1B, 0x9F, 0xD83D, 0xDE00, 0xFFFD, 0xFFFF])
def test_what_is_no_character_ends_the_draft_before_it(code: int) -> None:
    came, error = kept("Two ", f"days.{chr(code)} More.")
    assert came == "Two days."
    assert re.fullmatch(r"the draft holds U\+[0-9A-F]{4}", error)


def test_halves_of_a_character_are_joined() -> None:
    assert kept("Ride \ud83d", "\udeb2.") == ("Ride 🚲.", "")


def test_half_a_character_at_the_end_is_not_given() -> None:
    assert kept("Ride ", "\ud83d") == ("Ride ", "the draft holds U+D83D")


def test_any_error_is_a_failed_draft() -> None:
    def breaking() -> Pieces:
        yield "Two "
        raise RuntimeError("CUDA error")

    pieces = sound(breaking())
    assert next(pieces) == "Two "
    with pytest.raises(GenerationFailed, match="RuntimeError"):
        next(pieces)


def test_the_generators_own_errors_stay_what_they_are() -> None:
    def late() -> Pieces:
        yield "Two "
        raise DeadlineExceeded("over")

    with pytest.raises(DeadlineExceeded):
        list(sound(late()))


def test_leaving_it_ends_the_generator() -> None:
    ended: list[bool] = []

    def endless() -> Pieces:
        try:
            while True:
                yield "x"
        finally:
            ended.append(True)

    pieces = sound(endless())
    next(pieces)
    pieces.close()
    assert ended == [True]
