"""Writing and quoting are compared on the same questions, by the facts that the quoted sentence holds."""

from bot.answering.answer import Answer, Mode, Outcome, Question, Source
from bot.answering.trust import Kind, Measured
from bot.evaluation.bank import Case
from bot.evaluation.trusting import (
    Ask,
    Comparison,
    Trial,
    bank_trials,
    counted,
    follow_ups,
    measure,
    own_trials,
    together,
)
from knowledge.corpus.entry import Entry

RETURNS = Entry(
    "returns", "Goods come back within 30 days. Shipping costs 4.90 €.", similar=("send back",), language="en"
)
PAY = Entry("pay", "You can pay by card.", similar=("pay how",), language="en")
CHINESE = Entry("退货", "30天内可以退货。", similar=("怎么退货",), language="zh")
ENTRIES = {entry.id: entry for entry in (RETURNS, PAY, CHINESE)}
ASKED = Trial(("how long",), ("Goods come back within days",))


def saying(text: str, *sources: str, mode: Mode = Mode.VERBATIM, outcome: Outcome = Outcome.ANSWERED) -> Ask:
    cited = tuple(Source(id_, id_, None, 1.0) for id_ in sources)
    return lambda question, languages: Answer(outcome, mode, text, "en", 0.9, sources=cited)


def first_words(sentence: str, source: str) -> tuple[float, str]:
    """The sentence of the source that shares most words."""
    spans = [f"{span}." for span in source.removesuffix(".").split(". ")]
    shared = [len({*span.split()} & {*sentence.split()}) for span in spans]
    return max(shared), spans[shared.index(max(shared))]


def comparison(draft: str, mode: Mode = Mode.GENERATED, quoted: Ask | None = None) -> Comparison:
    quote = quoted or saying(RETURNS.answer, "returns")
    return Comparison(quote, saying(draft, "returns", mode=mode), ENTRIES, first_words)


def test_a_draft_with_the_facts_of_the_nearest_sentence_is_right() -> None:
    compared = comparison("30 days.").compare(ASKED)
    assert compared
    assert (compared.quoted_right, compared.generated_right) == (True, True)


def test_a_draft_without_them_is_not() -> None:
    compared = comparison("It costs 4.90 €.").compare(ASKED)
    assert compared
    assert (compared.quoted_right, compared.generated_right) == (True, False)


def test_a_quote_without_facts_tells_nothing() -> None:
    assert comparison("By card.", quoted=saying(PAY.answer, "pay")).compare(ASKED) is None


def test_what_quoting_refuses_tells_nothing() -> None:
    assert comparison("30 days.", quoted=saying("?", outcome=Outcome.REFUSED)).compare(ASKED) is None


def test_a_bank_says_itself_what_is_right() -> None:
    case = Case("a", ("how long",), Outcome.ANSWERED, frozenset({Outcome.ANSWERED}), must=(("4.90",),))
    compared = comparison("30 days.").compare(Trial(("how long",), ("how long",), case))
    assert compared
    assert (compared.quoted_right, compared.generated_right) == (True, False)


def test_earlier_turns_are_answered_by_quoting() -> None:
    asked: list[Question] = []

    def generate(question: Question, languages: frozenset[str]) -> Answer:
        asked.append(question)
        return saying("30 days.", "returns")(question, languages)

    both = Comparison(saying(RETURNS.answer, "returns"), generate, ENTRIES, first_words)
    both.compare(Trial(("Returns?", "and how long?"), ("Goods come back",)))
    assert [turn.text for turn in asked[0].history] == ["Returns?", RETURNS.answer]


def test_as_many_are_counted_as_are_wanted_and_tell_something() -> None:
    trials = [ASKED, ASKED, ASKED]
    compared = list(measure(comparison("30 days."), iter(trials), 2))
    assert counted(compared) == {Kind.SINGLE: Measured(2, 2, 2, 2, 2)}
    assert list(measure(comparison("30 days."), iter(trials), 2, Kind.ACROSS)) == []


def test_a_quote_in_place_of_a_draft_is_no_draft() -> None:
    compared = list(measure(comparison(RETURNS.answer, Mode.VERBATIM), iter([ASKED]), 1))
    assert counted(compared) == {Kind.SINGLE: Measured(1, 1, 1, 0, 0)}


def test_own_questions_make_trials_of_three_kinds() -> None:
    made = {kind: list(trials) for kind, trials in own_trials(list(ENTRIES.values()))}
    assert {trial.turns for trial in made[Kind.SINGLE]} == {("send back",), ("pay how",), ("怎么退货",)}
    assert all(trial.languages == {"en"} for trial in made[Kind.ACROSS] if trial.turns == ("怎么退货",))
    assert all(len(trial.asked) == 2 and trial.turns[0].count("?") == 2 for trial in made[Kind.SEVERAL])


def test_knowledge_in_one_language_is_not_asked_across() -> None:
    assert Kind.ACROSS not in dict(own_trials([RETURNS, PAY]))


def test_only_questions_of_a_bank_that_state_facts_are_asked_kinds_in_turn() -> None:
    def case(id_: str, kind: str, outcome: Outcome = Outcome.ANSWERED) -> Case:
        return Case(id_, (id_,), outcome, frozenset({outcome}), must=(("30",),), kind=kind)

    bank = [case("a1", "a"), case("a2", "a"), case("b1", "b"), case("no", "b", Outcome.REFUSED)]
    assert [trial.turns[0] for trial in bank_trials(bank)] == ["a1", "b1", "a2"]


def test_follow_ups_are_those_that_point_back() -> None:
    trials = [
        Trial(("Returns?",), ()),
        Trial(("Returns?", "and for it?"), ()),
        Trial(("Hi", "Do you sell bells?"), ()),
    ]
    assert list(follow_ups(iter(trials))) == [trials[1]]


def test_kinds_are_added_up() -> None:
    assert together({Kind.SINGLE: Measured(1, 1, 0, 1, 0), Kind.ACROSS: Measured(2, 1, 1, 0, 0)}) == Measured(
        3, 2, 1, 1, 0
    )
    assert together({}) == Measured()
