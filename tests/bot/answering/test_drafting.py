"""A drafted sentence that fails the check is written once more, else replaced by the one that it came from."""

import time
from collections.abc import Sequence

import pytest

from bot.answering.answer import Answer, Mode, Question, Sentence
from bot.answering.answerer import Answerer, Policy
from bot.answering.drafting import Bar, Drafter, Task
from bot.answering.speak import Manner, Speaker
from bot.answering.support import SpanSupport
from bot.generators.base import Cancelled, ChatMessage, GenerationFailed, GeneratorBusy, Limits, Pieces, Prompt
from bot.generators.extractive import ExtractiveGenerator
from knowledge.corpus.entry import Entry
from knowledge.retriever import Retriever

RETURNS = "How long can I return goods?"
TRUE = "You can return goods within 30 days."
COSTS = "Return shipping costs 4.90 €."
FALSE = "Return shipping costs 9.90 €."
MENDED = "The return shipping costs 4.90 €."


class Drafts:
    """A generator that writes these drafts, one a call, the last again and again; an error is raised in its turn."""

    name = "drafts"
    context = 4096

    def __init__(self, *drafts: str | GenerationFailed) -> None:
        self.drafts = list(drafts)
        self.prompts: list[Prompt] = []
        self.limits: list[Limits] = []

    def count_tokens(self, messages: Sequence[ChatMessage]) -> int:
        return sum(len(message.content) for message in messages) // 3

    def generate(self, prompt: Prompt, limits: Limits) -> Pieces:
        self.prompts.append(prompt)
        self.limits.append(limits)
        draft = self.drafts[min(len(self.prompts), len(self.drafts)) - 1]
        if isinstance(draft, GenerationFailed):
            raise draft
        yield draft

    def close(self) -> None:
        pass


def answered(
    retriever: Retriever, generator: Drafts, released: list[Sentence] | None = None, text: str = RETURNS
) -> Answer:
    manner = Manner(compose=True, quote_limit=300, needed_support=0.2)
    speaker = Speaker(generator, ExtractiveGenerator(), SpanSupport(retriever), manner)
    kept = [] if released is None else released
    return Answerer(retriever, speaker, Policy()).answer(Question(text), kept.append)


def test_a_false_sentence_is_written_once_more(retriever: Retriever) -> None:
    generator = Drafts(f"{TRUE} {FALSE} ", MENDED)
    released: list[Sentence] = []
    answer = answered(retriever, generator, released)
    assert (answer.mode, answer.text) == (Mode.GENERATED, f"{TRUE} {MENDED}")
    assert [sentence.sources for sentence in released] == [("returns",), ("returns",)]
    assert len(generator.prompts) == 2


def test_the_second_prompt_holds_one_sentence_and_asks_for_one(retriever: Retriever) -> None:
    generator = Drafts(f"{TRUE} {FALSE} ", MENDED)
    answered(retriever, generator)
    first, again = (prompt.messages[-1].content for prompt in generator.prompts)
    assert TRUE in first
    assert TRUE not in again
    assert COSTS in again
    assert "one sentence" in again
    # The fixed beginning stays, for its state is kept between calls.
    assert generator.prompts[0].messages[:-1] == generator.prompts[1].messages[:-1]


def test_it_is_not_written_a_third_time(retriever: Retriever) -> None:
    generator = Drafts(f"{TRUE} {FALSE} ", FALSE)
    answer = answered(retriever, generator)
    assert answer.text == f"{TRUE} {COSTS}"
    assert len(generator.prompts) == 2


def test_a_second_draft_is_no_way_round_the_check(retriever: Retriever) -> None:
    answer = answered(retriever, Drafts(f"{TRUE} {FALSE} ", "Return shipping costs 0.90 €, says Bob."))
    assert answer.text == f"{TRUE} {COSTS}"


def test_what_passed_before_and_after_stays(retriever: Retriever) -> None:
    answer = answered(retriever, Drafts(f"{TRUE} {FALSE} You can return the goods within 30 days. ", ""))
    assert answer.text == f"{TRUE} {COSTS} You can return the goods within 30 days."


def test_nothing_is_said_twice(retriever: Retriever) -> None:
    answer = answered(retriever, Drafts(f"{COSTS} {FALSE} ", COSTS))
    assert answer.text == COSTS


def test_a_first_sentence_is_written_again_but_not_replaced(retriever: Retriever) -> None:
    false = "You can return goods within 60 days."
    assert answered(retriever, Drafts(false, TRUE)).text == TRUE
    quoted = answered(retriever, Drafts(false, false))
    assert (quoted.mode, quoted.text) == (Mode.VERBATIM, f"{TRUE} {COSTS}")


def test_a_draft_that_began_wrongly_is_not_gone_on_with(retriever: Retriever) -> None:
    assert answered(retriever, Drafts(f"You can return goods within 60 days. {COSTS} ", TRUE)).text == TRUE


def test_one_sentence_is_no_answer_to_two_questions(retriever: Retriever) -> None:
    generator = Drafts("You can return goods within 60 days. ", TRUE)
    answer = answered(retriever, generator, text=f"{RETURNS} How can I pay?")
    assert answer.mode is Mode.VERBATIM
    assert {source.id for source in answer.sources} == {"returns", "pay"}
    assert len(generator.prompts) == 1


def test_what_a_draft_leaves_out_of_two_questions_is_quoted_after_it(retriever: Retriever) -> None:
    released: list[Sentence] = []
    answer = answered(retriever, Drafts(TRUE), released, text=f"{RETURNS} How can I pay?")
    assert (answer.mode, answer.text) == (Mode.GENERATED, f"{TRUE}\n\nYou can pay by card or bank transfer.")
    assert [source.id for source in answer.sources] == ["returns", "pay"]
    assert tuple(released) == answer.sentences


def test_out_of_a_question_no_sentence_is_written(retriever: Retriever) -> None:
    generator = Drafts("Bananas grow upside down.", "Yes, helmets are insured.")
    drafter = Drafter(generator, SpanSupport(retriever), Bar(0.2, 0.2), "mark")
    insured = Entry("insured", "Are helmets insured? No, frames alone are.", language="en")
    task = Task(Question("Are helmets insured?"), "en", (insured,), frozenset({"insured"}), Limits(), free=True)
    assert list(drafter.sentences(task)) == []
    assert len(generator.prompts) == 1


def test_what_has_nothing_to_do_with_the_entries_is_left_out(retriever: Retriever) -> None:
    generator = Drafts(f"{TRUE} Bananas grow upside down. ", MENDED)
    assert answered(retriever, generator).text == TRUE
    assert len(generator.prompts) == 1


@pytest.mark.parametrize("error", [GeneratorBusy("full"), GenerationFailed("broken")])
def test_when_there_is_no_second_draft_the_entry_speaks(retriever: Retriever, error: GenerationFailed) -> None:
    assert answered(retriever, Drafts(f"{TRUE} {FALSE} ", error)).text == f"{TRUE} {COSTS}"


def test_a_cancelled_second_draft_ends_the_answer(retriever: Retriever) -> None:
    answer = answered(retriever, Drafts(f"{TRUE} {FALSE} {COSTS} ", Cancelled("no longer wanted")))
    assert answer.text == TRUE
    assert not answer.whole


def test_both_drafts_share_one_deadline(retriever: Retriever) -> None:
    generator = Drafts(f"{TRUE} {FALSE} ", MENDED)
    answered(retriever, generator)
    first, again = generator.limits
    assert first.deadline == again.deadline
    assert first.deadline <= time.monotonic() + Manner().seconds
    assert again.tokens < first.tokens


def test_across_languages_no_sentence_in_another_language_stands_in(retriever: Retriever) -> None:
    generator = Drafts("30天内可以退货。退货运费为9.90 €。", "退货运费为9.90 €。")
    drafter = Drafter(generator, SpanSupport(retriever), Bar(0.2, 0.0), "")
    returns = next(entry for entry in retriever.entries if entry.id == "returns")
    task = Task(Question("多久可以退货？"), "zh", (returns,), frozenset({"returns"}), Limits(), free=True)
    assert [sentence.text for sentence in drafter.sentences(task)] == ["30天内可以退货。"]
    assert len(generator.prompts) == 2


def test_other_entries_found_are_worked_examples_if_the_owner_wants_some(retriever: Retriever) -> None:
    for shots in (0, 2):
        generator = Drafts(f"{TRUE} ")
        manner = Manner(compose=True, quote_limit=300, needed_support=0.2, entries=1, shots=shots)
        speaker = Speaker(generator, ExtractiveGenerator(), SpanSupport(retriever), manner)
        Answerer(retriever, speaker, Policy()).answer(Question(RETURNS))
        (prompt,) = generator.prompts
        shown = prompt.messages[prompt.fixed : -1]
        assert len(shown) == 2 * shots
        assert all(COSTS not in message.content for message in shown)
