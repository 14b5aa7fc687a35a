import pytest

from bot.generators.base import ChatMessage, GenerationFailed, Limits, Prompt
from bot.generators.extractive import ExtractiveGenerator

FACTS = """Facts:
<<<
[1] Can I return an item?
Unused items can be returned within 30 days of delivery. Refunds take 5 to 7 business days. Sale items stay sold.
[2] How long does shipping take?
Standard shipping takes 3 to 5 business days. Express shipping costs 12 €.
[3] 会员有什么好处？
会员每次购物可获得5%的积分。积分有效期为12个月。生日当月可享受一次8折优惠。
>>>
Conversation so far:
Customer: Does express shipping cost anything?
Answer in English, with the facts only.
"""


def ask(question: str, tokens: int = 160, facts: str = FACTS) -> str:
    prompt = Prompt((ChatMessage("system", "…"), ChatMessage("user", facts + question)))
    return "".join(ExtractiveGenerator().generate(prompt, Limits(tokens)))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Question: what does express cost?", "Express shipping costs 12 €."),
        ("Question: how many days until I get my refund?", "Refunds take 5 to 7 business days."),
        ("问题：积分有效期多久？", "积分有效期为12个月。"),
        ("问题: 生日有优惠吗", "生日当月可享受一次8折优惠。"),
    ],
)
def test_repeats_the_nearest_sentence(question: str, answer: str) -> None:
    assert answer in ask(question)


def test_what_it_writes_stands_in_the_entries() -> None:
    text = ask("Question: can I return sale items and get a refund?")
    sentences = [sentence for sentence in text.replace(". ", ".\n").splitlines() if sentence]
    assert sentences
    assert all(sentence in FACTS for sentence in sentences)


def test_takes_nothing_from_the_conversation() -> None:
    assert "Does express" not in ask("Question: does express shipping cost anything?")


def test_is_silent_without_entries() -> None:
    assert ask("Question: anything?", facts="Facts:\n<<<\n>>>\n") == ""


def test_reads_entries_without_a_fence() -> None:
    assert ask("Question: cost?", facts="[1] Price\nThe cost is 5 €.\n") == "The cost is 5 €."


def test_an_entry_without_text_is_no_answer() -> None:
    assert ask("Question: price?", facts="[1] Price\n[2] Other price\nIt is 5 €.\n") == "It is 5 €."


def test_gives_no_half_sentence() -> None:
    assert ask("Question: how many days until I get my refund?", tokens=2) == ""


def test_joins_sentences_as_their_language_does() -> None:
    text = ask("问题：会员积分和生日优惠有什么好处？")
    assert "。 " not in text


def test_a_question_is_needed() -> None:
    with pytest.raises(GenerationFailed, match="no question"):
        ask("")
