"""Questions about what the owner has or does are told from those of a customer's own case."""

import pytest

from bot.reading.form import asks_of_the_owner, ends_asking


@pytest.mark.parametrize(
    "text",
    [
        "Do you sell sofas with wheels?",
        "Hi, are your lamps certified for bathrooms?",
        "Is there a garden behind the shop?",
        "What's the weight of your lightest chair?",
        "Which brand of paint do you use?",
        "¿Tienen lámparas rojas?",
        "Gibt es Lampen in Rot?",
        "你们卖红色的灯吗？",
        "有红色的吗？",
        "灯罩是什么材料的？",
        "最轻的椅子有多重？",
        "I was wondering if you sell lamp shades one by one",
        "any chance you rent out tents?",
        "got any folding chairs",
        "what's the widest board that fits a shelf of yours?",
        "灯罩你们单卖不，多少钱",
        "你们那儿租不租帐篷",
        "有折叠椅卖吗",
        "能单独买到灯罩吗",
    ],
)
def test_what_the_owner_has_or_does(text: str) -> None:
    assert asks_of_the_owner(text)


@pytest.mark.parametrize(
    "text",
    [
        "Can I return a lamp?",
        "My lamp arrived broken, what do I do?",
        "How long does delivery take?",
        "What does delivery cost?",
        "Which ways of paying do you take?",
        "I'd rather fetch it myself.",
        "灯坏了怎么办？",
        "运费多少？",
        "多久能到？",
        "you have my gratitude",
        "怎么退，你们不收怎么办",
        "",
    ],
)
def test_a_case_of_ones_own_or_what_to_do(text: str) -> None:
    assert not asks_of_the_owner(text)


@pytest.mark.parametrize("text", ["Open?", "“Open?”", "营业吗？", "مفتوح؟", "Ανοιχτά\u037e"])
def test_a_question_ends_with_the_mark_of_its_script(text: str) -> None:
    assert ends_asking(text)


@pytest.mark.parametrize("text", ["Open.", "your passport;", "营业。", ""])
def test_nothing_else_ends_as_a_question(text: str) -> None:
    assert not ends_asking(text)


def test_a_word_said_thousands_of_times_is_read_in_steps_that_end() -> None:
    assert not asks_of_the_owner("你们有灯" * 3000 + "。" + "桌" * 80)
    assert asks_of_the_owner("你们有灯吗" + "灯" * 10_000)
