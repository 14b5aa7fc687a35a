import pytest

from bot.reading.mood import Mood, mood_of, read_mood, score


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("How long can I return an item?", Mood.CALM),
        ("Is it broken if the lamp does not turn on?", Mood.CALM),
        ("电池14天内可以退吗？", Mood.CALM),
        ("", Mood.CALM),
        ("Thank you so much, that was great!", Mood.GLAD),
        ("太好了，非常满意，谢谢！", Mood.GLAD),
        ("I am disappointed, the lamp arrived broken.", Mood.UNHAPPY),
        ("东西坏了，很失望。", Mood.UNHAPPY),
        ("The new bell is not good.", Mood.UNHAPPY),
        ("This is absolutely unacceptable", Mood.UPSET),
        ("你们这是什么破店，气死我了", Mood.UPSET),
    ],
)
def test_a_message_tells_how_its_writer_feels(text: str, mood: Mood) -> None:
    assert read_mood(text) is mood


def test_a_word_is_turned_by_a_denial_and_made_stronger_by_very() -> None:
    assert score("it is not bad") > 0 > score("it is bad")
    assert score("very bad") < score("bad")
    assert score("不满意") < 0 < score("满意")


def test_what_comes_after_but_counts_more() -> None:
    assert score("the frame is nice but the brakes are terrible") < 0


@pytest.mark.parametrize(
    ("moods", "mood"),
    [
        ([], Mood.CALM),
        ([Mood.UPSET, Mood.CALM], Mood.UPSET),
        ([Mood.UPSET, Mood.GLAD], Mood.GLAD),
        ([Mood.UPSET, Mood.CALM, Mood.CALM, Mood.CALM], Mood.CALM),
    ],
)
def test_a_conversation_is_as_bad_as_the_worst_of_its_last_turns(moods: list[Mood], mood: Mood) -> None:
    assert mood_of(moods) is mood


def test_a_long_text_is_read_in_no_time() -> None:
    assert read_mood("not " * 100_000) is Mood.CALM
