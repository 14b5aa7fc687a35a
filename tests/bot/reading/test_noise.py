"""A hasty message is read as what it says, and an ordinary one is left as it is."""

import pytest

from bot.reading.noise import without_noise


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("📦😡 broken!!! what now???", "broken! what now?"),
        ("WHERE IS MY ORDER", "where is my order"),
        ("没货了吗？？？！", "没货了吗？"),
        ("thank you :-)", "thank you"),
        ("do u ship 2moro pls", "do you ship tomorrow please"),
        ("whats ur addr, i want my mony bak", "what is your address, i want my money back"),
    ],
)
def test_noise_is_taken_out(text: str, plain: str) -> None:
    assert without_noise(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        "Can I pay by card, e.g. VISA?",
        "see https://u.example/n, open 10:30 (Mo-Fr)",
        "a U-lock?",
        "多少钱？",
        "It costs €4.90, doesn't it?",
    ],
)
def test_an_ordinary_message_stays_as_it_is(text: str) -> None:
    assert without_noise(text) == text
