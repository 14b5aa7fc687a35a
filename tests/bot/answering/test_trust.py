"""What a generator was measured to be worth decides for which questions it may write."""

from pathlib import Path

import pytest

from bot.answering.answer import BOT, CUSTOMER, Mode, PastTurn, Question
from bot.answering.answerer import Answerer, Policy
from bot.answering.speak import Manner, Speaker
from bot.answering.support import SpanSupport
from bot.answering.trust import Kind, Measured, Trust, kind_of, read_trust, trust_file, write_trust
from bot.generators.extractive import ExtractiveGenerator
from knowledge.corpus.entry import Entry
from knowledge.retriever import Retriever
from tests.bot.answering.conftest import Scripted

AS_GOOD = Measured(n=10, quoted=9, generated=9, spoke=8, spoke_right=8)
WORSE = Measured(n=10, quoted=9, generated=8, spoke=6, spoke_right=5)
RARELY_TRUE = Measured(n=20, quoted=0, generated=12, spoke=12, spoke_right=6)

ENGLISH = Entry("returns", "Within 30 days.", language="en")
CHINESE = Entry("退货", "30天内。", language="zh")


def test_who_was_never_measured_writes_only_where_quoting_cannot_do() -> None:
    assert [kind for kind in Kind if Trust().lets(kind)] == [Kind.ACROSS]


def test_a_generator_that_is_as_good_as_quoting_writes() -> None:
    assert Trust({Kind.SINGLE: AS_GOOD}).lets(Kind.SINGLE)
    assert not Trust({Kind.SINGLE: AS_GOOD}).lets(Kind.SEVERAL)


def test_a_generator_that_is_worse_than_quoting_does_not() -> None:
    assert not Trust({Kind.SINGLE: WORSE}).lets(Kind.SINGLE)


def test_across_languages_a_quote_is_no_rival() -> None:
    assert Trust({Kind.ACROSS: WORSE}).lets(Kind.ACROSS)


def test_drafts_that_break_the_promise_are_not_sent_anywhere() -> None:
    assert not Trust({Kind.SINGLE: RARELY_TRUE}).lets(Kind.SINGLE)
    assert not Trust({Kind.ACROSS: RARELY_TRUE}).lets(Kind.ACROSS)
    assert Trust({Kind.SINGLE: RARELY_TRUE}, promised=0.6).lets(Kind.SINGLE)


def test_one_that_never_passed_the_check_does_not_write_where_it_costs_time_alone() -> None:
    silent = Measured(n=10, quoted=9, generated=9)
    assert not Trust({Kind.SINGLE: silent}).lets(Kind.SINGLE)


def test_a_few_drafts_tell_nothing_however_many_questions_were_asked() -> None:
    shy = Measured(n=40, quoted=36, generated=36, spoke=3, spoke_right=3)
    assert not Trust({Kind.SINGLE: shy}).lets(Kind.SINGLE)


def test_a_few_questions_tell_nothing() -> None:
    few = Measured(n=3, quoted=3, generated=3, spoke=3, spoke_right=3)
    assert not Trust({Kind.SINGLE: few}).lets(Kind.SINGLE)


@pytest.mark.parametrize(
    ("question", "entries", "kind"),
    [
        (Question("How long?"), [ENGLISH], Kind.SINGLE),
        (Question("How long?"), [ENGLISH, ENGLISH], Kind.SINGLE),
        (Question("How long?"), [ENGLISH, Entry("pay", "By card.", language="en")], Kind.SEVERAL),
        (Question("How long?"), [ENGLISH, CHINESE], Kind.ACROSS),
        (Question("and for it?", (PastTurn(CUSTOMER, "Returns?"), PastTurn(BOT, "Yes."))), [ENGLISH], Kind.FOLLOW_UP),
    ],
)
def test_kinds_are_told_by_question_and_entries(question: Question, entries: list[Entry], kind: Kind) -> None:
    assert kind_of(question, "en", entries) is kind


@pytest.mark.parametrize(
    ("better", "pays"),
    [
        (AS_GOOD, False),
        (Measured(n=25, quoted=14, generated=15), False),
        (Measured(n=10, quoted=6, generated=8), False),
        (Measured(n=10, quoted=6, generated=9), True),
    ],
)
def test_rewriting_must_win_more_than_chance_does(better: Measured, pays: bool) -> None:
    assert Trust(rewrites=better).lets_rewrite is pays
    assert not Trust(rewrites=Measured(n=3, quoted=0, generated=3)).lets_rewrite


def test_what_was_measured_is_found_again_for_the_same_model_and_entries_alone(tmp_path: Path) -> None:
    trust = Trust({Kind.SINGLE: AS_GOOD, Kind.ACROSS: WORSE}, 0.1, AS_GOOD)
    write_trust(trust_file(tmp_path, "qwen@1", [ENGLISH]), trust, {"generator": "qwen@1"})
    assert read_trust(trust_file(tmp_path, "qwen@1", [ENGLISH])) == trust
    assert read_trust(trust_file(tmp_path, "qwen@2", [ENGLISH])) == Trust()
    assert read_trust(trust_file(tmp_path, "qwen@1", [ENGLISH, CHINESE])) == Trust()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 9}', '{"format": 1, "measured": {"single": 1}}'])
def test_a_damaged_file_gives_no_trust(tmp_path: Path, content: str) -> None:
    path = tmp_path / "trust.json"
    path.write_text(content)
    assert read_trust(path) == Trust()


@pytest.mark.parametrize(
    ("seen", "mode", "text"),
    [
        (AS_GOOD, Mode.GENERATED, "We ship to Norway, it costs 12 €."),
        (WORSE, Mode.VERBATIM, "We ship to Norway for 12 €."),
    ],
)
def test_the_speaker_obeys(retriever: Retriever, seen: Measured, mode: Mode, text: str) -> None:
    manner = Manner(trust=Trust({Kind.SINGLE: seen}), needed_support=0.2)
    generator = Scripted("We ship to Norway, it costs 12 €. ")
    speaker = Speaker(generator, ExtractiveGenerator(), SpanSupport(retriever), manner)
    answer = Answerer(retriever, speaker, Policy()).answer(Question("Do you ship to Norway?"))
    assert (answer.mode, answer.text) == (mode, text)
    assert bool(generator.prompts) is (mode is Mode.GENERATED)
