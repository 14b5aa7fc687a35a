"""The table of generators counts what was compared."""

from bot.answering.answer import Answer, Mode, Outcome
from bot.answering.trust import Kind
from bot.evaluation.trusting import Compared, Trial
from scripts.compare_models import HEAD, Row


def compared(mode: Mode, *, quoted: bool, generated: bool, first: float = 1.0) -> Compared:
    quote = Answer(Outcome.ANSWERED, Mode.VERBATIM, "30 days", "en", 0.9)
    seconds = {"first_sentence": first, "generate": 2 * first}
    draft = Answer(Outcome.ANSWERED, mode, "30 days", "en", 0.9, seconds=seconds)
    return Compared(Trial(("?",), ("?",)), Kind.SINGLE, quote, draft, quoted, generated)


def test_drafts_are_those_that_passed_the_check() -> None:
    row = Row.of(
        "m",
        [
            compared(Mode.GENERATED, quoted=True, generated=True, first=1),
            compared(Mode.GENERATED, quoted=True, generated=False, first=3),
            compared(Mode.VERBATIM, quoted=True, generated=True, first=50),
        ],
    )
    assert row == Row("m", 3, 3, 2, 2, 1, 2.0, 4.0)


def test_a_generator_that_never_speaks_has_no_seconds() -> None:
    row = Row.of("m", [compared(Mode.VERBATIM, quoted=True, generated=True)])
    assert row.line() == "| m | 1 | 1 | 1 | 0 | 0 | 1 | – | – |"
    assert row.line().count("|") == HEAD.splitlines()[0].count("|")
