"""Verdicts and handoffs are counted over all cases and within their kinds, reasons and languages."""

from bot.answering.answer import Answer, Mode, Outcome, Reason, Sentence
from bot.evaluation.bank import Case
from bot.evaluation.figures import Scored, answer_figures, handoff_figures
from bot.evaluation.score import Score, Verdict


def scored(
    expected: Outcome,
    got: Outcome,
    verdict: Verdict,
    *,
    kind: str = "",
    accepted: tuple[Outcome, ...] = (),
    reason: Reason | None = None,
    sentences: tuple[Sentence, ...] = (),
    seconds: float = 1.0,
    foreign: int = 0,
) -> Scored:
    case = Case("c", ("?",), expected, frozenset({expected, *accepted}), kind=kind, language="en")
    answer = Answer(got, Mode.VERBATIM, "", "en", 1.0, sentences, reason=reason, seconds={"total": seconds})
    return Scored(case, answer, Score(verdict), foreign)


ANSWERED, REFUSED, HANDED = Outcome.ANSWERED, Outcome.REFUSED, Outcome.HANDED_OVER
ANSWERS = [
    scored(ANSWERED, ANSWERED, Verdict.RIGHT, kind="sum", seconds=1, sentences=(Sentence("a", ("e",)),)),
    scored(ANSWERED, ANSWERED, Verdict.WRONG, kind="sum", seconds=2, sentences=(Sentence("b"),), foreign=2),
    scored(ANSWERED, REFUSED, Verdict.SILENT, kind="typos", seconds=3),
    scored(REFUSED, REFUSED, Verdict.RIGHT, kind="unknown", seconds=9),
]
HANDOFFS = [
    scored(HANDED, HANDED, Verdict.RIGHT, kind="person", reason=Reason.ASKED_FOR_PERSON),
    scored(HANDED, REFUSED, Verdict.SILENT, kind="person"),
    scored(HANDED, HANDED, Verdict.RIGHT, kind="complaint", reason=Reason.COMPLAINT),
    scored(REFUSED, HANDED, Verdict.RIGHT, kind="unknown", accepted=(HANDED,), reason=Reason.COMPLAINT),
    scored(ANSWERED, HANDED, Verdict.SILENT, kind="sum", reason=Reason.COMPLAINT),
    scored(ANSWERED, ANSWERED, Verdict.RIGHT, kind="sum"),
]


def test_verdicts_are_shares_of_all() -> None:
    figures = answer_figures(ANSWERS)
    assert (figures["n"], figures["right"], figures["wrong"], figures["silent"]) == (4, 0.5, 0.25, 0.25)
    assert (figures["answered"], figures["refused"]) == (0.5, 0.5)


def test_every_share_lies_in_its_interval() -> None:
    figures = answer_figures(ANSWERS)
    for name in ("answered", "refused", "right", "wrong", "silent", "seconds_p50", "seconds_p95"):
        low, high = figures[f"{name}_ci"]
        assert low <= figures[name] <= high
    assert figures["right_ci"] == [0.0, 1.0]


def test_verdicts_are_told_by_kind_and_by_language() -> None:
    figures = answer_figures(ANSWERS)
    assert list(figures["kinds"]) == ["sum", "typos", "unknown"]
    assert (figures["kinds"]["sum"]["n"], figures["kinds"]["sum"]["wrong"]) == (2, 0.5)
    assert figures["languages"]["en"]["right"] == 0.5


def test_what_no_source_supports_is_counted() -> None:
    figures = answer_figures(ANSWERS)
    assert (figures["unsupported_sentences"], figures["foreign_facts"]) == (1, 2)
    assert (figures["seconds_p50"], figures["seconds_p95"]) == (2, 9)


def test_no_case_has_no_figure() -> None:
    figures = answer_figures([])
    assert (figures["n"], figures["right"], figures["right_ci"], figures["seconds_p50"]) == (0, None, None, None)


def test_handoffs_have_recall_precision_and_a_rate_of_false_ones() -> None:
    figures = handoff_figures(HANDOFFS)
    assert (figures["n"], figures["n_due"], figures["n_handed_over"]) == (6, 3, 4)
    assert (figures["recall"], figures["precision"], figures["false_rate"]) == (0.6667, 0.75, 0.5)


def test_precision_is_told_by_reason_and_recall_by_kind() -> None:
    figures = handoff_figures(HANDOFFS)
    assert {name: one["precision"] for name, one in figures["reasons"].items()} == {
        "asked_for_person": 1.0,
        "complaint": 0.6667,
    }
    assert {name: one["recall"] for name, one in figures["kinds"].items()} == {"person": 0.5, "complaint": 1.0}
