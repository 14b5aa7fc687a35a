"""Compares what a generator writes with what is quoted, on a knowledge's own questions and a bank's.

Knows questions and two ways to answer them; knows no model, no file and no terminal.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass

from bot.answering.answer import CUSTOMER, Answer, Mode, Outcome, PastTurn, Question
from bot.answering.check import Support, stated_facts, unheld
from bot.answering.facts import Fact
from bot.answering.question import points_back
from bot.answering.trust import Kind, Measured, kind_of
from bot.evaluation.bank import Case
from bot.evaluation.score import Verdict, score
from knowledge.corpus.entry import Entry

Ask = Callable[[Question, frozenset[str]], Answer]
"""(question, languages) → the answer out of entries in these languages; of any, when there are none."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One conversation whose last turn is asked. `asked` are the things it asks, one text each.

    A `case` of a bank says itself what is right. Otherwise right are the facts of the quoted sentences that come
    nearest to what is asked. `languages` are those of the entries that may answer; none: all.
    """

    turns: tuple[str, ...]
    asked: tuple[str, ...]
    case: Case | None = None
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Compared:
    """A trial with both answers, and whether each is right."""

    trial: Trial
    kind: Kind
    quoted: Answer
    generated: Answer
    quoted_right: bool
    generated_right: bool


def own_trials(entries: Sequence[Entry]) -> Iterator[tuple[Kind, Iterator[Trial]]]:
    """Trials of each kind that a knowledge's own questions can make, in an order that chance has no part in.

    An entry's similar questions stand in no prompt, so that the generator does not know them.
    """
    asked = sorted(((text, entry) for entry in entries for text in entry.similar), key=lambda pair: _chance(pair[0]))
    languages = {entry.language for entry in entries if entry.language}
    yield Kind.SINGLE, (Trial((text,), (text,)) for text, _ in asked)
    yield Kind.SEVERAL, _pairs(asked)
    if len(languages) > 1:
        others = {language: frozenset(languages - {language}) for language in languages}
        yield (
            Kind.ACROSS,
            (Trial((text,), (text,), languages=others[e.language]) for text, e in asked if e.language),
        )


def _pairs(asked: Sequence[tuple[str, Entry]]) -> Iterator[Trial]:
    """Two questions in one message, about two entries of one language."""
    for (one, entry), (other, second) in zip(asked[::2], asked[1::2], strict=False):
        if entry.id != second.id and entry.language == second.language:
            mark = "？" if entry.language in {"zh", "ja"} else "? "
            yield Trial((f"{_bare(one)}{mark}{_bare(other)}{mark}".strip(),), (one, other))


def bank_trials(cases: Sequence[Case]) -> Iterator[Trial]:
    """The questions of a bank that are to be answered, the kinds taken in turn."""
    known = [case for case in cases if case.expected is Outcome.ANSWERED and case.must]
    place = {case.id: sum(c.kind == case.kind for c in known[:number]) for number, case in enumerate(known)}
    for case in sorted(known, key=lambda case: place[case.id]):
        yield Trial(case.turns, case.turns[-1:], case)


def follow_ups(trials: Iterator[Trial]) -> Iterator[Trial]:
    """Those that ask something which points back to an earlier turn."""
    return (trial for trial in trials if len(trial.turns) > 1 and points_back(trial.turns[-1]))


def together(measured: Mapping[Kind, Measured]) -> Measured:
    """The counts of all kinds."""
    columns = zip(*(astuple(seen) for seen in measured.values()), strict=True)
    return Measured(*(sum(column) for column in columns))


class Comparison:
    """Asks both ways, and judges. `support` finds the sentence of an answer that is nearest to what is asked."""

    def __init__(self, quote: Ask, generate: Ask, entries: Mapping[str, Entry], support: Support) -> None:
        self._quote = quote
        self._generate = generate
        self._entries = entries
        self._support = support

    def compare(self, trial: Trial) -> Compared | None:
        """Both answers; None where quoting gives none, or one that holds no fact to look for."""
        question = self._question(trial)
        quoted = self._quote(question, trial.languages)
        if quoted.outcome is not Outcome.ANSWERED:
            return None
        cited = [self._entries[source.id] for source in quoted.sources if source.id in self._entries]
        kind = kind_of(question, quoted.language, cited)
        wanted = self._wanted(trial, cited, quoted.language)
        if not trial.case and not wanted:
            return None
        generated = self._generate(question, trial.languages)
        right = [_right(trial.case, answer, wanted) for answer in (quoted, generated)]
        return Compared(trial, kind, quoted, generated, *right)

    def _question(self, trial: Trial) -> Question:
        history: list[PastTurn] = []
        for turn in trial.turns[:-1]:
            answer = self._quote(Question(turn, tuple(history)), trial.languages)
            history += [PastTurn(CUSTOMER, turn), answer.as_past]
        return Question(trial.turns[-1], tuple(history))

    def _wanted(self, trial: Trial, cited: Sequence[Entry], language: str) -> frozenset[Fact]:
        """The facts of the cited sentence nearest to each thing asked; names only where they stay as spelt."""
        spans = [
            max((self._support(text, entry.answer) for entry in cited), default=(0.0, "")) for text in trial.asked
        ]
        across = any(entry.language not in {"", language} for entry in cited)
        facts = frozenset[Fact]().union(*(stated_facts(span, language) for _, span in spans))
        return frozenset(fact for fact in facts if not (across and fact.kind == "name"))


def measure(
    comparison: Comparison, trials: Iterator[Trial], most: int, kind: Kind | None = None
) -> Iterator[Compared]:
    """Comparisons of the first `most` trials that tell something; of one `kind` alone, if one is named."""
    told = 0
    for trial in trials:
        if told == most:
            return
        compared = comparison.compare(trial)
        if compared and kind in {None, compared.kind}:
            told += 1
            yield compared


def counted(compared: Sequence[Compared]) -> dict[Kind, Measured]:
    """What the comparisons come to, by kind."""
    counts: dict[Kind, Measured] = {}
    for one in compared:
        spoke = one.generated.mode is Mode.GENERATED
        before = counts.get(one.kind, Measured())
        counts[one.kind] = before.and_one(quoted=one.quoted_right, generated=one.generated_right, spoke=spoke)
    return dict(sorted(counts.items()))


def _right(case: Case | None, answer: Answer, wanted: frozenset[Fact]) -> bool:
    if case:
        return score(case, answer.outcome, answer.text).verdict is Verdict.RIGHT
    return not unheld(wanted, [Entry("answer", answer.text)])


def _bare(text: str) -> str:
    return text.rstrip(" ?？.。!！")


def _chance(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
