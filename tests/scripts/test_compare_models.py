"""The table of generators counts what was compared."""

from bot.answering.answer import Answer, Mode, Outcome
from bot.answering.trust import Kind
from bot.evaluation.trusting import Compared, Trial
from scripts.compare_models import HEAD, Row


def compared(mode: Mode, *, quoted: bool, generated: bool, seconds: float = 1.0) -> Compared:
    quote = Answer(Outcome.ANSWERED, Mode.VERBATIM, "30 days", "en", 0.9, seconds={"total": 0.1})
    draft = Answer(Outcome.ANSWERED, mode, "30 days", "en", 0.9, seconds={"total": seconds})
    return Compared(Trial(("?",), ("?",)), Kind.SINGLE, quote, draft, quoted, generated)


SEEN = [
    compared(Mode.GENERATED, quoted=True, generated=True, seconds=1),
    compared(Mode.GENERATED, quoted=True, generated=False, seconds=3),
    compared(Mode.VERBATIM, quoted=True, generated=True, seconds=50),
]


def test_drafts_are_those_that_passed_the_check() -> None:
    assert Row.of("m", SEEN, 700) == Row("m", 3, 2, 2, 1, 3, 50, 700)


def test_quoting_has_a_row_of_its_own() -> None:
    assert Row.quoting(SEEN, 700) == Row("quoting", 3, 3, 0, 0, 0.1, 0.1, 700)


def test_a_row_has_a_cell_for_every_column() -> None:
    line = Row.of("m", SEEN, 700).line()
    assert line == "| m | 3 | 2 (0.21–0.94) | 1 | 2 | 1 | 1 | 3.00 | 50.00 | 700 |"
    assert line.count("|") == HEAD.splitlines()[0].count("|") == Row.quoting(SEEN, 700).line().count("|")
