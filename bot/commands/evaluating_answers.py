"""What `kefu eval answers` and `kefu eval handoff` run: a bank through the real answerer. Prints nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from bot.answering.answer import Answer, Outcome, Sentence
from bot.answering.answerer import Answerer
from bot.answering.check import stated_facts, unheld
from bot.answering.facts import Fact, facts
from bot.answering.multiples import counts
from bot.answering.sums import follows
from bot.app import Brain
from bot.commands.cases import answer_case
from bot.evaluation.bank import Case
from bot.evaluation.figures import Scored
from bot.evaluation.score import score
from bot.manners import policy_of
from knowledge.corpus.entry import Entry
from knowledge.snapshot.reader import open_current

Progress = Callable[[int, int], None]


def scored_answers(brain: Brain, cases: Sequence[Case], progress: Progress) -> Iterator[Scored]:
    """The answer to each case, scored, in their order."""
    answerer: Answerer = brain.answerer()
    entries = {entry.id: entry for entry in open_current(brain.knowledge).contents.entries}
    for number, case in enumerate(cases, 1):
        answer = answer_case(answerer, {"turns": list(case.turns)})
        verdict = score(case, answer.outcome, answer.text)
        yield Scored(case, answer, verdict, foreign_facts(case.turns[-1], answer, entries))
        progress(number, len(cases))


def circumstances(brain: Brain, split: str) -> dict[str, Any]:
    """What the figures depend on besides the code: models, snapshot, settings and the part of the bank."""
    snapshot = open_current(brain.knowledge)
    return {
        "split": split,
        "generator": brain.generator.name if brain.generator else None,
        "embedder": brain.embedder.name,
        "snapshot": snapshot.id,
        "threshold": policy_of(brain.settings, snapshot.calibration).threshold,
        "compose": brain.settings.compose,
    }


def line(scored: Scored) -> dict[str, Any]:
    """A case with its answer and what that is worth, as plain JSON types."""
    case = scored.case
    told = {"id": case.id, "kind": case.kind, "turns": list(case.turns), "expected": str(case.expected)}
    return told | {"verdict": str(scored.score.verdict), "why": scored.score.why, **scored.answer.to_json()}


def foreign_facts(asked: str, answer: Answer, entries: Mapping[str, Entry]) -> int:
    """How many hard facts of an answer stand in none of its sources, nor follow from them and what was asked."""
    if answer.outcome is not Outcome.ANSWERED:
        return 0
    cited = [entries[source.id] for source in answer.sources if source.id in entries]
    found = [fact for sentence in answer.sentences for fact in _claims(asked, sentence, answer.language)]
    return len(unheld(found, cited))


def _claims(asked: str, sentence: Sentence, language: str) -> frozenset[Fact]:
    """The facts of a sentence that a source must hold: what is worked out also takes numbers from the question."""
    stated = stated_facts(sentence.text, language)
    if "=" not in sentence.text:
        return stated
    numbers = {fact.value for fact in follows(sentence.text, facts(asked, names=False))}
    numbers |= {str(number) for number, _ in counts(asked)}  # "four tubes" states no fact, and yet the 4 of the sum
    return frozenset(fact for fact in stated if fact.value not in numbers)
