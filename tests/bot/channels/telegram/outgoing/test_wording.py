import pytest

from bot.answering.answer import Answer, Mode, Outcome, Source
from bot.channels.telegram.outgoing.markup import Marked
from bot.channels.telegram.outgoing.splitting import LONGEST_PART, units
from bot.channels.telegram.outgoing.wording import parts_of, sendable
from bot.conversation.messages import Role, Turn

RETURNS = Source("r", "Returns", "https://shop.example/returns", 0.9)
STAMPS = Source("s", "Stamps", None, 0.8)
BARE = Source("b", "", None, 0.7)


def said(text: str, *sources: Source, outcome: Outcome = Outcome.ANSWERED, language: str = "en") -> list[str]:
    answer = Answer(outcome, Mode.VERBATIM, text, language, 0.9, sources=sources)
    return texts(parts_of(Turn("t", "bot", text, 0.0, answer=answer.to_json())))


def texts(parts: list[Marked]) -> list[str]:
    return [part.text for part in parts]


def test_sources_are_numbered_below_the_answer() -> None:
    assert said("Within 30 days.", RETURNS, STAMPS) == [
        "Within 30 days.\n\nSources: [1] Returns – https://shop.example/returns\n[2] Stamps"
    ]


def test_sources_are_headed_in_the_answers_language() -> None:
    assert "来源： [1] Returns" in said("30天内。", RETURNS, language="zh")[0]


@pytest.mark.parametrize("sources", [(), (BARE,)])
def test_no_list_without_a_title_or_link(sources: tuple[Source, ...]) -> None:
    assert said("Hello.", *sources) == ["Hello."]


def test_the_same_source_is_listed_once() -> None:
    assert said("Yes.", RETURNS, RETURNS)[0].count("https://shop.example/returns") == 1


def test_more_than_three_sources_are_left_to_the_button() -> None:
    many = [Source(f"{number}", f"Title {number}", None, 0.5) for number in range(4)]

    assert said("Yes.", *many) == ["Yes."]
    assert "[3] Title 2" in said("Yes.", *many[:3])[0]


def test_a_refusal_lists_only_links_for_its_text_names_the_titles() -> None:
    assert said("I don't know.", RETURNS, STAMPS, outcome=Outcome.REFUSED) == [
        "I don't know.\n\nSources: [1] Returns – https://shop.example/returns"
    ]


def test_a_handoff_lists_nothing() -> None:
    assert said("A colleague comes.", RETURNS, outcome=Outcome.HANDED_OVER) == ["A colleague comes."]


def test_a_list_that_does_not_fit_below_goes_whole_into_its_own_part() -> None:
    parts = said("x" * (LONGEST_PART - 10), RETURNS, STAMPS)

    assert len(parts) == 2
    assert parts[1].startswith("Sources: [1]")
    assert all(units(part) <= LONGEST_PART for part in parts)


def test_an_agents_name_stands_before_the_words() -> None:
    [part] = parts_of(Turn("t", "agent", "Hello!", 0.0, "M*i*a"))

    assert part.text == "M*i*a: Hello!"


@pytest.mark.parametrize(
    "text", ["2*3*4 = 24, use __init__ or `ls`", "# 5 is yours", "[here](https://a.example)", "- a\n- b"]
)
def test_an_agents_words_stay_as_they_were_typed(text: str) -> None:
    [part] = parts_of(Turn("t", "agent", text, 0.0))

    assert part.text == text
    assert list(part.entities) == []


@pytest.mark.parametrize("role", ["event", "customer"])
def test_what_nobody_said_to_the_customer_is_not_sent(role: Role) -> None:
    assert parts_of(Turn("t", role, "taken_over", 0.0)) == []


@pytest.mark.parametrize("text", ["", " \n ", "\x00"])
def test_nothing_visible_is_nothing_to_send(text: str) -> None:
    assert parts_of(Turn("t", "bot", text, 0.0)) == []


def test_a_blank_stretch_longer_than_a_message_is_left_out() -> None:
    parts = sendable("a" + "\n" * 3 * LONGEST_PART + "b")

    assert [part.text.strip() for part in parts] == ["a", "b"]


def test_half_of_a_surrogate_pair_is_made_sendable() -> None:
    [part] = parts_of(Turn("t", "bot", "bad \ud83d end", 0.0))

    assert part.text.encode() == "bad \ufffd end".encode()
